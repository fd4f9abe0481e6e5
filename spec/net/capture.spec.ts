/** labgen capture's tcpdump, in a namespace of its own: it ends with whoever holds it, and what it wrote is whole. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPcap } from '../../generator/trace/pcap.js';
import { captureTrouble, capturedIn, captureWords, type CaptureAsked } from '../../generator/trace/tcpdump.js';

const asked: CaptureAsked = { interface: 'lo', filter: undefined, count: undefined, seconds: 60 };

interface Ended {
  readonly code: number | null;
  readonly out: Buffer;
  readonly err: string;
}

/** tcpdump and an echo each 100 ms, in a namespace that is gone with them. */
function held(more: Partial<CaptureAsked>): { readonly child: ReturnType<typeof spawn>; readonly listening: Promise<void>; readonly ended: Promise<Ended> } {
  const script = 'ip link set lo up; ping -i 0.1 127.0.0.1 >/dev/null & pinging=$!; "$@"; code=$?; kill $pinging; exit $code';
  const child = spawn('unshare', ['--net', 'sh', '-c', script, 'sh', ...captureWords({ node: 'here' }, { ...asked, ...more })], { stdio: ['pipe', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  const listening = new Promise<void>((done) => {
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
      if (err.includes('listening on')) done();
    });
    child.on('close', () => done());
  });
  return { child, listening, ended: new Promise((done) => child.on('close', (code) => done({ code, out: Buffer.concat(out), err }))) };
}

describe('a capture', function () {
  this.timeout(30_000);

  it('ends when nobody holds it any more, with a whole file', async () => {
    const capture = held({});
    await capture.listening;
    while (!(await some(capture.child))) await sleep(20);
    capture.child.stdin?.end();
    const { code, out, err } = await capture.ended;
    assert.equal(code, 0, err);
    const read = readPcap(out);
    assert.ok(read && read.records.length > 0);
    const length = 24 + read.records.reduce((sum, { bytes }) => sum + 16 + bytes.length, 0);
    assert.equal(length, out.length);
    assert.match(capturedIn(err), new RegExp(`^${read.records.length} packets? captured`));
  });

  it('ends after so many packets, and takes only those of the filter, which is one word', async () => {
    const { code, out } = await held({ count: 3, filter: 'icmp[icmptype] == icmp-echoreply' }).ended;
    assert.equal(code, 0);
    const read = readPcap(out);
    assert.equal(read?.records.length, 3);
    // Ethernet, IPv4, then the type.
    assert.deepEqual(read.records.map(({ bytes }) => bytes[14 + 20]), [0, 0, 0]);
  });

  it('runs nothing that a filter says, and takes none for a flag', async () => {
    for (const filter of ['icmp; touch /tmp/labgen-pwned', '$(touch /tmp/labgen-pwned)', '-w/tmp/labgen-pwned', '--version']) {
      const { code, err } = await held({ filter }).ended;
      assert.equal(captureTrouble(code ?? undefined, err, 'net-1', 'lo')?.code, 2, `${filter}: ${err}`);
      assert.ok(!existsSync('/tmp/labgen-pwned'), filter);
    }
  });

  it('says what is wrong: no such interface, no tcpdump', async () => {
    const { code, err } = await held({ interface: 'eth77' }).ended;
    assert.match(captureTrouble(code ?? undefined, err, 'net-1', 'eth77')?.message ?? '', /there is no interface "eth77"/);
    assert.match(captureTrouble(127, 'timeout: failed to run command ‘tcpdump’: No such file or directory', 'net-1', 'eth1')?.message ?? '', /there is no tcpdump on net-1/);
    assert.equal(captureTrouble(0, '', 'net-1', 'eth1'), undefined);
  });

  it('ends by its clock, though somebody holds it', async () => {
    const { code, err } = await held({ seconds: 1 }).ended;
    assert.equal(captureTrouble(code ?? undefined, err, 'net-1', 'lo'), undefined);
  });
});

/** Whether a packet came. */
function some({ stdout }: ReturnType<typeof spawn>): Promise<boolean> {
  return new Promise((done) => {
    const timer = setTimeout(() => done(false), 200);
    stdout?.once('data', (chunk: Buffer) => {
      clearTimeout(timer);
      done(chunk.length > 0);
    });
  });
}
