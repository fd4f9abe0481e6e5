/** The picture of a stage, with the selected way lit and numbered on it. */
import type { PageHop } from '../generator/report/page/data.js';
import { button, h, setContent, sign } from './dom.js';
import { panZoom, ZOOM_STEP, type PanZoom } from './panzoom.js';
import { pictureOf, shape } from './svg.js';
import { onTheme, theme } from './theme.js';
import type { View } from './view.js';

/** A small picture is not blown up to fill its place. */
const LARGER = 1.15;

export interface Diagram {
  readonly element: HTMLElement;
  update(view: View): void;
  zoom(factor: number): void;
  fit(): void;
}

/** `pick`: an endpoint was clicked. */
export function diagram(pick: (name: string) => void): Diagram {
  const host = h('div', { class: 'picture', tabindex: 0, role: 'group', 'aria-label': 'Picture of the lab. Arrow keys move it, + and − zoom, 0 shows all.' });
  const none = h('p', { class: 'quiet' }, 'There is no picture of this stage.');
  let shown: string | undefined;
  let svg: SVGSVGElement | undefined;
  let moving: PanZoom | undefined;
  let css = '';
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const paint = (): void => sheet.replaceSync(inside(css));
  onTheme(paint);
  const zoom = (factor: number): void => moving?.zoom(factor);
  const fit = (): void => moving?.fit();
  const tools = h('div', { class: 'tools', role: 'group', 'aria-label': 'Zoom' },
    button('Zoom in', () => zoom(ZOOM_STEP), { 'aria-label': 'Zoom in', title: 'Zoom in (+)' }, sign('+')),
    button('Zoom out', () => zoom(1 / ZOOM_STEP), { 'aria-label': 'Zoom out', title: 'Zoom out (−)' }, sign('−')),
    button('Show all', fit, { title: 'Show all (0)' }));
  const element = h('section', { class: 'card diagram', 'aria-labelledby': 'diagram-title' }, h('div', { class: 'head' }, h('h3', { id: 'diagram-title' }, 'Topology'), tools), host);

  host.addEventListener('click', (event) => {
    if (moving?.dragged() === true || !(event.target instanceof Element)) return;
    const found = event.target.closest('[data-endpoint], [data-space], [data-node]');
    const name = found?.getAttribute('data-endpoint') ?? found?.getAttribute('data-space') ?? found?.getAttribute('data-node');
    if (name !== null && name !== undefined) pick(name);
  });

  return {
    element,
    zoom,
    fit,
    update(view) {
      const text = view.stage.picture === undefined ? undefined : view.data.texts[view.stage.picture];
      if (text !== shown || (text === undefined && host.childElementCount === 0)) {
        shown = text;
        const picture = text === undefined ? undefined : pictureOf(text);
        svg = picture?.svg;
        css = picture?.style ?? '';
        paint();
        if (svg) {
          svg.setAttribute('role', 'img');
          svg.setAttribute('aria-label', `${view.data.lab}${view.stage.name === '' ? '' : `, stage ${view.stage.name}`}: nodes, containers and what joins them`);
          setContent(host, svg);
          moving = panZoom(host, svg);
          // Its own size, as far as there is room.
          svg.style.maxWidth = `${Math.round((Number(svg.getAttribute('width')) || 900) * LARGER)}px`;
          svg.removeAttribute('width');
          svg.removeAttribute('height');
        } else setContent(host, none);
      }
      if (svg) light(svg, view);
    },
  };
}

/** The picture's own style reaches nothing outside it, asks nobody for anything, and follows the theme that was chosen; on paper it is light. */
function inside(css: string): string {
  const dark = { system: 'screen and (prefers-color-scheme: dark)', dark: 'screen', light: 'not all' }[theme()];
  return `.picture { ${css.replaceAll(/url\([^)]*\)|@import[^;]*;/gi, 'none').replaceAll(':root', 'svg').replaceAll(/\(prefers-color-scheme:\s*dark\)/g, ` ${dark}`)} }`;
}

