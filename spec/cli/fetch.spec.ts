/** Artifacts from a server on this machine's loopback, given in place of the network. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Fetch } from '../../generator/drivers/download.js';
import { inFolder, labgen, labgenIn } from '../support/context.js';

const BYTES = 'the tool itself';
const SHA = createHash('sha256').update(BYTES).digest('hex');
const OTHER = createHash('sha256').update('something else').digest('hex');

describe('labgen fetch', () => {
  let server: Server;
  let asked: string[] = [];
  before(() => new Promise<void>((ready) => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const answers: Record<string, () => void> = {
        '/tool': () => response.end(BYTES),
        '/moved': () => response.writeHead(302, { location: 'https://other.lab/tool' }).end(),
        '/down': () => response.writeHead(302, { location: 'http://other.lab/tool' }).end(),
        '/round': () => response.writeHead(302, { location: '/round' }).end(),
        '/huge': () => response.writeHead(200, { 'content-length': String(2 ** 40) }).end(),
        '/cut': () => void response.writeHead(200, { 'content-length': '1000' }).write('x', () => response.destroy()),
      };
      (answers[request.url ?? ''] ?? (() => response.writeHead(404).end()))();
    }).listen(0, '127.0.0.1', ready);
  }));
  after(() => void server.close());
  beforeEach(() => void (asked = []));

  /** Every https host is the server here. */
  const local: Fetch = (url, init) => fetch(url.replace(/^https:\/\/[^/]+/, `http://127.0.0.1:${(server.address() as AddressInfo).port}`), init);
  const lab = (sha256: string, path = 'tool'): string => `lab: t\nnodes: { a: { docker: false } }\nartifacts:\n  tool: { url: "https://files.lab/${path}", version: v1, sha256: ${sha256}, file: tool, nodes: [a] }\n`;
  const inLab = (text: string, work: (folder: string, run: (...args: readonly string[]) => ReturnType<typeof labgen>) => Promise<void>) =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'lab.yaml'), text);
      await work(folder, (...args) => labgenIn({ env: { HOME: folder }, fetch: local }, folder, ...args));
    });
  const cached = (folder: string): readonly string[] => (existsSync(join(folder, '.cache/labgen/artifacts')) ? readdirSync(join(folder, '.cache/labgen/artifacts')) : []);
  const byHand = (folder: string, text: string): void => {
    mkdirSync(join(folder, '.cache/labgen/artifacts'), { recursive: true });
    writeFileSync(join(folder, '.cache/labgen/artifacts/tool-v1'), text);
  };

  it('brings what the lab names, under the name of its hash, and asks only once', () => inLab(lab(SHA), async (folder, run) => {
    const first = await run('fetch', 'lab.yaml');
    assert.deepEqual([first.code, first.err], [0, '']);
    assert.match(first.out, new RegExp(`^tool v1: SHA-256 ${SHA}, from https://files.lab/tool$`, 'm'));
    assert.deepEqual(cached(folder), [SHA]);
    assert.match((await run('fetch', 'lab.yaml')).out, /from the cache/);
    assert.deepEqual(asked, ['/tool']);
    assert.equal(existsSync(join(folder, 'artifacts')), false);
  }));

  it('follows redirects that stay on https', () => inLab(lab(SHA, 'moved'), async (folder, run) => {
    assert.equal((await run('fetch', 'lab.yaml')).code, 0);
    assert.deepEqual(cached(folder), [SHA]);
  }));

  for (const [path, says] of [['down', /which is not https/], ['round', /redirected more than/], ['huge', /larger than 1024 MiB/], ['cut', /cannot be fetched|ended after/], ['nothing', /answered 404/]] as const) {
    it(`keeps nothing of what is not right: ${path}`, () => inLab(lab(SHA, path), async (folder, run) => {
      const { code, err } = await run('fetch', 'lab.yaml');
      assert.equal(code, 3);
      assert.match(err, says);
      assert.deepEqual(cached(folder), []);
    }));
  }

  it('keeps nothing of other bytes than the lab says', () => inLab(lab(OTHER), async (folder, run) => {
    const { code, err } = await run('fetch', 'lab.yaml');
    assert.equal(code, 3);
    assert.match(err, new RegExp(`expected SHA-256 ${OTHER}\nreceived         ${SHA}`));
    assert.deepEqual(cached(folder), []);
  }));

  it('does not fetch what nobody knows; --pin does, and writes it down beside the lab', () => inLab(lab('unknown'), async (folder, run) => {
    const refused = await run('fetch', 'lab.yaml');
    assert.equal(refused.code, 3);
    assert.match(refused.err, /artifact missing: tool v1.*\n {2}It comes from https:\/\/files\.lab\/tool\n.*labgen fetch --pin\n.*artifacts\/tool-v1/);
    assert.deepEqual(asked, []);
    const pinned = await run('fetch', 'lab.yaml', '--pin');
    assert.equal(pinned.code, 0, pinned.err);
    const lock = JSON.parse(readFileSync(join(folder, 'labgen-lock.json'), 'utf8'));
    assert.deepEqual(lock.artifacts, [{ name: 'tool', version: 'v1', url: 'https://files.lab/tool', sha256: SHA }]);
    assert.equal((await run('fetch', 'lab.yaml')).code, 0);
    assert.equal((await run('fetch', 'lab.yaml', '--set', 'artifacts.tool.url=https://files.lab/moved')).code, 3, 'a pin is of one URL');
  }));

  it('holds what it is given to its pin', () => inLab(lab('unknown'), async (folder, run) => {
    writeFileSync(join(folder, 'labgen-lock.json'), JSON.stringify({ artifacts: [{ name: 'tool', version: 'v1', url: 'https://files.lab/tool', sha256: OTHER }] }));
    assert.match((await run('fetch', 'lab.yaml', '--pin')).err, /is not what it has to be/);
    writeFileSync(join(folder, 'labgen-lock.json'), '{"artifacts": [{"name": "tool"}]}');
    assert.deepEqual([(await run('fetch', 'lab.yaml', '--pin')).code, asked.length], [2, 1]);
  }));

  it('takes a file put there by hand, without a network: it needs the hash or a pin', () => inLab(lab('unknown'), async (folder, run) => {
    byHand(folder, BYTES);
    assert.match((await run('fetch', 'lab.yaml')).err, new RegExp(`Pin the file that lies at .*tool-v1 \\(SHA-256 ${SHA}\\): labgen fetch --pin`));
    assert.equal((await run('fetch', 'lab.yaml', '--pin')).code, 0);
    assert.equal((await run('fetch', 'lab.yaml')).code, 0);
    byHand(folder, 'changed since');
    assert.match((await run('fetch', 'lab.yaml')).err, /tool-v1 is not what it has to be/);
    assert.deepEqual(asked, []);
  }));

  it('fills a rendered folder, which then needs neither cache nor lock file of its lab', () => inLab(lab('unknown'), async (folder, run) => {
    byHand(folder, BYTES);
    assert.equal((await run('render', 'lab.yaml', '-o', 'out')).code, 0);
    assert.equal((await run('fetch', 'lab.yaml', '-o', 'out', '--pin')).code, 0);
    assert.equal(readFileSync(join(folder, 'out/artifacts/tool/tool'), 'utf8'), BYTES);
    const there = await labgenIn({ env: { HOME: '/nowhere' }, fetch: local }, join(folder, 'out'), 'fetch');
    assert.deepEqual([there.code, there.err], [0, '']);
    assert.match((await run('render', 'lab.yaml', '-o', 'out')).out, /0 written/);
  }));

  it('up stops with 3 before anything boots, and its checks are not run', () => inLab(`${lab('unknown')}checks:\n  - ping: { from: a, to: a }\n`, async (folder, run) => {
    const { code, out, err } = await run('up', 'lab.yaml', '-o', 'out');
    assert.equal(code, 3);
    assert.match(out, /verify t: 0 passed, 0 failed, 1 not run \(artifact missing: tool\)/);
    assert.match(err, /artifact missing: tool v1[\s\S]*https:\/\/files\.lab\/tool/);
    // As after a plain "vagrant up" whose play stopped.
    writeFileSync(join(folder, 'out/.labgen/ssh-config'), '');
    const verified = await run('verify', '-o', 'out');
    assert.equal(verified.code, 3);
    assert.match(verified.out, /reason: +artifact missing: tool[\s\S]*0 passed, 0 failed, 1 not run/);
  }));

  it('says so where there is nothing to fetch', async () => assert.match((await labgen('/tmp', 'fetch', 'gre')).out, /gre needs no artifacts/));
});
