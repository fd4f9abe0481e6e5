/** The diagram in Mermaid's language, for pages that draw it themselves. */
import { mermaid } from '../render/quote.js';
import type { Diagram } from './diagram.js';

export function mermaidOf({ networks, nodes, switches, containers, lines }: Diagram): string {
  return `${[
    'graph LR',
    ...networks.map(({ id, label }) => `  ${id}((${mermaid(label)}))`),
    ...nodes.map(({ id, label }) => `  ${id}[${mermaid(label)}]`),
    ...switches.map(({ id, label }) => `  ${id}[[${mermaid(label)}]]`),
    ...containers.map(({ id, label }) => `  ${id}([${mermaid(label)}])`),
    ...lines.map(({ from, to, label, dashed }) => `  ${from} ${dashed ? `-. ${mermaid(label)} .-` : label === '' ? '---' : `---|${mermaid(label)}|`} ${to}`),
  ].join('\n')}\n`;
}
