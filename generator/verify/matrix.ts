/** Questions put to a running lab, all at once: one agent a machine asks and watches, and what they say is put together. */
import * as programs from '../generated/agents.js';
import { canonical } from '../model/family.js';
import { parseJson } from '../model/foreign.js';
import { isTree, type Tree } from '../model/merge.js';
import { NodeUnreachable, type Connections, type Observation } from '../model/connections.js';
import { lastLine } from '../model/probe.js';
import type { Answer, Question } from '../predict/question.js';

/** Where an endpoint's network namespace is; left out: the machine's own. */
export interface Place {
  readonly node: string;
  readonly namespace?: { readonly pid: number } | { readonly name: string };
}

/** It could not be asked; in words, why. */
export interface NotMeasured {
  readonly notMeasured: string;
}

export type Measured = Answer | NotMeasured;

export interface Measuring {
  /** Of an endpoint by its name. */
  place(endpoint: string): Place | NotMeasured;
  /** The largest packet that is thought to pass, asked for first: where it is right, no other is. */
  expects?(question: Question): number | undefined;
  /** False: the largest packet is not asked for, as it is another one each time. */
  sized?(question: Question): boolean;
  /** Endpoints besides those of the questions whom a question may be led to, by a proxy or a translation: they have to be watched, too. */
  readonly watched?: readonly string[];
  /** 16 hex digits no other measuring on these machines has. */
  readonly nonce: string;
  /** How long an answer may take; everything is asked twice. Default 1200. */
  readonly waitMs?: number;
}

/** TCP questions are told apart by source ports, below those that kernels choose. */
const [FIRST_PORT, LAST_PORT] = [12_000, 32_767];
const ATTEMPTS = 2;
const AT_ONCE = Math.floor((LAST_PORT - FIRST_PORT) / ATTEMPTS);
/** Rounds of sizes, where the predicted one is wrong. */
const ROUNDS = 8;
const PATIENCE_MS = 30_000;

export function isNotMeasured(measured: Measured): measured is NotMeasured {
  return 'notMeasured' in measured;
}

/** One for each question, in their order. Throws only what is not of the lab's. */
export async function measure(questions: readonly Question[], connections: Connections, options: Measuring): Promise<readonly Measured[]> {
  const answers: Measured[] = [];
  for (let at = 0; at < questions.length; at += AT_ONCE) {
    answers.push(...(await measureSome(questions.slice(at, at + AT_ONCE), connections, options)));
  }
  return answers;
}

interface Machine {
  readonly node: string;
  readonly spaces: Place[];
  /** Who is in each of them. */
  readonly endpoints: string[][];
  readonly questions: Tree[];
}

async function measureSome(questions: readonly Question[], connections: Connections, options: Measuring): Promise<readonly Measured[]> {
  const machines = new Map<string, Machine>();
  const spaceOf = (endpoint: string): { readonly machine: Machine; readonly space: number } | NotMeasured => {
    const place = options.place(endpoint);
    if ('notMeasured' in place) return place;
    const machine = machines.get(place.node) ?? { node: place.node, spaces: [], endpoints: [], questions: [] };
    machines.set(place.node, machine);
    const key = JSON.stringify(place.namespace);
    let space = machine.spaces.findIndex((each) => JSON.stringify(each.namespace) === key);
    if (space < 0) space = machine.spaces.push(place) - 1;
    (machine.endpoints[space] ??= []).push(endpoint);
    return { machine, space };
  };
  const known = new Map([...new Set([...questions.flatMap(({ from, to }) => [from, to]), ...(options.watched ?? [])])].map((name) => [name, spaceOf(name)]));
  const answers: (Measured | undefined)[] = questions.map(({ from }) => {
    const asker = known.get(from);
    return asker && 'notMeasured' in asker ? asker : undefined;
  });
  const sources: (readonly [number, number])[] = [];
  questions.forEach((question, id) => {
    const asker = known.get(question.from);
    if (asker === undefined || 'notMeasured' in asker) return;
    const { protocol, family, address, port } = question;
    const ports = protocol === 'tcp' ? Array.from({ length: ATTEMPTS }, (_, attempt) => FIRST_PORT + id * ATTEMPTS + attempt) : [];
    for (const own of ports) sources.push([id, own]);
    asker.machine.questions.push({ id, space: asker.space, protocol, family, address, port: port ?? 0, ports, bytes: options.expects?.(question) ?? 0, sized: options.sized?.(question) ?? true });
  });
  const reports = await askAll([...machines.values()], sources, connections, options);
  const seen = sightings(reports);
  const isKnown = (endpoint: string): boolean => machinesHave(machines, endpoint);
  for (const report of reports) {
    for (const asked of report.machine.questions) {
      const id = Number(asked['id']);
      const question = questions[id];
      if (question) answers[id] = answerOf(id, Number(asked['space']), question, report, seen.get(id) ?? [], isKnown(question.to));
    }
  }
  return answers.map((answer) => answer ?? { notMeasured: 'it was not asked' });
}

function machinesHave(machines: ReadonlyMap<string, Machine>, endpoint: string): boolean {
  return [...machines.values()].some(({ endpoints }) => endpoints.some((names) => names.includes(endpoint)));
}

interface Report {
  readonly machine: Machine;
  /** Why the whole machine says nothing. */
  readonly trouble?: string;
  readonly answers: Tree;
  readonly watched: Tree;
}

