/** An SVG of labgen's, taken in piece by piece: only elements that draw and attributes that say how; no script, no link, no style of its own place. */
const NAMESPACE = 'http://www.w3.org/2000/svg';
const ELEMENTS = new Set(['svg', 'g', 'rect', 'path', 'line', 'polyline', 'polygon', 'circle', 'ellipse', 'text', 'tspan', 'title', 'desc', 'defs', 'marker']);
const ATTRIBUTES = /^(class|id|viewBox|width|height|x|y|x1|x2|y1|y2|dx|dy|cx|cy|r|rx|ry|d|points|transform|fill|fill-opacity|stroke|stroke-[a-z]+|opacity|text-anchor|dominant-baseline|font-[a-z]+|letter-spacing|marker-(start|mid|end)|marker(Width|Height|Units)|refX|refY|orient|preserveAspectRatio|data-[a-z]+|textLength|lengthAdjust|paint-order|vector-effect)$/;

export interface Picture {
  readonly svg: SVGSVGElement;
  /** The text of its style elements. */
  readonly style: string;
}

/** Undefined where it cannot be read as one. */
export function pictureOf(text: string): Picture | undefined {
  // Even of a document that is never shown a style element would be against the page's policy.
  const parsed = new DOMParser().parseFromString(text.replaceAll(/<style\b/g, '<metadata').replaceAll('</style', '</metadata'), 'image/svg+xml');
  const root = parsed.documentElement;
  if (root.nodeName !== 'svg' || parsed.querySelector('parsererror')) return undefined;
  const style = [...parsed.querySelectorAll('metadata')].map((each) => each.textContent ?? '').join('\n');
  return { svg: copied(root) as SVGSVGElement, style };
}

function copied(element: Element): SVGElement {
  const copy = document.createElementNS(NAMESPACE, element.localName);
  for (const { name, value } of element.attributes) if (ATTRIBUTES.test(name) && !/url\((?!\s*["']?#)|javascript:/i.test(value)) copy.setAttribute(name, value);
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.textContent ?? '');
    else if (child instanceof Element && child.namespaceURI === NAMESPACE && ELEMENTS.has(child.localName)) copy.append(copied(child));
  }
  return copy;
}

export function shape(name: string, attributes: Readonly<Record<string, string | number>>, text?: string): SVGElement {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}
