/** Making elements. All that comes from a lab goes in as text or as an attribute's value: nothing here reads markup. */

export type Child = Node | string | undefined | false;

type Value = string | number | boolean | undefined | ((event: never) => void);

/** An element with attributes, listeners (`onclick` and the like) and children. `true` is an attribute without a value. */
export function h<Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Readonly<Record<string, Value>> = {}, ...children: readonly Child[]): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.replace(/^on/, ''), value as EventListener);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== undefined && value !== false) element.setAttribute(key, String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return element;
}

export function setContent(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...children.filter((child): child is Node | string => child !== undefined && child !== false));
}

/** A button that says what it does. */
export function button(label: string, onclick: () => void, attributes: Readonly<Record<string, Value>> = {}, ...children: readonly Child[]): HTMLButtonElement {
  return h('button', { type: 'button', ...attributes, onclick }, ...(children.length > 0 ? children : [label]));
}

/** What a screen reader says and no eye sees. */
export function unseen(text: string): HTMLElement {
  return h('span', { class: 'unseen' }, text);
}

/** A sign that only repeats what words beside it say. */
export function sign(text: string, name = ''): HTMLElement {
  return h('span', { 'aria-hidden': 'true', class: `sign ${name}`.trim() }, text);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
