/** Foreign text in, a value or one of our own errors out: no crash, no hang, and no good verdict on noise. */
import fc from 'fast-check';
import type { CommandResult, Reading } from '../../generator/model/check.js';
import { Failure } from '../../generator/model/failure.js';
import { isAddress } from '../../generator/model/probe.js';
import type { Verdict } from '../../generator/model/verdict.js';
import { verdictText } from '../../generator/report/text.js';
import { LabFacts } from '../../generator/verify/facts.js';
import { verify } from '../../generator/verify/verify.js';
import { Clock, FakeNodes } from '../verify/fakes.js';
import { kinds, lab, questions, SAMPLES } from './check-samples.js';
import type { Figures } from './figures.js';
import { growsLinearly } from './growth.js';
import { tortureLabs } from './labs-as-text.js';
import { misTyped, mutants, noise } from './mutants.js';
import { READERS, type Reader } from './readers.js';

export const title = 'Parsers under fuzz: labs, and what other programs say';

/** A text of these sizes is read in milliseconds. */
export const PATIENCE_MS = 2000;

/** The same texts each time; another number of them has the same beginning. */
export const SEED = 5;

export async function torture(scale: number, say: (line: string) => void): Promise<Figures> {
  const runs = Math.max(20, Math.round(60 * scale));
  const longest = scale > 1 ? 38_400 : 2400;
  const all: readonly Reader[] = [...READERS, ...checkReaders()];
  let grown = 0;
  for (const { name, samples, read } of all) grown += growsLinearly(name, oursOnly(read), samples, longest);
  say(`${all.length} parsers: twice the text, about twice the time (${grown} texts of up to ${longest} characters)`);
  for (const reader of all) fuzz(reader, runs);
  say(`${all.length} parsers: ${runs} texts each of noise, of spoilt samples, of JSON in the wrong types`);
  await fc.assert(fc.asyncProperty(rubbish(SAMPLES['docker']?.says ?? []), factsHold), { seed: SEED, numRuns: runs });
  await fc.assert(fc.asyncProperty(fc.constantFrom(...kinds.map((kind) => kind.name)), fc.oneof(noise, fc.constantFrom(...Object.values(SAMPLES).flatMap((each) => each.says))), fc.constantFrom(0, 1, 2, 3, 4, 127, undefined), verdictsHold), { seed: SEED, numRuns: runs * 5 });
  say(`${runs * 5} checks whose nodes answer rubbish: each has a verdict in words`);
  const labs = tortureLabs(scale, say);
  return { parsers: all.length, 'growing texts': grown, texts: all.length * runs * 3, verdicts: runs * 5, ...labs };
}

function rubbish(samples: readonly string[]): fc.Arbitrary<string> {
  const values = samples.flatMap((each): unknown[] => {
    try {
      return [JSON.parse(each) as unknown];
    } catch {
      return [];
    }
  });
  return values.length === 0 ? fc.oneof(noise, mutants(samples)) : fc.oneof(noise, mutants(samples), misTyped(values));
}

export function fuzz({ name, samples, read }: Reader, runs: number): void {
  for (const sample of samples) read(sample);
  const within = oursOnly(read);
  fc.assert(
    fc.property(rubbish(samples), (text) => {
      const begun = process.cpuUsage();
      within(text);
      const ms = process.cpuUsage(begun).user / 1000;
      if (ms > PATIENCE_MS) throw new Error(`${name}: ${Math.round(ms)} ms for ${text.length} characters`);
    }),
    // The report says the seed, the way to the text, and the text, made as small as it goes.
    { seed: SEED, numRuns: runs * 3, reporter: (details) => { if (details.failed) throw new Error(`${name}: ${fc.defaultReportMessage(details) ?? ''}`); } },
  );
}

/** An error of ours is an answer as well. */
export function oursOnly(read: (text: string) => void): (text: string) => void {
  return (text) => {
    try {
      read(text);
    } catch (error) {
      if (!(error instanceof Failure) || error.message.trim() === '') throw error;
    }
  };
}

/** The readers of checks: whatever a command says and however it ends, there is a reading with a reason. */
function checkReaders(): readonly Reader[] {
  return questions().map(({ kind, probe, says, told }): Reader => ({
    name: `the check "${kind.name}"`,
    samples: says,
    read(text) {
      for (const code of [0, 1, 2, 3, 4, 7, 124, undefined]) {
        for (const result of [{ code, stdout: text, stderr: '' }, { code, stdout: '', stderr: text }] satisfies CommandResult[]) {
          const reading = probe.read(result, probe.observer ? result : undefined);
          if (!isSound(reading)) throw new Error(`it read ${JSON.stringify(reading)} from ${JSON.stringify(result).slice(0, 300)}`);
        }
      }
      if (told && isNoise(text) && probe.read({ code: 0, stdout: text, stderr: '' }, probe.observer && { code: 0, stdout: text, stderr: '' }).state === 'works') throw new Error('it took noise for a good answer');
    },
  }));
}

function isSound({ state, seen, ...rest }: Reading & { readonly value?: unknown }): boolean {
  const { value } = rest;
  return ['works', 'differs', 'unreachable', 'not-run'].includes(state) && typeof seen === 'string' && (state === 'works' || seen.trim() !== '') && (value === undefined || typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && !Number.isNaN(value)));
}

/** Not one word in it that a tool would say. */
function isNoise(text: string): boolean {
  return !/[a-z]{2}|\d/i.test(text);
}

async function factsHold(text: string): Promise<void> {
  const facts = new LabFacts(lab, new FakeNodes(() => ({ code: 0, stdout: text, stderr: '' })), () => 0);
  await facts.refresh(['net-1', 'net-2']);
  for (const name of ['c1', 'c2', 'shares', 'net-1']) {
    const address = facts.address(name, 'c1');
    if (address !== undefined && !isAddress(address)) throw new Error(`the address of ${name} is ${JSON.stringify(address)}`);
    if (!Number.isSafeInteger(facts.pid(name))) throw new Error(`the first process of ${name} is ${String(facts.pid(name))}`);
    facts.inspect(name);
  }
}

async function verdictsHold(name: string, text: string, code: number | undefined): Promise<void> {
  const clock = new Clock();
  const check = { id: name, kind: name, subject: SAMPLES[name]?.subject ?? {}, expect: { is: 'works' } as const, within: 0, why: 'it has to', from: 'lab' };
  const nodes = new FakeNodes((_node, argv) => (argv.join(' ').includes('docker inspect') && name !== 'docker' ? { code: 0, stdout: SAMPLES['docker']?.says[0] ?? '', stderr: '' } : { code, stdout: text, stderr: text }));
  const { verdicts } = await verify(lab, nodes, { kinds, checks: [check], now: clock.now, sleep: clock.sleep });
  const [verdict] = verdicts as readonly [Verdict];
  const told = verdictText(verdict, { colour: false });
  // eslint-disable-next-line no-control-regex
  if (/labgen could not ask|is not a function|Cannot read|\n {4}at |[\u0000-\u0008\u000b-\u001f]/.test(told)) throw new Error(`it is told as: ${told}`);
  if (verdict.state !== 'passed' && (verdict.seen.trim() === '' || told.length > 8000)) throw new Error(`the reason is no reason: ${told.slice(0, 400)}`);
}
