/** The new address of dnat and snat: `10.0.0.1:80`, `fd00::1`, `[fd00::1]:80`, or a node in place of the address. */
import { canonical, holds } from '../../model/family.js';

export interface RuleTarget {
  /** An address or the name of a node, without brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

/** Of a text the schema accepted. */
export function parseTarget(text: string): RuleTarget {
  const [, six, bare, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  return { host: six ?? bare ?? text, port: port === undefined ? undefined : Number(port) };
}

/** As iptables says it: an IPv6 address is in brackets where a port follows, and only there. */
export function formatTarget({ host, port }: RuleTarget): string {
  const address = canonical(host) ?? host;
  if (port === undefined) return address;
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** `::1:80` is an address, and `::1` with a port was meant, perhaps; undefined where nobody would think so. */
export function doubtfulTarget(text: string): { readonly address: string; readonly port: string; readonly isNobodys: boolean } | undefined {
  const [, address = '', port = ''] = /^([^[\]]*:[^[\]]*):(\d{2,5})$/.exec(text) ?? [];
  if (canonical(text) === undefined || canonical(address) === undefined || Number(port) > 65535) return undefined;
  // RFC 4291, 2.5: nobody has an address that begins with eight zero bits, but for the loopback.
  return { address, port, isNobodys: holds('::/8', text) };
}
