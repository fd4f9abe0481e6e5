/** Which keys do what. */
import { button, h } from './dom.js';

const KEYS: readonly (readonly [string, string])[] = [
  ['Tab', 'to the next part; the grid, the stages and the picture are one stop each'],
  ['← ↑ ↓ →', 'in the grid from cell to cell; in the stages to the next; in the picture moves it'],
  ['Enter', 'in the grid: shows the way of the pair'],
  ['Home End', 'first and last of a row; with Ctrl of the grid'],
  ['+ − 0', 'enlarge the picture, make it smaller, show all of it; Ctrl and the wheel do so, too'],
  ['b', 'the way there, the way back'],
  ['Esc', 'closes the way'],
  ['?', 'this list'],
];

export function help(): HTMLDialogElement {
  const dialog = h('dialog', { class: 'help', 'aria-labelledby': 'help-title' },
    h('h2', { id: 'help-title' }, 'Keys'),
    h('dl', {}, ...KEYS.flatMap(([keys, does]) => [h('dt', {}, h('kbd', {}, keys)), h('dd', {}, does)])),
    button('Close', () => dialog.close()));
  return dialog;
}
