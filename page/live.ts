/** A page that is served tells what labgen is doing now, and takes in newer data as it comes. */
import type { LiveEvent, ReportData } from '../generator/report/page/data.js';
import { h, setContent, sign } from './dom.js';
import type { Page } from './page.js';

export interface Live {
  readonly element: HTMLElement;
  listen(page: Page): void;
}

const MOST_LINES = 200;

export function live(): Live {
  const now = h('p', { class: 'doing', role: 'status' }, 'Waiting for labgen to do something here.');
  const detail = h('p', { class: 'detail' });
  const log = h('ol', { class: 'log', tabindex: 0, 'aria-label': 'What labgen said' });
  const element = h('section', { class: 'live', 'aria-label': 'Now' }, now, detail, h('details', {}, h('summary', {}, 'What labgen said'), log));
  let verb = '';
  const say = (mark: string, text: string): void => setContent(now, sign(mark), ` ${text}`);

  const take = (event: LiveEvent, page: Page): void => {
    switch (event.kind) {
      case 'begin':
        verb = `${event.verb} ${event.lab}${event.stage === undefined ? '' : ` (${event.stage})`}`;
        setContent(log);
        detail.textContent = '';
        element.className = 'live at-work';
        return say('●', verb);
      case 'phase':
        detail.textContent = '';
        return say('●', `${verb}: ${event.name}`);
      case 'detail':
        detail.textContent = event.text;
        return undefined;
      case 'line':
        log.append(h('li', {}, event.text));
        if (log.childElementCount > MOST_LINES) log.firstElementChild?.remove();
        log.scrollTop = log.scrollHeight;
        return undefined;
      case 'check': return page.note(event);
      case 'end':
        detail.textContent = '';
        element.className = event.code === 0 ? 'live well' : 'live badly';
        return say(event.code === 0 ? '✓' : '✗', `${verb}: ${event.code === 0 ? 'done' : `ended with exit code ${event.code}`}`);
      case 'data': return void refresh(page);
    }
  };

  return {
    element,
    listen(page) {
      const events = new EventSource('events');
      events.addEventListener('message', (message: MessageEvent<string>) => take(JSON.parse(message.data) as LiveEvent, page));
      events.addEventListener('error', () => {
        element.classList.add('lost');
        say('○', '"labgen serve" has ended, or cannot be reached; the page tries again.');
      });
      events.addEventListener('open', () => element.classList.remove('lost'));
    },
  };
}

async function refresh(page: Page): Promise<void> {
  const answer = await fetch('data.json');
  if (answer.ok) page.replace((await answer.json()) as ReportData);
}
