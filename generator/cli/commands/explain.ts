/** labgen explain LAB FROM TO: a packet's way hop by hop, both directions; labgen explain LAB --diff: what a stage changes. */
import { Failure, type ExitCode } from '../../model/failure.js';
import { familyOf, type Family } from '../../model/family.js';
import { isAddress } from '../../model/probe.js';
import type { World, WorldRule } from '../../model/world.js';
import { features, labAt } from '../../plan/pipeline.js';
import { worldOf } from '../../plan/world.js';
import { differenceOf } from '../../predict/difference.js';
import { targetOf, type Asked } from '../../predict/questions.js';
import { remedyFor } from '../../predict/remedies.js';
import { simulator } from '../../predict/simulate.js';
import { explanationText } from '../../report/explanation.js';
import { differenceText } from '../../report/world-difference.js';
import type { Context } from '../context.js';
import { openLab, type LabOptions, type OpenLab } from '../open-lab.js';
import { endpointNamed, familiesOf } from './predicted.js';

interface Options extends LabOptions {
  readonly from?: string;
  readonly to?: string;
  /** `80`, `tcp/80`, `udp/53`; left out: ping. */
  readonly port?: string;
  readonly family?: '4' | '6';
  /** Two stages. */
  readonly diff?: readonly string[];
  readonly format: 'text' | 'json';
}

export function explain(context: Context, given: Options): ExitCode {
  const options = inPlace(given);
  const open = openLab(context, options);
  if (options.diff !== undefined) return difference(context, open, options.diff, options.format);
  if (options.from === undefined || options.to === undefined) throw new Failure(2, 'explain needs two ends', 'Give them after the lab, as in "labgen explain gre c1 c2", or two stages, as in "labgen explain gre --diff closed open".');
  const { lab } = open;
  const world = worldOf(lab, features);
  const question = questionOf(world, options.from, options.to, options);
  const explanation = simulator(world).explain(question);
  const remedy = explanation.answer.verdict === 'stopped' ? remedyFor(world, question) : undefined;
  if (options.format === 'json') context.out(`${JSON.stringify({ stage: lab.stage ?? null, ...question, ...explanation.answer, remedy: remedy?.steps ?? null }, null, 2)}\n`);
  else context.out(explanationText({ lab: lab.name, stage: lab.stage, question, explanation, remedy, placeOf: placesIn(open) }));
  return 0;
}

/** Inside a rendered folder the lab is left out, and two words are the two ends. */
function inPlace({ lab, from, to, ...rest }: Options): Options {
  if (from !== undefined && to === undefined && rest.diff === undefined && lab !== undefined) return { ...rest, from: lab, to: from };
  return { ...rest, ...(lab !== undefined && { lab }), ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function questionOf(world: World, from: string, to: string, { port, family }: Options): Asked {
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
function placesIn(open: OpenLab): (rule: WorldRule) => string {
  const plan = new Map(open.plan().map((file) => [file.path, file]));
  return (rule) => {
    if (rule.file === undefined) return rule.by;
    const content = plan.get(rule.file)?.content;
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content ?? new Uint8Array());
    const line = text.split('\n').findIndex((each) => each.endsWith(` ${rule.text}`)) + 1;
    return line === 0 ? rule.file : `${rule.file}:${line}`;
  };
}

function difference(context: Context, open: OpenLab, stages: readonly string[], format: Options['format']): ExitCode {
  const [before, after] = stages.map((stage) => {
    const lab = labAt(open.validated, stage);
    if (typeof lab === 'string') throw new Failure(2, lab);
    return lab;
  });
  if (stages.length !== 2 || !before || !after) throw new Failure(2, '--diff needs two stages', 'As in "labgen explain gre --diff closed open".');
  const families = [...new Set([...familiesOf(before), ...familiesOf(after)])];
  const found = differenceOf(worldOf(before, features), worldOf(after, features), families);
  context.out(format === 'json' ? `${JSON.stringify(found, null, 2)}\n` : differenceText(`stage ${stages[0] ?? ''}`, `stage ${stages[1] ?? ''}`, found));
  return 0;
}
