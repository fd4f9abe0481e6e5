/** Downloads over real TLS, from a server on the loopback address with a certificate of its own making. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlain } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { download } from '../../generator/drivers/download.js';
import { root } from '../support/context.js';

/** A node that trusts the certificate: who else is trusted is settled when a node starts. */
const DOWNLOADER = `
const { download } = await import(process.argv[1]);
try {
  const pieces = [];
  for await (const piece of download(process.argv[2], { maxBytes: 1000, timeoutMs: 2000 })) pieces.push(piece);
  console.log(JSON.stringify({ bytes: Buffer.concat(pieces).toString() }));
} catch (error) {
  console.log(JSON.stringify({ error: error.message, code: error.exitCode }));
}
process.exit();
`;

describe('drivers/download, real TLS', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'labgen-tls-'));
  let server: Server;
  let plain: NetServer;
  let plainAsked = 0;
  const portOf = (each: NetServer): number => (each.address() as AddressInfo).port;
  const at = (path: string, host = 'localhost'): string => `https://${host}:${portOf(server)}${path}`;

  before(async () => {
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', join(folder, 'key'), '-out', join(folder, 'cert')]);
    assert.equal(made.status, 0, String(made.stderr));
    plain = createPlain((_request, response) => void (plainAsked++, response.end('the tool'))).listen(0, '127.0.0.1');
    server = createServer({ key: readFileSync(join(folder, 'key')), cert: readFileSync(join(folder, 'cert')) }, (request, response) => {
      const to = (location: string): void => void response.writeHead(302, { location }).end();
      const answers: Record<string, () => void> = {
        '/tool': () => response.end('the tool'),
        '/moved': () => to('/hop'),
        '/hop': () => to('/tool'),
        '/down': () => to(`http://localhost:${portOf(plain)}/tool?signature=let-me-in`),
        '/file': () => to('file:///etc/passwd'),
        '/user': () => to(`https://user:let-me-in@localhost:${portOf(server)}/tool`),
        '/round': () => to('/round'),
        '/endless': () => { const timer = setInterval(() => response.write('x'.repeat(300)), 5); response.on('close', () => clearInterval(timer)); },
        '/slow': () => { const timer = setInterval(() => response.write('x'), 100); response.on('close', () => clearInterval(timer)); },
        '/silent': () => {},
        '/cut': () => void response.writeHead(200, { 'content-length': '500' }).write('x', () => response.destroy()),
      };
      answers[request.url ?? '']?.();
    }).listen(0, '127.0.0.1');
    await Promise.all([server, plain].map((each) => new Promise((ready) => each.once('listening', ready))));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    plain.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const trusting = (url: string): Promise<{ readonly bytes?: string; readonly error?: string; readonly code?: number }> => new Promise((done, failed) => {
    const child = spawn(process.execPath, ['--import', pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href, '--input-type=module', '-e', DOWNLOADER, pathToFileURL(join(root, 'generator/drivers/download.ts')).href, url], { env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'cert') }, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
    child.on('close', () => (text === '' ? failed(new Error('it said nothing')) : done(JSON.parse(text))));
  });

  it('takes nothing from a server whose certificate nobody vouches for', async () => {
    await assert.rejects(download(at('/tool'), { maxBytes: 1000, timeoutMs: 5000 }).next(), { message: `${at('/tool')} cannot be fetched: DEPTH_ZERO_SELF_SIGNED_CERT`, exitCode: 3 });
  });

  it('brings the bytes of one that is trusted, over redirects that stay on https', async () => {
    assert.deepEqual(await trusting(at('/tool')), { bytes: 'the tool' });
    assert.deepEqual(await trusting(at('/moved')), { bytes: 'the tool' });
  });

  it('takes nothing from a trusted server that has another name', async () => {
    assert.match((await trusting(at('/tool', '127.0.0.1'))).error ?? '', /cannot be fetched: ERR_TLS_CERT_ALTNAME_INVALID$/);
  });

  for (const [path, says] of [
    ['/down', /^https:\S+\/down leads to http:\/\/localhost:\d+, which is not https$/],
    ['/file', /\/file leads to file:\/\/, which is not https$/],
    ['/user', /\/user leads to localhost:\d+ with a user's name in the URL$/],
    ['/round', /was redirected more than 5 times$/],
    ['/endless', /is larger than \d+ MiB$/],
    ['/slow', /took longer than 2 s$/],
    ['/silent', /took longer than 2 s$/],
    ['/cut', /cannot be fetched: |ended after 1 of 500 bytes/],
  ] as const) {
    it(`ends with 3 and a reason, and repeats no signature: ${path}`, async () => {
      const { bytes, error = '', code } = await trusting(at(path));
      assert.deepEqual([bytes, code], [undefined, 3]);
      assert.match(error, says);
      assert.doesNotMatch(error, /let-me-in/);
    });
  }

  it('has never asked the server that speaks no TLS', () => assert.equal(plainAsked, 0));
});
