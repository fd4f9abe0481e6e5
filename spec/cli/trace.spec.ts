/** labgen trace and labgen capture: what they refuse, and what they are told by nodes that are an SSH server. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { keepTrace } from '../../generator/cli/trace-files.js';
import { inFolder, labgen, labgenIn } from '../support/context.js';
import { runningGre } from '../support/running-gre.js';
import { SshServer } from '../support/ssh-server.js';
import { writeInto } from '../support/trees.js';

describe('labgen trace and capture', () => {
  it('refuse what means nothing, before they look for a lab', () => inFolder(async (folder) => {
    const refused = async (...words: readonly string[]): Promise<string> => {
      const { code, out, err } = await labgen(folder, ...words);
      assert.equal(out, '');
      return `${code} ${err}`;
    };
    assert.match(await refused('trace', 'gre'), /^2 labgen: trace needs two ends\n {2}Give them after the lab/);
    assert.match(await refused('trace', 'c1', 'c2'), /^2 labgen: no lab is named, and this is not a rendered folder/);
    assert.match(await refused('capture', 'net-1', 'eth1; reboot'), /^2 labgen: "eth1; reboot" is no name of an interface/);
    assert.match(await refused('capture', 'net-1', '--', '-w'), /^2 labgen: "-w" is no name of an interface/);
    assert.match(await refused('capture', 'net-1', 'eth1', '--count', '0'), /Give a number of packets/);
    assert.match(await refused('capture', 'net-1', 'eth1', '--for', 'ever'), /Give a time such as 30s/);
    assert.match(await refused('capture', 'net-1', 'eth1'), /^2 labgen: no lab is named/);
    await labgen(folder, 'render', 'gre');
    assert.match(await refused('trace', 'c1', 'c2'), /^3 labgen: no running lab is known here/);
    assert.match(await refused('capture', 'net-1', 'eth1'), /^3 labgen: no running lab is known here/);
  }));

  it('writes no capture to a terminal, and over no file', () => inFolder(async (folder) => {
    const { code, err } = await labgenIn({ isTerminal: true }, folder, 'capture', 'net-1', 'eth1');
    assert.equal(code, 2);
    assert.match(err, /a capture is no text for a terminal\n {2}Give it to a program, as in "labgen capture net-1 eth1 \| wireshark -k -i -", or to a file/);
    writeInto(folder, 'there.pcap', 'mine');
    assert.match((await labgen(folder, 'capture', 'net-1', 'eth1', '-w', 'there.pcap')).err, /there\.pcap is there already/);
    assert.equal(readFileSync(join(folder, 'there.pcap'), 'utf8'), 'mine');
  }));

  describe('on a running lab', () => {
    let server: SshServer;
    const interfaces = (index: number) => [{ ifname: 'lo', ifindex: 1, addr_info: [] }, { ifname: 'eth1', ifindex: 2, addr_info: [{ local: `192.168.56.1${index}`, prefixlen: 24, scope: 'global' }] }];
    beforeEach(async () => {
      server = new SshServer();
      await server.start();
    });
    afterEach(() => server.stop());

    const running = <T>(work: (folder: string) => Promise<T>): Promise<T> => runningGre(server, work);
    /** An empty capture, as the agent hands it over. */
    const nothing = (said: object = {}): string => JSON.stringify({ spaces: [{ pcap: deflateSync(Buffer.concat([Buffer.from('4d3cb2a1020004000000000000000000000200001401 0000'.replaceAll(' ', ''), 'hex')])).toString('base64'), links: interfaces(1), kept: 0, all: 0, dropped: 0, cut: false, trouble: null, ...said }] });
    const agents = (end: (command: string) => string): void => {
      server.answer = (command) => {
        if (command.includes('docker ps')) return { stdout: '[]' };
        if (command.includes('labgen-matrix-') && command.includes('tcpdump')) return { stdout: `ready\n${end(command)}\n` };
        if (/ go$/.test(command)) return { stdout: '{"answered": false, "why": "no \\u001b[2Janswer"}' };
        return {};
      };
    };

    it('tell a packet that is nowhere, with what let it pass, and exit 1', () => running(async (folder) => {
      agents(() => nothing());
      const { code, out } = await labgen(folder, 'trace', 'net-1', 'net-2');
      assert.equal(code, 1);
      assert.match(out, /^net-1 → net-2 \(192\.168\.56\.12\), ping; gre, stage open$/m);
      assert.match(out, / 1 ✗ net-1 {2}eth1 {2}out .*not seen\n {11}predicted by: route 192\.168\.56\.0\/24 dev eth1/);
      assert.match(out, /\nthe packet did not go as predicted: 0 of 4 points\n {2}✗ lost at the very beginning: point 1 \(net-1 eth1 out\) was predicted, and it was not seen there\n/);
      assert.ok(!out.includes('\u001b'));
      const json = JSON.parse((await labgen(folder, 'trace', 'net-1', 'net-2', '--format', 'json')).out) as { readonly agrees: boolean; readonly points: readonly { readonly state: string; readonly interface: string }[] };
      assert.equal(json.agrees, false);
      assert.deepEqual(json.points.map((point) => `${point.interface} ${point.state}`), ['eth1 missing', 'eth1 missing', 'eth1 missing', 'eth1 missing']);
    }));

    it('say that a node has no tcpdump, and exit 3', () => running(async (folder) => {
      agents(() => nothing({ trouble: 'timeout: failed to run command ‘tcpdump’: No such file or directory' }));
      const { code, out } = await labgen(folder, 'trace', 'net-1', 'net-2');
      assert.equal(code, 3);
      assert.match(out, /Not captured:\n {2}net-1: there is no tcpdump on net-1; "labgen exec net-1 apt-get install -y tcpdump"/);
      assert.ok(!existsSync(join(folder, '.labgen/traces')));
    }));

    it('on a terminal an error stands on a line of its own', () => running(async (folder) => {
      agents(() => nothing());
      const { code, err } = await labgenIn({ isTerminal: true }, folder, 'trace', 'net-1', 'net-9');
      assert.equal(code, 2);
      assert.match(err, /looking at the running lab(\r\u001b\[2K)+labgen: no node or container "net-9"\n/);
    }));

    it('know the ends, and the interfaces that are there', () => running(async (folder) => {
      agents(() => nothing());
      assert.match((await labgen(folder, 'trace', 'net-1', 'net-9')).err, /no node or container "net-9"/);
      assert.match((await labgen(folder, 'capture', 'net-9', 'eth1')).err, /no node or container "net-9"/);
      server.answer = (command) => (command.includes('ip -j link') ? { stdout: JSON.stringify(interfaces(1)) } : { stdout: '[]' });
      const { code, err } = await labgen(folder, 'capture', 'net-1', 'eth2');
      assert.equal(code, 2);
      assert.match(err, /net-1 has no interface "eth2"\n {2}.*eth1/);
      assert.match((await labgen(folder, 'capture', 'c1', 'eth0')).err, /the container c1 does not run/);
    }));

    it('hand on the bytes as they are, the filter as one word, and to nobody who has left', () => running(async (folder) => {
      const bytes: Buffer[] = [];
      server.answer = (command) => (command.includes('ip -j link') ? { stdout: JSON.stringify(interfaces(1)) } : command.includes('tcpdump') ? { stdout: 'a capture', stderr: '3 packets captured\n' } : {});
      const { code, err } = await labgenIn({ outBytes: async (chunk) => bytes.push(Buffer.from(chunk)) > 0 }, folder, 'capture', 'net-1', 'eth1', '--filter', "icmp and host it's", '--count', '7');
      assert.equal(code, 0, err);
      assert.equal(Buffer.concat(bytes).toString(), 'a capture');
      assert.match(err, /^3 packets captured$/m);
      assert.match(server.commands.at(-1) ?? '', /tcpdump -p -n -i eth1 -U --immediate-mode -c 7 -w - -- 'icmp and host it'\\''s'$/);
      assert.equal((await labgen(folder, 'capture', 'net-1', 'eth1', '-w', 'new.pcap')).code, 0);
      assert.equal(readFileSync(join(folder, 'new.pcap'), 'utf8'), 'a capture');
      assert.equal((await labgenIn({ outBytes: async () => false }, folder, 'capture', 'net-1', 'eth1')).code, 0);
    }));
  });

  it('keep each trace in a folder of its own, over nothing and behind no link', () => inFolder(async (folder) => {
    const context = { cwd: folder, now: () => new Date('2026-01-02T03:04:05Z') };
    const files = [{ name: 'net-1.pcapng', content: Uint8Array.of(1, 2) }];
    const keeping = { folder, save: undefined, question: { from: 'c1', to: 'fd00::2', address: 'fd00::2', protocol: 'tcp', port: 80, family: 6 } } as const;
    assert.deepEqual(keepTrace(context, files, keeping), ['.labgen/traces/20260102-030405-c1-fd00-2-tcp-80/net-1.pcapng']);
    assert.deepEqual(keepTrace(context, files, keeping), ['.labgen/traces/20260102-030405-c1-fd00-2-tcp-80-2/net-1.pcapng']);
    assert.deepEqual(readFileSync(join(folder, '.labgen/traces/20260102-030405-c1-fd00-2-tcp-80/net-1.pcapng')), Buffer.from([1, 2]));
    assert.deepEqual(keepTrace(context, files, { ...keeping, save: 'here' }), ['here/net-1.pcapng']);
    assert.throws(() => keepTrace(context, files, { ...keeping, save: 'here' }), /here\/net-1\.pcapng is there already/);
    await inFolder(async (elsewhere) => {
      renameSync(join(folder, '.labgen/traces'), join(folder, '.labgen/old'));
      symlinkSync(elsewhere, join(folder, '.labgen/traces'));
      assert.throws(() => keepTrace(context, files, keeping), /leads out of this folder/);
      assert.deepEqual(readdirSync(elsewhere), []);
    });
  }));
});
