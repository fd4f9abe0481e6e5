/** What the verbs share that put one question to a lab: its two ends, its port, and where a rule of the answer stands. */
import { Failure } from '../../model/failure.js';
import { familyOf, type Family } from '../../model/family.js';
import { isAddress } from '../../model/probe.js';
import type { World, WorldRule } from '../../model/world.js';
import { targetOf, type Asked } from '../../predict/questions.js';
import type { OpenLab } from '../open-lab.js';
import { endpointNamed } from './predicted.js';

export interface Ends {
  readonly lab?: string;
  readonly from?: string;
  readonly to?: string;
}

export interface HowToAsk {
  /** `80`, `tcp/80`, `udp/53`; left out: ping. */
  readonly port?: string;
  readonly family?: '4' | '6';
}

/** Inside a rendered folder the lab is left out, and two words are the two ends. */
export function withoutLab<Options extends Ends>({ lab, from, to, ...rest }: Options): Omit<Options, keyof Ends> & Ends {
  if (from !== undefined && to === undefined && lab !== undefined) return { ...rest, from: lab, to: from };
  return { ...rest, ...(lab !== undefined && { lab }), ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** @throws Failure (exit 2) where the lab has no such end, or the words name no port. */
export function questionOf(world: World, from: string, to: string, { port, family }: HowToAsk): Asked {
  const start = endpointNamed(world, from);
  const [, protocol = 'tcp', number] = /^(?:(tcp|udp)\/)?(\d{1,5})$/.exec(port ?? '') ?? [];
  if (port !== undefined && (number === undefined || Number(number) < 1 || Number(number) > 65_535)) throw new Failure(2, `"${port}" is not a port`, 'Write 80, tcp/80 or udp/53.');
  const common: Pick<Asked, 'from' | 'protocol' | 'port'> = { from: start.name, protocol: port === undefined ? 'icmp' : protocol === 'udp' ? 'udp' : 'tcp', ...(port !== undefined && { port: Number(number) }) };
  if (isAddress(to)) return { ...common, to, address: to, family: familyOf(to), presumed: false };
  const end = endpointNamed(world, to);
  const wanted: Family = family === '6' ? 6 : 4;
  const target = targetOf(world, start.name, end.name, wanted);
  if (!target) throw new Failure(2, `${end.name} has no IPv${wanted} address`, 'Ask for another end, or give an address.');
  return { ...common, to: end.name, address: target.address, family: wanted, presumed: target.presumed === true };
}

/** The very line of a rendered file, by the rule's words. */
export function placesIn(open: OpenLab): (rule: Pick<WorldRule, 'text' | 'by' | 'file'>) => string {
  const plan = new Map(open.plan().map((file) => [file.path, file]));
  return (rule) => {
    if (rule.file === undefined) return rule.by;
    const content = plan.get(rule.file)?.content;
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content ?? new Uint8Array());
    const line = text.split('\n').findIndex((each) => each.endsWith(` ${rule.text}`)) + 1;
    return line === 0 ? rule.file : `${rule.file}:${line}`;
  };
}
