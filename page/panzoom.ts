/** Moving and enlarging a picture by its viewBox: by wheel, drag, keys and buttons. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const STEP = 1.25;
const MOST = 12;
/** Of the picture's width, a key press. */
const MOVE = 0.08;

export interface PanZoom {
  zoom(factor: number): void;
  fit(): void;
  /** Of the visible part: right and down. */
  move(right: number, down: number): void;
  /** True for what followed a drag: it is no click. */
  dragged(): boolean;
}

export function panZoom(host: HTMLElement, svg: SVGSVGElement): PanZoom {
  const whole = wholeOf(svg);
  let box = whole;
  let moved = 0;
  const show = (next: Box): void => {
    box = next;
    svg.setAttribute('viewBox', `${box.x} ${box.y} ${box.width} ${box.height}`);
  };
  /** Around a point, in shares of what is visible. */
  const zoom = (factor: number, [left, top]: readonly [number, number] = [0.5, 0.5]): void => {
    const width = Math.min(whole.width * 2, Math.max(whole.width / MOST, box.width / factor));
    const height = (width / box.width) * box.height;
    show({ x: box.x + (box.width - width) * left, y: box.y + (box.height - height) * top, width, height });
  };
  const move = (right: number, down: number): void => show({ ...box, x: box.x + box.width * right, y: box.y + box.height * down });

  host.addEventListener('wheel', (event) => {
    // A plain wheel scrolls the page, as everywhere.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const place = svg.getBoundingClientRect();
    zoom(event.deltaY < 0 ? STEP : 1 / STEP, [(event.clientX - place.left) / place.width, (event.clientY - place.top) / place.height]);
  }, { passive: false });
  host.addEventListener('pointerdown', (event) => {
    moved = 0;
    if (event.button !== 0 || event.pointerType === 'touch') return;
    let [x, y] = [event.clientX, event.clientY];
    const drag = (now: PointerEvent): void => {
      moved += Math.abs(now.clientX - x) + Math.abs(now.clientY - y);
      const scale = box.width / svg.getBoundingClientRect().width;
      if (moved > 4) show({ ...box, x: box.x - (now.clientX - x) * scale, y: box.y - (now.clientY - y) * scale });
      [x, y] = [now.clientX, now.clientY];
    };
    const end = (): void => {
      window.removeEventListener('pointermove', drag);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', end);
    };
    window.addEventListener('pointermove', drag);
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
  });
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => zoom(STEP), '=': () => zoom(STEP), '-': () => zoom(1 / STEP), '0': () => show(whole),
    ArrowLeft: () => move(-MOVE, 0), ArrowRight: () => move(MOVE, 0), ArrowUp: () => move(0, -MOVE), ArrowDown: () => move(0, MOVE),
  };
  host.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act || event.target !== host || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  return { zoom, move, fit: () => show(whole), dragged: () => moved > 4 };
}

export const ZOOM_STEP = STEP;

function wholeOf(svg: SVGSVGElement): Box {
  const [x = 0, y = 0, width = 0, height = 0] = (svg.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number);
  if (width > 0 && height > 0) return { x, y, width, height };
  return { x: 0, y: 0, width: Number.parseFloat(svg.getAttribute('width') ?? '') || 800, height: Number.parseFloat(svg.getAttribute('height') ?? '') || 400 };
}
