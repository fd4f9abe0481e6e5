/** What a report's page is made of: measured beside predicted, lines of files, what is left out, and that no text of a lab becomes markup. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseResults, resultsText, type Results } from '../../generator/model/results.js';
import { MOST_ENDPOINTS, MOST_PATHS } from '../../generator/report/page/collect.js';
import type { PageStage, ReportData } from '../../generator/report/page/data.js';
import { jsonInHtml, pageHtml } from '../../generator/report/page/html.js';
import { withoutSecrets } from '../../generator/report/page/redact.js';
import { parts } from '../../generator/generated/page.js';
import { root } from '../support/context.js';
import { reportFrom } from '../support/report.js';

const shipped = (name: string): string => readFileSync(join(root, 'labs', `${name}.yaml`), 'utf8');
const many = (nodes: number, each: number): string => `lab: many
networks: { lan: { subnet: 192.168.56.0/24 } }
nodes: { n: { count: ${nodes} } }
tunnels: { mesh: { kind: gre, ends: [${Array.from({ length: nodes }, (_, index) => `n-${index + 1}`).join(', ')}], carries: docker } }
containers: { ${Array.from({ length: nodes * each }, (_, index) => `c${index + 1}: { node: n-${(index % nodes) + 1}, image: toolbox, command: [httpd, -f, -p, "80"] }`).join(', ')} }
`;
const lastStage = (data: ReportData): PageStage => data.stages.at(-1) as PageStage;

describe('the data of a report', () => {
  it('each rule of labgen\'s on a way leads to the very line that says it', () => {
    let rules = 0;
    for (const lab of ['gre', 'forwarding', 'ports', 'pipework-gre']) {
      const data = reportFrom(lab, shipped(lab));
      for (const stage of data.stages) {
        for (const line of stage.paths.flatMap((path) => [...path.there, ...path.back]).flatMap((hop) => hop.lines)) {
          const text = data.texts[line.text] ?? '';
          if (line.kind !== 'rule' || !text.includes('LABGEN-')) continue;
          rules++;
          const [file, number] = line.places?.[0] ?? [-1, 0];
          const told = (data.texts[stage.files[file]?.text ?? -1] ?? '').split('\n')[number - 1] ?? '';
          const words = /: (-.*?) {2}\(/.exec(text)?.[1];
          assert.ok(words !== undefined && told.endsWith(` ${words}`), `${lab}: "${text}" leads to "${told}"`);
        }
      }
    }
    assert.ok(rules > 10, `${rules} rules`);
  });

  it('routes, tunnels, bridges and containers lead to where they are made', () => {
    const data = reportFrom('gre', shipped('gre'));
    const stage = lastStage(data);
    const pair = stage.pairs.find((each) => stage.endpoints[each.from]?.name === 'c1' && stage.endpoints[each.to]?.name === 'c2' && each.by === 'ping');
    const places = stage.paths[pair?.path ?? -1]?.there.flatMap((hop) => hop.lines.flatMap((line) => line.places ?? [])) ?? [];
    const lines = new Set(places.map(([file, line]) => `${stage.files[file]?.path ?? ''}: ${((data.texts[stage.files[file]?.text ?? -1] ?? '').split('\n')[line - 1] ?? '').trim()}`));
    for (const expected of [
      'nodes/net-1/labgen-containers.sh: container c1 --detach \\',
      'nodes/net-1/docker.service.d/50-labgen.conf: --bip=172.17.0.1/17 \\',
      'nodes/net-1/labgen-network.sh: route 172.17.128.0/17 dev foo # containers on net-2',
      'nodes/net-1/labgen-network.sh: link foo gre local 192.168.56.11 remote 192.168.56.12 ttl 255',
      'nodes/net-2/labgen-firewall.sh: rule filter LABGEN-FORWARD -s 172.17.0.0/17 -d 172.17.128.0/17 -i bar -o docker0 -j ACCEPT',
    ]) assert.ok(lines.has(expected), `${expected}\nis not among\n${[...lines].join('\n')}`);
  });

  it('what was measured stands beside what was predicted, in its own stage alone', () => {
    const when = '2026-01-02T03:04:05.000Z';
    const data = reportFrom('gre', shipped('gre'), (lab) => ({
      checks: { when, verdicts: [{ id: lab.checks[0]?.id ?? '', state: 'failed', node: 'net-1', command: 'ping', seen: 'nothing', seconds: 1.23456 }] },
      matrix: { when, seen: [], filters: [], pairs: [{ from: 'c1', to: 'c2', by: 'ping', family: 4, measured: { verdict: 'stopped' }, why: 'predicted reached, measured stopped' }, { from: 'c2', to: 'c1', by: 'ping', family: 4, why: 'c2 does not run' }] },
    }));
    const stage = lastStage(data);
    const between = (from: string, to: string) => stage.pairs.find((pair) => stage.endpoints[pair.from]?.name === from && stage.endpoints[pair.to]?.name === to && pair.by === 'ping');
    assert.deepEqual([between('c1', 'c2')?.measured, between('c1', 'c2')?.why, between('c1', 'c2')?.predicted.reached], [{ reached: false }, 'predicted reached, measured stopped', true]);
    assert.deepEqual([between('c2', 'c1')?.measured, between('c2', 'c1')?.why], [undefined, 'c2 does not run']);
    assert.deepEqual([stage.measured, stage.checked, stage.checks[0]?.state, stage.checks[0]?.seconds, stage.checks[1]?.state], [when, when, 'failed', 1.235, 'waiting']);
    assert.deepEqual([data.stages[0]?.measured, data.stages[0]?.checks.some((check) => check.state !== 'waiting')], [undefined, false]);
  });

  it('20 containers on 4 nodes are a page of less than a megabyte; what no packet tells apart shares a way, and that is said', () => {
    const data = reportFrom('many', many(4, 5));
    const stage = lastStage(data);
    const html = pageHtml(data, parts);
    assert.ok(stage.pairs.length > MOST_PATHS, `${stage.pairs.length} questions`);
    assert.ok(stage.paths.length < stage.pairs.length / 4, `${stage.paths.length} ways of ${stage.pairs.length}`);
    assert.ok(html.length < 1_000_000, `${html.length} bytes`);
    assert.match(data.leftOut.join('\n'), /^Ways of their own: of \d+ questions, those that no packet could tell apart share one\.$/m);
    const shared = stage.pairs.find((pair) => pair.like !== undefined);
    assert.match(shared?.like ?? '', /^\S+ → \S+$/);
    // A pair that lends its way has it as its own.
    assert.ok(stage.pairs.some((pair) => pair.path === shared?.path && pair.like === undefined));
  });

  it('too many for a grid are left out, and that is said', () => {
    const data = reportFrom('many', many(4, MOST_ENDPOINTS / 4));
    assert.deepEqual([lastStage(data).pairs, lastStage(data).paths], [[], []]);
    assert.match(data.leftOut.join('\n'), /^Who reaches whom: 68 nodes and containers are more than/m);
  });
});

describe('secrets in a report', () => {
  it('are dots, in whatever quotes; words of labgen\'s own stay', () => {
    const secret = `pa'ss"w&<o>r$d`;
    const data = { texts: [secret, `x='${secret.replaceAll("'", `'\\''`)}'`, JSON.stringify(secret), 'pa&#x27;', `a ${secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')} b`], state: secret, deep: [{ seen: `> ${secret}` }] };
    assert.deepEqual(withoutSecrets(data, [secret, '']), { texts: ['•••', "x='•••'", '"•••"', 'pa&#x27;', 'a ••• b'], state: secret, deep: [{ seen: '> •••' }] });
  });
});

describe('a page as HTML', () => {
  it('its data ends no element and no line, and is what it was', () => {
    const value = { a: '</script><!--<script>', b: '\u2028\u2029&amp;' };
    const text = jsonInHtml(value);
    assert.doesNotMatch(text, /[<>&\u2028\u2029]/);
    assert.deepEqual(JSON.parse(text), value);
  });

  it('lets in its own program and style by their hashes, and nothing else', () => {
    const html = pageHtml(reportFrom('docker0', shipped('docker0')), parts);
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html)?.[1] ?? '';
    assert.match(policy, /^default-src 'none'; script-src 'sha256-[A-Za-z0-9+/]{43}='; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'$/);
    assert.doesNotMatch(html.replace(/<script type="application\/json"[^]*?<\/script>/, ''), /https?:\/\/(?!www\.w3\.org)/);
  });
});

describe('results that were kept', () => {
  const results: Results = {
    digest: 'd',
    checks: { when: '2026-01-02T03:04:05.000Z', verdicts: [{ id: 'a', state: 'passed', node: 'n', command: 'c', seen: 's', seconds: 1 }] },
    matrix: { when: '2026-01-02T03:04:05.000Z', seen: [{ space: 'n', interface: 'eth1', addresses: ['10.0.0.1/24', 'fd00::1/64'] }], filters: [{ node: 'n', families: [4] }], pairs: [{ from: 'a', to: 'b', by: 'ping', family: 4, measured: { verdict: 'reached', seenAs: '10.0.0.1', maxBytes: 1500 } }, { from: 'a', to: 'b', by: 'tcp 80', family: 6, why: 'why' }] },
  };

  it('are read as they were written', () => {
    assert.deepEqual(parseResults(resultsText(results)), results);
  });

  it('that are not what labgen writes are none', () => {
    const changed = (change: (value: Record<string, never>) => unknown): unknown => parseResults(JSON.stringify(change(JSON.parse(resultsText(results)))));
    for (const text of ['', 'null', '[]', '{"version":1}', '{"version":2,"digest":"d"}']) assert.equal(parseResults(text), undefined, text);
    const without = (key: 'checks' | 'matrix'): Partial<Results> => ({ ...results, [key]: undefined });
    const same = (value: Partial<Results>): unknown => JSON.parse(JSON.stringify(value));
    for (const [key, change] of [
      ['checks', (value: object) => ({ ...value, checks: { when: 'yesterday', verdicts: [] } })],
      ['checks', (value: object) => ({ ...value, checks: { when: results.checks?.when, verdicts: [{ ...results.checks?.verdicts[0], state: 'fine' }] } })],
      ['matrix', (value: object) => ({ ...value, matrix: { ...results.matrix, seen: [{ space: 'n', interface: 'eth1', addresses: ['nowhere/24'] }] } })],
      ['matrix', (value: object) => ({ ...value, matrix: { ...results.matrix, filters: [{ node: 'n', families: [5] }] } })],
      ['matrix', (value: object) => ({ ...value, matrix: { ...results.matrix, pairs: [{ from: 'a', to: 'b', by: 'ping', family: 5 }] } })],
      ['matrix', (value: object) => ({ ...value, matrix: { ...results.matrix, pairs: [{ from: 'a', to: 'b', by: 'ping', family: 4 }] } })],
    ] as const) assert.deepEqual(changed(change), same(without(key)));
  });
});
