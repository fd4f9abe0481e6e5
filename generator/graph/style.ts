/** The colours of a drawing: names for what they mean, in light and in dark. A page that has a theme of its own gives the names other values. */
import { FONT } from './text.js';

const LIGHT = { paper: '#ffffff', ink: '#1f2328', muted: '#57606a', node: '#f6f8fa', 'node-line': '#afb8c1', guest: '#e3f2ff', 'guest-line': '#4f9ee8', switch: '#fff6d6', 'switch-line': '#c9982a', exit: '#ffffff', 'exit-line': '#8c959f', network: '#57606a', 'network-fill': '#eef1f4', tunnel: '#1a7f37', 'tunnel-fill': '#dcf7e3', overlay: '#7a45d6', 'overlay-fill': '#f4ebff' };
const DARK: typeof LIGHT = { paper: '#0d1117', ink: '#e6edf3', muted: '#a3acb6', node: '#161b22', 'node-line': '#444c56', guest: '#10304f', 'guest-line': '#4493f8', switch: '#3a2f0b', 'switch-line': '#b0841f', exit: '#0d1117', 'exit-line': '#7d8590', network: '#9ea7b1', 'network-fill': '#21262d', tunnel: '#3fb950', 'tunnel-fill': '#0f2d19', overlay: '#b188ff', 'overlay-fill': '#271c40' };

const values = (colours: typeof LIGHT): string => Object.entries(colours).map(([name, value]) => `--${name}:${value}`).join(';');
const shape = (name: string): string => `.topology .${name}{fill:var(--${name});stroke:var(--${name}-line)}`;
const hub = (name: string): string => `.topology .${name} path{stroke:var(--${name})}.topology .${name} circle{fill:var(--${name})}.topology .${name} rect{fill:var(--${name}-fill);stroke:var(--${name})}`;

export const STYLE = [
  `.topology{${values(LIGHT)}}`,
  `@media(prefers-color-scheme:dark){.topology{${values(DARK)}}}`,
  `.topology text{font-family:${FONT};fill:var(--ink);white-space:pre}`,
  '.topology .paper{fill:var(--paper)}',
  '.topology .strong{font-weight:bold}.topology .muted{fill:var(--muted)}.topology .presumed{font-style:italic}',
  `.topology path{fill:none;stroke:var(--muted);stroke-width:1.5}.topology circle{fill:var(--muted)}`,
  ...['node', 'guest', 'switch', 'exit'].map(shape),
  '.topology .hosted{fill:none;stroke:var(--guest-line);stroke-dasharray:4 3}',
  ...['network', 'tunnel', 'overlay'].map(hub),
  '.topology .network .bus{stroke-width:3}.topology .tunnel path{stroke-width:2;stroke-dasharray:7 4}.topology .overlay .bus{stroke-width:3;stroke-dasharray:2 3}',
].join('\n');
