/** labgen serve [LAB]: the page of a report, alive while another labgen is at work in the folder. */
import { randomBytes } from 'node:crypto';
import { parts } from '../../generated/page.js';
import { serveLocally, type Answer } from '../../drivers/local-server.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import { pageHtml, policyOf } from '../../report/page/html.js';
import { withoutSecrets } from '../../report/page/redact.js';
import type { ReportData } from '../../report/page/data.js';
import { collectReport } from '../collect-report.js';
import { changed, type Context } from '../context.js';
import { follow } from '../follow.js';
import { openLab, type LabOptions, type OpenLab } from '../open-lab.js';
import { renderedName, runningFolder } from '../running.js';

interface Options extends LabOptions {
  readonly port?: number;
}

/** How often the folder is looked at. Milliseconds. */
const LOOK_EVERY = 400;

/** Ends with Ctrl-C, and then well. */
export async function serve(context: Context, options: Options): Promise<ExitCode> {
  const folder = runningFolder(context, options);
  const given: LabOptions = { ...options, output: folder };
  // Once it is rendered the folder says itself what it holds, and at which stage.
  const open = (asking: Context): OpenLab => openLab(asking, renderedName(folder) === undefined ? given : { output: folder });
  let secrets = secretsOf(open(context));
  const silent = changed(context, { err: () => {} });
  let data: ReportData | undefined;
  const collected = async (): Promise<ReportData> => {
    if (data) return data;
    const lab = open(silent);
    secrets = secretsOf(lab);
    return (data = (await collectReport(silent, lab)).data);
  };
  const following = follow(folder);
  following.look();
  const token = randomBytes(16).toString('hex');
  const html = (body: string): Answer => ({ type: 'text/html; charset=utf-8', body, headers: { 'Content-Security-Policy': `${policyOf(parts, { live: true })}; frame-ancestors 'none'` } });
  const server = await serveLocally({
    port: options.port ?? 0,
    token,
    stream: 'events',
    before: () => withoutSecrets(following.events, secrets),
    async answer(path) {
      if (path === '') return html(pageHtml(await collected(), parts, { live: true }));
      return path === 'data.json' ? { type: 'application/json; charset=utf-8', body: JSON.stringify(await collected()) } : undefined;
    },
  }).catch((error: unknown) => {
    throw new Failure(3, `port ${options.port ?? 0} cannot be listened on: ${(error as Error).message}`, 'Name another one with --port, or none: then any that is free is taken.');
  });
  context.out(`http://127.0.0.1:${server.port}/${token}/\nOnly this machine can reach it, and only who knows the address. Ctrl-C ends it.\n`);
  const timer = setInterval(() => {
    for (const event of withoutSecrets(following.look(), secrets)) {
      if (event.kind === 'data') data = undefined;
      server.push(event);
    }
  }, LOOK_EVERY);
  await new Promise<void>((done) => {
    if (context.interrupt.aborted) done();
    context.interrupt.addEventListener('abort', () => done(), { once: true });
  });
  clearInterval(timer);
  await server.close();
  return 0;
}

/** Of every stage. */
function secretsOf({ validated }: OpenLab): readonly string[] {
  return [...validated.labs.values()].flatMap((lab) => lab.secrets);
}
