/** What a run of real machines found, as data; and what is kept of it: spec/e2e/proven.json, which the README's table tells. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BreakRun } from './breaks.js';

/** `not run`: nothing was found out, because an artifact is missing. It is never counted as passed. */
export type StepState = 'passed' | 'failed' | 'not run';

export interface Step {
  readonly name: string;
  readonly state: StepState;
  readonly seconds: number;
  readonly summary: string;
}

export interface Counts {
  passed: number;
  failed: number;
  notRun: number;
}

/** One lab, brought up and taken away once. */
export interface Ran {
  readonly lab: string;
  readonly provider: string;
  readonly nodes: number;
  readonly stages: readonly string[];
  readonly steps: readonly Step[];
  readonly checks: Counts;
  /** `12 of 12`, or a dash where none were tried. */
  readonly mutations: string;
  /** Kinds of checks that nothing here could break safely; another lab does. */
  readonly untried: readonly string[];
  readonly seconds: number;
  /** `9 of 9` in a run that was about faults. */
  readonly faults?: string;
  /** Of a run that was about breaks. */
  readonly breaks?: readonly BreakRun[];
}

/** A run that is kept: which code it ran, and how to run it again. */
export interface Proof extends Omit<Ran, 'steps' | 'faults' | 'breaks'> {
  readonly commit: string;
  readonly command: string;
  /** Of the lab that ran, by digest.ts. */
  readonly digest: string;
  readonly steps: readonly { readonly name: string; readonly state: StepState; readonly summary: string }[];
  /** From a run of its own, later than the other or earlier. */
  readonly faults?: { readonly survived: string; readonly commit: string };
}

export const PROVEN = fileURLToPath(new URL('proven.json', import.meta.url));

export function readProofs(): readonly Proof[] {
  return JSON.parse(readFileSync(PROVEN, 'utf8')) as Proof[];
}

export function countSteps(runs: readonly { readonly steps: readonly Pick<Step, 'state'>[] }[]): Counts {
  const states = runs.flatMap((run) => run.steps.map((step) => step.state));
  const count = (state: StepState): number => states.filter((each) => each === state).length;
  return { passed: count('passed'), failed: count('failed'), notRun: count('not run') };
}

/** Newer runs take the place of older ones of the same lab on the same provider; one about faults adds what it found. */
export function withRuns(kept: readonly Proof[], runs: readonly Ran[], about: (run: Ran) => Pick<Proof, 'commit' | 'command' | 'digest'>): readonly Proof[] {
  const key = (each: Pick<Ran, 'lab' | 'provider'>): string => `${each.lab}@${each.provider}`;
  const all = new Map(kept.map((each) => [key(each), each]));
  for (const { faults, breaks: _recordedElsewhere, ...run } of runs) {
    const before = all.get(key(run));
    const { commit, command, digest } = about(run);
    if (faults !== undefined) {
      // Nothing is known of the rest of a lab that was never run as a whole.
      if (before?.digest === digest) all.set(key(run), { ...before, faults: { survived: faults, commit } });
      continue;
    }
    const steps = run.steps.map(({ name, state, summary }) => ({ name, state, summary }));
    const kept = before?.digest === digest ? before.faults : undefined;
    all.set(key(run), { ...run, seconds: Math.round(run.seconds), steps, commit, command, digest, ...(kept && { faults: kept }) });
  }
  return [...all.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, proof]) => proof);
}

export function table(runs: readonly Ran[]): string {
  const rows = runs.map((run) => {
    const { passed } = countSteps([run]);
    return [run.lab, run.provider, String(run.nodes), run.stages.join(' → ') || '–', `${passed} of ${run.steps.length}`, `${run.checks.passed}/${run.checks.failed}/${run.checks.notRun}`, run.mutations, run.faults ?? '–', String(Math.round(run.seconds))];
  });
  const all = [['lab', 'provider', 'nodes', 'stages', 'steps', 'checks passed/failed/not run', 'mutations caught', 'faults survived', 'seconds'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

export interface ShippedLab {
  readonly name: string;
  readonly stages: readonly string[];
  /** Kernel modules that any stage needs; a docker node has its host's. */
  readonly needs: readonly string[];
  /** By digest.ts. */
  readonly digest: string;
}

/** The README's rows: one a lab, with what was run on each provider. */
export function readmeTable(labs: readonly ShippedLab[], proofs: readonly Proof[]): string {
  const cell = ({ name, digest }: ShippedLab, provider: string, otherwise: string): string => {
    const proof = proofs.find((each) => each.lab === name && each.provider === provider);
    if (!proof) return otherwise;
    const { passed } = countSteps([proof]);
    return `run${proof.digest === digest ? '' : ', before its last change'}: ${passed} of ${proof.steps.length} steps, checks ${proof.checks.passed}/${proof.checks.failed}/${proof.checks.notRun}, mutations ${proof.mutations}${proof.faults ? `, faults ${proof.faults.survived}` : ''}`;
  };
  const rows = labs.map((lab) => {
    const docker = lab.needs.length > 0 ? `not run; the host's kernel needs ${lab.needs.map((each) => `\`${each}\``).join(', ')}` : 'not run yet';
    return `| ${lab.name} | ${cell(lab, 'docker', docker)} | ${cell(lab, 'libvirt', 'not run yet')} | rendered only |`;
  });
  return ['| lab | docker | libvirt, emulated | virtualbox, vmware_desktop, parallels |', '|---|---|---|---|', ...rows].join('\n');
}
