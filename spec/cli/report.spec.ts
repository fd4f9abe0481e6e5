/** labgen report and up --report; labgen serve: who may ask it for what, and what it tells as it happens. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLab } from '../../generator/cli/open-lab.js';
import { keepResults } from '../../generator/cli/results.js';
import { main } from '../../generator/cli/main.js';
import type { Family } from '../../generator/model/family.js';
import type { LiveEvent, ReportData } from '../../generator/report/page/data.js';
import { contextOf, inFolder, labgen, labgenIn, type Ran } from '../support/context.js';
import { Fakes, LAB } from '../support/fakes.js';
import { SshServer } from '../support/ssh-server.js';

const FAILING = LAB.replace('run: "true" }', 'run: "true" }\n    expect: 3');
const dataIn = (path: string): ReportData => JSON.parse(/<script type="application\/json" id="data">([^]*?)<\/script>/.exec(readFileSync(path, 'utf8'))?.[1] ?? '') as ReportData;

describe('labgen report', () => {
  it('of a lab that does not run: all stages predicted, said so, exit 0', () => inFolder(async (folder) => {
    const { code, out, err } = await labgen(folder, 'report', 'gre');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^report gre \(open\): report\.html \(\d+ kB; 2 stages; predicted only\)\nThe lab is not running: all of it is predicted, nothing measured now\. /);
    const data = dataIn(join(folder, 'report.html'));
    assert.deepEqual(data.stages.map(({ name, current, measured, checked }) => [name, current, measured, checked]), [['closed', false, undefined, undefined], ['open', true, undefined, undefined]]);
    assert.equal(data.running, false);
    assert.ok(data.stages.every((stage) => stage.picture !== undefined && data.texts[stage.picture]?.startsWith('<svg')));
  }));

  it('writes over its own report, never over something else unless told to', () => inFolder(async (folder) => {
    const file = join(folder, 'report.html');
    writeFileSync(file, '<!doctype html>\n<p>mine');
    const refused = await labgen(folder, 'report', 'docker0');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /report\.html is there, and no report of labgen's\n {2}Name another file with --file, or overwrite it with --force\.\n$/);
    assert.equal(readFileSync(file, 'utf8'), '<!doctype html>\n<p>mine');
    assert.equal((await labgen(folder, 'report', 'docker0', '--force')).code, 0);
    assert.equal((await labgen(folder, 'report', 'docker0')).code, 0);
    symlinkSync('report.html', join(folder, 'link.html'));
    assert.equal((await labgen(folder, 'report', 'docker0', '--file', 'link.html', '--force')).code, 1);
  }));

  it('of a lab that ran: ways pass the filters that its nodes were found to have for their bridges', () => inFolder(async (folder) => {
    assert.equal((await labgen(folder, 'render', 'forwarding', '-o', '.')).code, 0);
    const context = contextOf({}, folder);
    const stepsWith = async (families: readonly Family[]): Promise<readonly string[]> => {
      keepResults(context, openLab(context, {}), { matrix: { when: '2026-01-02T03:04:05.000Z', seen: [], filters: [{ node: 'host', families }], pairs: [] } });
      assert.equal((await labgen(folder, 'report')).code, 0);
      const { stages, texts } = dataIn(join(folder, 'report.html'));
      const { paths = [], pairs = [], endpoints = [] } = stages.find(({ current }) => current) ?? {};
      const pair = pairs.find(({ from, to, by }) => endpoints[from]?.name === 'web' && endpoints[to]?.name === 'host' && by === 'tcp 8080');
      return paths[pair?.path ?? -1]?.there.flatMap(({ space, lines }) => (space === 'host' ? lines.map(({ text }) => texts[text] ?? '') : [])) ?? [];
    };
    // dockerd of this lab writes no rules, so that a kernel whose br_netfilter is a module filters nothing of it.
    assert.match((await stepsWith([])).join('\n'), /^comes in by docker0: [^]*\nleaves by docker0 for 172\.17\.0\.2; /);
    assert.match((await stepsWith([4])).join('\n'), /^crosses the bridge docker0, from veth-web to veth-web\n/);
  }));

  describe('of a running lab', function () {
    this.timeout(180_000);
    let fakes: Fakes;
    let server: SshServer;
    beforeEach(async () => {
      fakes = new Fakes();
      server = new SshServer();
      await server.start();
      fakes.prepareLab(server.port, server.key, server.hostKey);
      fakes.prepareBox();
    });
    afterEach(async () => {
      await server.stop();
      fakes.end();
    });
    const run = (...args: string[]): Promise<Ran> => labgenIn({ env: process.env }, fakes.folder, ...args);

    it('up --report writes it at the end; what was found is kept for its owner, and until the lab changes or goes', async () => {
      const up = await run('up', './lab.yaml', '-o', 'lab', '--report');
      assert.equal(up.code, 0, up.out + up.err);
      assert.match(up.out, /^report small: lab\/report\.html \(\d+ kB; /m);
      const file = join(fakes.lab, 'report.html');
      const state = (): readonly unknown[] => dataIn(file).stages.map(({ checks, checked }) => [checked, ...checks.filter((check) => check.id.startsWith('command')).map((check) => check.state)]);
      assert.deepEqual(state(), [['1970-01-01T00:00:00.000Z', 'passed']]);
      assert.equal(dataIn(file).running, true);
      const results = join(fakes.lab, '.labgen/results/_.json');
      assert.equal(statSync(results).mode & 0o777, 0o600);
      const journal = readFileSync(join(fakes.lab, '.labgen/journal.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as LiveEvent);
      assert.deepEqual(journal.flatMap((event) => (event.kind === 'phase' ? [event.name] : event.kind === 'begin' || event.kind === 'end' ? [event.kind] : [])), ['begin', 'engine', 'box', 'boot', 'play', 'verify', 'end']);
      assert.ok(journal.some((event) => event.kind === 'check' && event.state === 'passed'));
      // Another lab in the same folder: what was measured on the first says nothing about it.
      writeFileSync(join(fakes.folder, 'lab.yaml'), FAILING);
      const other = await run('report', './lab.yaml', '-o', 'lab', '--file', file);
      assert.equal(other.code, 1, 'the check fails, and the page is written');
      assert.match(other.out, /^The folder holds another lab or another stage than was asked about, so what was measured is not shown\./m);
      assert.deepEqual(state(), [[undefined, 'waiting']]);
      assert.equal((await run('report', '-o', 'lab', '--file', file)).code, 0);
      assert.deepEqual(state(), [['1970-01-01T00:00:00.000Z', 'passed']]);
      assert.equal((await run('down', '-o', 'lab')).code, 0);
      assert.deepEqual([existsSync(results), existsSync(join(fakes.lab, '.labgen/journal.jsonl')), existsSync(file)], [false, false, true]);
    });

    it('is written where checks failed, and the exit code is theirs', async () => {
      writeFileSync(join(fakes.folder, 'lab.yaml'), FAILING);
      assert.equal((await run('up', './lab.yaml', '-o', 'lab', '--report')).code, 1);
      const found = dataIn(join(fakes.lab, 'report.html')).stages[0]?.checks.find((check) => check.id.startsWith('command'));
      assert.equal(found?.state, 'failed');
      assert.match(found?.command ?? '', /true/);
    });
  });
});

describe('labgen serve', function () {
  this.timeout(60_000);

  interface Got {
    readonly status: number | undefined;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }

  const get = (url: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Got> => new Promise((done, failed) => {
    request(url, { headers, method, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => void (body += chunk.toString()));
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, body }));
    }).on('error', failed).end();
  });

  /** Serves for as long as the work takes; the exit code is looked at. */
  async function serving(folder: string, args: readonly string[], work: (url: string) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    let out = '';
    const ended = main(contextOf({ interrupt: controller.signal, out: (text) => void (out += text), err: (text) => void (out += text) }, folder, 'serve', ...args));
    try {
      while (!/^http:\S+$/m.test(out)) {
        assert.equal(await Promise.race([ended, sleep(50, 'runs')]), 'runs', out);
      }
      await work(/^http:\S+$/m.exec(out)?.[0] ?? '');
    } finally {
      controller.abort();
    }
    assert.equal(await ended, 0);
  }

  it('gives its page to who knows the address, under a policy of its own, and nothing else to anybody', () => inFolder((folder) => serving(folder, ['docker0'], async (url) => {
    const { host, port, pathname, origin } = new URL(url);
    const page = await get(url);
    assert.equal(page.status, 200);
    assert.match(page.body, /^<!doctype html>\n[^]*<body data-live>/);
    assert.match(String(page.headers['content-security-policy']), /^default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
    assert.deepEqual([page.headers['cache-control'], page.headers['referrer-policy'], page.headers['x-content-type-options'], page.headers['access-control-allow-origin']], ['no-store', 'no-referrer', 'nosniff', undefined]);
    assert.equal((JSON.parse((await get(`${url}data.json`)).body) as ReportData).lab, 'docker0');
    const refused: readonly (readonly [number, string, Readonly<Record<string, string>>?, string?])[] = [
      [404, `${origin}/`], [404, `${origin}/data.json`], [404, `${origin}${pathname.slice(0, -2)}x/`], [404, `${origin}${pathname.slice(0, -1)}`],
      [404, `${url}package.json`], [404, `${url}..%2f..%2fetc%2fpasswd`], [404, `${url}.labgen/lab.yaml`],
      [421, url, { host: 'evil.example' }], [421, url, { host: `evil.example:${port}` }], [421, url, { host: '127.0.0.1' }],
      [403, `${url}data.json`, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }],
      [405, url, {}, 'POST'], [405, url, {}, 'OPTIONS'], [405, url, {}, 'HEAD'],
    ];
    for (const [status, where, headers, method] of refused) {
      const got = await get(where, headers, method);
      assert.equal(got.status, status, `${method ?? 'GET'} ${where} ${JSON.stringify(headers ?? {})}`);
      assert.doesNotMatch(got.body, /docker0|root:/);
    }
    assert.equal((await get(url, { host: `localhost:${port}` })).status, 200);
    assert.equal(host, `127.0.0.1:${port}`);
  })));

  it('tells what a verb at work writes down, also to who comes later, and that the data is new', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'docker0', '-o', '.');
    await serving(folder, [], async (url) => {
      const told: LiveEvent[] = [];
      const listen = (into: LiveEvent[]) => request(`${url}events`, { agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          const whole = text.lastIndexOf('\n\n');
          for (const line of text.slice(0, whole).split('\n')) if (line.startsWith('data: ')) into.push(JSON.parse(line.slice(6)) as LiveEvent);
          text = text.slice(whole);
        });
      }).on('error', () => {}).end();
      const until = async (into: readonly LiveEvent[], fits: (event: LiveEvent) => boolean): Promise<void> => {
        for (let tries = 0; !into.some(fits); tries++) {
          assert.ok(tries < 600, `not told: ${JSON.stringify(into)}`);
          await sleep(20);
        }
      };
      listen(told);
      const journal = join(folder, '.labgen/journal.jsonl');
      const write = (line: string): void => appendFileSync(journal, `${line}\n`);
      write('{"kind":"begin","verb":"up","lab":"docker0"}');
      write('{"kind":"phase","name":"boot"}');
      write('no JSON at all');
      write('{"kind":"shutdown","text":"not a word of ours"}');
      appendFileSync(journal, '{"kind":"line","text":"half a');
      await until(told, (event) => event.kind === 'phase');
      assert.deepEqual(told, [{ kind: 'begin', verb: 'up', lab: 'docker0' }, { kind: 'phase', name: 'boot' }]);
      write(' line"}');
      await until(told, (event) => event.kind === 'line' && event.text === 'half a line');
      mkdirSync(join(folder, '.labgen/results'));
      writeFileSync(join(folder, '.labgen/results/_.json'), '{}');
      await until(told, (event) => event.kind === 'data');
      const later: LiveEvent[] = [];
      listen(later);
      await until(later, (event) => event.kind === 'line');
      assert.deepEqual(later.map((event) => event.kind), ['begin', 'phase', 'line']);
    });
  }));

  it('a port that is taken is said, exit 3', () => inFolder((folder) => serving(folder, ['docker0'], async (url) => {
    const { code, err } = await labgen(folder, 'serve', 'docker0', '--port', new URL(url).port);
    assert.equal(code, 3);
    assert.match(err, /^labgen: port \d+ cannot be listened on: .*EADDRINUSE/);
  })));
});