function light(svg: SVGSVGElement, { stage, selection, path }: View): void {
  for (const lit of svg.querySelectorAll('.lit, .from, .to')) lit.classList.remove('lit', 'from', 'to');
  svg.querySelector('.way')?.remove();
  const hops = path?.[selection.way] ?? [];
  svg.classList.toggle('dimmed', hops.length > 0);
  const steps = stepsOf(hops);
  const touched = new Set(steps.map(keyOf));
  const interfaces = new Map([...svg.querySelectorAll('[data-interface]')].map((each) => [each.getAttribute('data-interface') ?? '', each]));
  for (const key of touched) interfaces.get(key)?.classList.add('lit');
  for (const hop of hops) spaceOf(svg, hop.space)?.classList.add('lit');
  for (const link of svg.querySelectorAll('[data-link]')) {
    const lit = crossedEnds((link.getAttribute('data-link') ?? '').split(/\s+/), touched, steps);
    if (lit.size === 0) continue;
    link.classList.add('lit');
    for (const end of link.querySelectorAll('[data-end]')) if (lit.has(end.getAttribute('data-end') ?? '')) end.classList.add('lit');
  }
  for (const [name, role] of [[selection.from, 'from'], [selection.to, 'to']] as const) {
    const endpoint = stage.endpoints.find((each) => each.name === name);
    if (!endpoint) continue;
    const own = [...svg.querySelectorAll('[data-endpoint]')].find((each) => each.getAttribute('data-endpoint') === endpoint.name);
    (own ?? spaceOf(svg, endpoint.space))?.classList.add(role);
  }
  svg.append(numbers(svg, hops, interfaces));
}

interface Step {
  readonly space: string;
  readonly name: string;
}

/** Every interface that is touched, in order. */
function stepsOf(hops: readonly PageHop[]): readonly Step[] {
  return hops.flatMap((hop) => hop.lines.flatMap((line) => (line.at ?? []).map((name) => ({ space: hop.space, name }))));
}

function keyOf({ space, name }: Step): string {
  return `${space}/${name}`;
}

/** The ends of a wire or tunnel between which the packet went, plainly or inside another one; empty where it did not. */
function crossedEnds(ends: readonly string[], touched: ReadonlySet<string>, steps: readonly Step[]): ReadonlySet<string> {
  const both = ends.filter((end) => touched.has(end));
  if (both.length > 1) return new Set(both);
  // A cable into a bridge ends in a port that is not told of: only the bridge is.
  for (const [index, step] of steps.entries()) {
    for (const next of [steps[index - 1], steps[index + 1]]) {
      if (next === undefined || next.space === step.space || !ends.includes(keyOf(step))) continue;
      const other = ends.find((end) => end.startsWith(`${next.space}/`));
      if (other !== undefined) return new Set([keyOf(step), other]);
    }
  }
  return new Set();
}

function spaceOf(svg: SVGSVGElement, name: string): Element | undefined {
  return [...svg.querySelectorAll('[data-space], [data-node]')].find((each) => (each.getAttribute('data-space') ?? each.getAttribute('data-node')) === name);
}

/** Each hop's number, where the packet comes into its namespace. */
function numbers(svg: SVGSVGElement, hops: readonly PageHop[], interfaces: ReadonlyMap<string, Element>): SVGElement {
  const layer = shape('g', { class: 'way', 'aria-hidden': 'true' });
  const taken: { readonly x: number; readonly y: number }[] = [];
  for (const [index, hop] of hops.entries()) {
    const first = hop.lines.flatMap((line) => line.at ?? [])[0];
    const found = first === undefined ? undefined : interfaces.get(`${hop.space}/${first}`);
    // An interface that is but words in its container's box: the number is at the box.
    const target = found?.querySelector(':scope > rect, :scope > circle') ? found : spaceOf(svg, hop.space);
    const drawn = target?.querySelector(':scope > rect') ?? target;
    if (!(drawn instanceof SVGGraphicsElement)) continue;
    const box = boxIn(svg, drawn);
    // Beside another one, not over it.
    const place = { x: box.x, y: box.y };
    while (taken.some((each) => Math.hypot(each.x - place.x, each.y - place.y) < 18)) place.x += 19;
    taken.push(place);
    const mark = shape('g', { class: `number ${hop.lines.some((line) => line.kind === 'stop') ? 'stopped' : ''}`.trim(), transform: `translate(${place.x} ${place.y})` });
    mark.append(shape('circle', { r: 9 }), shape('text', { 'text-anchor': 'middle', y: 4 }, String(index + 1)));
    layer.append(mark);
  }
  return layer;
}

/** The upper left corner, in the picture's own units. */
function boxIn(svg: SVGSVGElement, element: SVGGraphicsElement): { readonly x: number; readonly y: number } {
  const box = element.getBBox();
  const [own, whole] = [element.getScreenCTM(), svg.getScreenCTM()];
  if (!own || !whole) return { x: box.x, y: box.y };
  const point = new DOMPoint(box.x, box.y).matrixTransform(whole.inverse().multiply(own));
  return { x: point.x, y: point.y };
}
