/** What a container listens on, as far as its command, or what it publishes, tells. */
import type { Container, Image } from '../../model/lab.js';
import type { Listener } from '../../model/world.js';

export function listenersOf(container: Container, image: Image | undefined): readonly Listener[] {
  const told = ofCommand(container.command ?? []);
  const known = new Set(told.map(({ protocol, port }) => `${port}/${protocol}`));
  // An image says itself what runs; that a lab publishes or exposes a port says that something listens there.
  const declared = [...container.ports.map((each) => `${each.containerPort}/${each.protocol}`), ...container.expose, ...(container.command === undefined ? image?.exposes ?? [] : [])].filter((each) => !known.has(each));
  return [...told, ...[...new Set(declared)].map((each): Listener => ({ protocol: each.endsWith('/udp') ? 'udp' : 'tcp', port: Number.parseInt(each, 10), what: container.image }))];
}

function ofCommand(command: readonly string[]): readonly Listener[] {
  const text = command.join(' ');
  const found: Listener[] = [];
  const httpd = /\bhttpd\b([^;&|]*)/.exec(text);
  if (httpd) {
    const [, address, port = '80'] = /-p +"?(?:([0-9.]+):)?(\d+)/.exec(httpd[1] ?? '') ?? [];
    found.push({ protocol: 'tcp', port: Number(port), ...(address !== undefined && { address }), what: 'httpd' });
  }
  for (const [, kind = '', port = ''] of text.matchAll(/\b(TCP4?-LISTEN|UDP4?-RECVFROM|UDP4?-LISTEN):(\d+)/gi)) found.push({ protocol: kind.startsWith('TCP') ? 'tcp' : 'udp', port: Number(port), what: 'socat', ...(!kind.toUpperCase().startsWith('TCP') && { answersByRoute: true }) });
  const nc = /\bnc\b[^;&|]*-[a-z]*l[a-z]*[^;&|]*-p +(\d+)/.exec(text);
  if (nc) found.push({ protocol: 'tcp', port: Number(nc[1]), what: 'nc' });
  return found;
}