/** All watch before the first one asks; nobody stops watching before the last one has asked. */
async function askAll(machines: readonly Machine[], sources: readonly (readonly [number, number])[], connections: Connections, options: Measuring): Promise<readonly Report[]> {
  const wait = (options.waitMs ?? 1200) / 1000;
  const timeoutMs = (options.waitMs ?? 1200) * (ATTEMPTS + ATTEMPTS * ROUNDS) + PATIENCE_MS;
  const say = (machine: Machine, word: string) => connections.run(machine.node, ['python3', '-c', programs.say, options.nonce, machine.node, word], { timeoutMs });
  const agents = await Promise.all(machines.map(async (machine): Promise<Observation | string> => {
    const input = JSON.stringify({ nonce: options.nonce, machine: machine.node, wait, sources, spaces: machine.spaces.map(({ namespace }) => namespace ?? {}), questions: machine.questions });
    try {
      const agent = await connections.observe(machine.node, ['python3', '-c', programs.measure], { input, timeoutMs: timeoutMs + PATIENCE_MS });
      return agent.ready ? agent : `the agent on ${machine.node} did not start: ${lastLine((await agent.ended).stderr) || 'no output'}`;
    } catch (error) {
      if (error instanceof NodeUnreachable) return error.message;
      throw error;
    }
  }));
  const told = await Promise.all(machines.map(async (machine, at) => (typeof agents[at] === 'string' ? undefined : say(machine, 'go'))));
  return Promise.all(machines.map(async (machine, at): Promise<Report> => {
    const [agent, answer] = [agents[at], told[at]];
    const nothing = { machine, answers: {}, watched: {} };
    if (agent === undefined || typeof agent === 'string' || answer === undefined) return { ...nothing, trouble: typeof agent === 'string' ? agent : 'it was not asked' };
    const answers = parseJson(answer.stdout.trim());
    if (answer.code !== 0 || !isTree(answers)) {
      agent.stop();
      const ended = await agent.ended;
      return { ...nothing, trouble: `the agent on ${machine.node} did not end well: ${lastLine(ended.stderr) || lastLine(answer.stderr) || 'no answer in time'}` };
    }
    await say(machine, 'end');
    const watched = parseJson((await agent.ended).stdout.replace(/^ready$/m, '').trim());
    return { machine, answers, watched: isTree(watched) ? watched : {} };
  }));
}

/** How a namespace saw a question come in. */
interface Sighting {
  readonly endpoints: readonly string[];
  readonly source: string;
  readonly destination: string;
}

/** By question, in the order of time of each machine. */
function sightings(reports: readonly Report[]): ReadonlyMap<number, readonly Sighting[]> {
  const all = new Map<number, Sighting[]>();
  for (const { machine, watched } of reports) {
    const list: readonly unknown[] = Array.isArray(watched['seen']) ? watched['seen'] : [];
    for (const each of list) {
      if (!Array.isArray(each) || each.length !== 4 || typeof each[2] !== 'string' || typeof each[3] !== 'string') continue;
      const id = Number(each[0]);
      const [source, destination] = [canonical(each[2]) ?? each[2], canonical(each[3]) ?? each[3]];
      all.set(id, [...(all.get(id) ?? []), { endpoints: machine.endpoints[Number(each[1])] ?? [], source, destination }]);
    }
  }
  return all;
}

function answerOf(id: number, space: number, question: Question, report: Report, seenBy: readonly Sighting[], known: boolean): Measured {
  if (report.trouble !== undefined) return { notMeasured: report.trouble };
  const { broken } = report.watched;
  const why = isTree(broken) ? broken[space] : undefined;
  if (why !== undefined) return { notMeasured: `${question.from}: ${String(why)}` };
  const answer = report.answers[id];
  if (!isTree(answer)) return { notMeasured: `the agent on ${report.machine.node} said nothing of it` };
  // Somebody else who has the address as well is not whom it was for; one whom a translation led to is.
  const seen = seenBy.filter(({ endpoints, destination }) => !known || endpoints.includes(question.to) || destination !== canonicalOf(question.address));
  if (seen.length === 0 && seenBy.length > 0) return { verdict: 'stopped' };
  // Of what passes a proxy both it and whoever is behind it see something, the latter under another address; what is stopped may have come
  // to the first alone. Their clocks are no help: a busy kernel stamps the second one first.
  const behind = seen.filter(({ destination }) => destination !== canonicalOf(question.address));
  const front = seen.filter((each) => !behind.includes(each));
  const seenAs = (answer['reached'] === true ? behind.at(-1) ?? front.at(-1) : front[0] ?? behind[0])?.source;
  const { maxBytes } = answer;
  if (answer['reached'] !== true) return { verdict: 'stopped', ...(seenAs !== undefined && { seenAs }) };
  return { verdict: 'reached', ...(seenAs !== undefined && { seenAs }), ...(typeof maxBytes === 'number' && { maxBytes }) };
}

/** In what two answers to one question differ, in words; undefined where they agree. Why it stopped is not measured. */
export function disagreement(predicted: Answer, measured: Answer): string | undefined {
  const told = (value: string | number | undefined): string => String(value ?? 'nothing');
  if (predicted.verdict !== measured.verdict) return `predicted ${predicted.verdict}, measured ${measured.verdict}`;
  if (predicted.answeredBy !== undefined) return undefined;
  if (canonicalOf(predicted.seenAs) !== canonicalOf(measured.seenAs)) return `seen as: predicted ${told(predicted.seenAs)}, measured ${told(measured.seenAs)}`;
  if (predicted.verdict === 'reached' && predicted.maxBytes !== measured.maxBytes) return `largest packet: predicted ${told(predicted.maxBytes)}, measured ${told(measured.maxBytes)}`;
  return undefined;
}

function canonicalOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : (canonical(address) ?? address);
}
