/** labgen verify --matrix: everybody asks everybody on the running lab, and the answers are held against the prediction. */
import { randomBytes } from 'node:crypto';
import { connectSsh } from '../../drivers/ssh.js';
import type { ExitCode } from '../../model/failure.js';
import type { Results } from '../../model/results.js';
import type { Seen } from '../../model/world-draft.js';
import { pairsOf, type Pair } from '../../predict/matrix.js';
import type { Answer } from '../../predict/question.js';
import { what } from '../../predict/questions.js';
import { comparisonJson, comparisonText, type Comparison } from '../../report/comparison.js';
import { disagreement, isNotMeasured, measure } from '../../verify/matrix.js';
import type { Context } from '../context.js';
import type { OpenLab } from '../open-lab.js';
import type { Progress } from '../progress.js';
import { keepResults } from '../results.js';
import { sshHosts } from '../running.js';
import { runningWorld } from '../running-world.js';
import { familiesOf } from './predicted.js';

/** Answers that differ are asked for once more, with patience: a busy machine is no firewall. */
const PATIENCE_MS = 4000;

/** Exit code 1 where prediction and measurement differ, 3 where something could not be measured. */
export async function runMatrix(context: Context, open: OpenLab, format: 'text' | 'json', progress: Progress | undefined): Promise<ExitCode> {
  const comparison = await measureMatrix(context, open, progress);
  context.out(format === 'json' ? comparisonJson(comparison) : comparisonText(comparison));
  if (context.interrupt.aborted) return 130;
  if (comparison.pairs.some((each) => each.measured !== undefined && each.why !== undefined)) return 1;
  return comparison.pairs.some((each) => each.measured === undefined) ? 3 : 0;
}

/** Asks, compares, and keeps what was found for reports. */
export async function measureMatrix(context: Context, open: OpenLab, progress: Progress | undefined): Promise<Comparison> {
  const { lab, folder } = open;
  const connections = connectSsh(sshHosts(folder), { signal: context.interrupt });
  const leave = (): void => void connections.close();
  context.interrupt.addEventListener('abort', leave, { once: true });
  const begun = performance.now();
  try {
    progress?.step('measuring who reaches whom');
    const { world, place, seen } = await runningWorld(lab, connections);
    const pairs = [...pairsOf(world, familiesOf(lab))];
    const predicted = new Map<object, Answer>(pairs.map(({ question, answer }) => [question, answer]));
    const ask = async (some: readonly Pick<Pair, 'question'>[], waitMs?: number) => measure(some.map((pair) => pair.question), connections, {
      place, nonce: randomBytes(8).toString('hex'),
      watched: world.endpoints.map((each) => each.name),
      expects: (question) => predicted.get(question)?.maxBytes,
      sized: (question) => predicted.get(question)?.answeredBy === undefined,
      ...(waitMs !== undefined && { waitMs }),
    });
    const first = await ask(pairs);
    const compared = pairs.map(({ question, answer }, index) => ({ question, predicted: answer, measured: first[index] ?? { notMeasured: 'nothing came back' } }));
    const doubtful = compared.filter(({ predicted, measured }) => !isNotMeasured(measured) && disagreement(predicted, measured) !== undefined);
    const again = doubtful.length === 0 ? [] : await ask(doubtful, PATIENCE_MS);
    const second = new Map(doubtful.map((each, index) => [each, again[index]]));
    const comparison: Comparison = {
      lab: lab.name, stage: lab.stage, gaps: world.gaps, seconds: (performance.now() - begun) / 1000,
      pairs: compared.map((each) => {
        const measured = second.get(each) ?? each.measured;
        return { ...each, measured: isNotMeasured(measured) ? undefined : measured, why: isNotMeasured(measured) ? measured.notMeasured : disagreement(each.predicted, measured) };
      }),
    };
    if (!context.interrupt.aborted) keepResults(context, open, { matrix: foundIn(context, comparison, seen) });
    return comparison;
  } finally {
    progress?.clear();
    context.interrupt.removeEventListener('abort', leave);
    await connections.close();
  }
}

function foundIn(context: Context, { pairs }: Comparison, { addresses, filters }: Seen): NonNullable<Results['matrix']> {
  return {
    when: context.now().toISOString(),
    seen: [...addresses].flatMap(([space, interfaces]) => [...interfaces].map(([name, found]) => ({ space, interface: name, addresses: found }))),
    filters: [...filters].map(([node, families]) => ({ node, families: ([4, 6] as const).filter((family) => families[family]) })),
    pairs: pairs.map(({ question, measured, why }) => ({ from: question.from, to: question.to, by: what(question), family: question.family, ...(measured && { measured: { verdict: measured.verdict, seenAs: measured.seenAs, maxBytes: measured.maxBytes } }), ...(why !== undefined && { why }) })),
  };
}
