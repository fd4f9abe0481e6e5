/** labgen predict and labgen explain: what people and programs are told. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, labgen } from '../support/context.js';

interface Told {
  readonly stage: string | null;
  readonly pairs: readonly { readonly from: string; readonly to: string; readonly by: string; readonly verdict: string; readonly seenAs?: string; readonly maxBytes?: number; readonly answeredBy?: string; readonly stoppedAt?: { readonly node: string; readonly reason: string; readonly rule?: string } }[];
}

const told = async (...args: readonly string[]): Promise<Told> => JSON.parse((await labgen('/', 'predict', ...args, '--format', 'json')).out) as Told;
const pair = (all: Told, from: string, to: string, by = 'ping') => all.pairs.find((each) => each.from === from && each.to === to && each.by === by);

describe('labgen predict', () => {
  it('says who is reached, seen as whom and how large, and where the others stop', async () => {
    const closed = await told('gre', '--stage', 'closed');
    assert.equal(closed.stage, 'closed');
    assert.deepEqual(pair(closed, 'c1', 'c2')?.stoppedAt, { node: 'net-2', reason: "no rule of FORWARD lets it pass, and the chain's policy, set by dockerd, is to drop", rule: '-P FORWARD DROP' });
    const open = await told('gre');
    assert.deepEqual([pair(open, 'c1', 'c2')?.seenAs, pair(open, 'c1', 'c2')?.maxBytes], ['172.17.0.2', 1476]);
    assert.equal(pair(open, 'c1', 'c2', 'tcp 80')?.verdict, 'reached');
    assert.equal(pair(open, 'c1', 'outside')?.seenAs, '192.168.56.11');
  });

  it('follows what --set changes', async () => {
    const masked = await told('gre', '--set', 'tunnels.docker-to-docker.masquerade=true');
    assert.equal(pair(masked, 'c1', 'c2')?.seenAs, '172.17.127.254');
  });

  it('is a table for people, with each reason once', async () => {
    const { code, out, err } = await labgen('/', 'predict', 'gre', '--stage', 'closed');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^gre, stage closed: 28 questions, 16 reached, 12 stopped/);
    assert.match(out, /^c1 +1476 +1476 +1476 +· +✗1$/m);
    assert.match(out, /^ {2}✗1 {2}net-2: no rule of FORWARD/m);
    assert.match(out, /^ {2}c1 as 192\.168\.56\.11 \(net-1\) by net-2, outside$/m);
  });

  it('asks only whom it is told to', async () => {
    const some = await told('gre', '--from', 'c1', '--to', 'outside');
    assert.deepEqual(some.pairs.map((each) => `${each.from} ${each.to} ${each.by}`), ['c1 outside ping']);
    const { code, err } = await labgen('/', 'predict', 'gre', '--from', 'c3');
    assert.equal(code, 2);
    assert.match(err, /no node or container "c3"[^]*Did you mean "c1"\?/);
  });

  it('says that a published port of this Docker opens the container itself to a neighbour', async () => {
    const stage = await told('forwarding', '--stage', 'default');
    assert.equal(pair(stage, 'outside', 'web')?.verdict, 'stopped');
    assert.equal(pair(stage, 'outside', 'web', 'tcp 80')?.verdict, 'reached');
    const later = await told('forwarding', '--stage', 'default', '--set', 'nodes.host.docker.package=ce');
    assert.match(pair(later, 'outside', 'web', 'tcp 80')?.stoppedAt?.rule ?? '', /^-t raw -A PREROUTING -d 172\.17\.0\.2 ! -i docker0 -j DROP$/);
  });

  it('says of a port that a service answers who does, and not what only the chosen task knows', async () => {
    const asked = pair(await told('swarm', '--stage', 'published'), 'outside', 'worker-1', 'tcp 80');
    assert.deepEqual([asked?.verdict, asked?.answeredBy, asked?.seenAs, asked?.maxBytes], ['reached', 'the service my-nginx', undefined, undefined]);
    assert.match((await labgen('/', 'predict', 'swarm', '--stage', 'published', '--list')).out, /^outside +→ +worker-1 .*tcp 80 +reached, answered by the service my-nginx$/m);
  });

  it('takes nobody for another one who has the same address', async () => {
    assert.equal(pair(await told('ipv6'), 'net-1', 'c2')?.stoppedAt?.reason, 'it has the address 172.17.0.2 as well, and answers in place of c2');
  });
});

describe('checks that the prediction contradicts', () => {
  const LAB = 'lab: con\nnodes: { aa: { docker: false }, bb: {} }\ncontainers: { idle: { node: bb } }\nchecks:\n  - ping: { from: aa, to: bb }\n  - ping: { from: aa, to: idle }\n  - { ping: { from: idle, to: aa }, expect: unreachable }\n';
  const write = (folder: string): void => writeFileSync(join(folder, 'lab.yaml'), LAB);

  it('stand below the table, each with its line and what is predicted instead', () => inFolder(async (folder) => {
    write(folder);
    const { code, out } = await labgen(folder, 'predict', 'lab.yaml');
    assert.equal(code, 0);
    assert.match(out, /\n\n2 checks of this lab expect otherwise:\n {2}lab\.yaml:6 +ping aa → idle +stopped at aa: it leaves the lab by eth0, .*\n {2}lab\.yaml:7 +ping idle → aa unreachable +reached, up to 1500 bytes, seen as 192\.168\.56\.12\n$/);
    assert.match((await labgen(folder, 'predict', 'lab.yaml', '--from', 'idle')).out, /\n\n1 check of this lab expects otherwise:\n {2}lab\.yaml:7 .*\n$/);
  }));

  it('are beside a list, and in the JSON', () => inFolder(async (folder) => {
    write(folder);
    const { out, err } = await labgen(folder, 'predict', 'lab.yaml', '--list');
    assert.doesNotMatch(out, /otherwise/);
    assert.match(err, /2 checks of this lab expect otherwise:\n/);
    const { contradicted } = JSON.parse((await labgen(folder, 'predict', 'lab.yaml', '--format', 'json')).out) as { readonly contradicted: readonly { readonly check: string; readonly place: string; readonly verdict: string }[] };
    assert.deepEqual(contradicted.map(({ check, place, verdict }) => [check, place, verdict]), [['ping aa → idle', 'lab.yaml:6', 'stopped'], ['ping idle → aa unreachable', 'lab.yaml:7', 'reached']]);
  }));

  it('are none of a shipped lab', async () => {
    assert.doesNotMatch((await labgen('/', 'predict', 'gre')).out, /otherwise/);
    assert.match((await labgen('/', 'predict', 'gre', '--format', 'json')).out, /"contradicted": \[\]/);
  });
});

describe('labgen explain', () => {
  it('names the very line of the rendered file that decided', () => inFolder(async (folder) => {
    assert.equal((await labgen(folder, 'render', 'gre')).code, 0);
    const { code, out } = await labgen(folder, 'explain', 'c1', 'c2');
    assert.equal(code, 0);
    const places = [...out.matchAll(/: (-\S.*)  \((nodes\/\S+):(\d+): /g)];
    assert.ok(places.length >= 3, out);
    for (const [, rule = '', file = '', line] of places) assert.ok(readFileSync(join(folder, file), 'utf8').split('\n')[Number(line) - 1]?.endsWith(` ${rule}`), `${file}:${line} is not ${rule}`);
    assert.match(out, /is wrapped by foo \(gre\): 192\.168\.56\.11 → 192\.168\.56\.12 outside/);
  }));

  it('says what would open a closed way, and that is true', async () => {
    const { out } = await labgen('/', 'explain', 'gre', 'c1', 'c2', '--stage', 'closed');
    const [, command = ''] = /This would open it[^]*?on net-2: iptables -I DOCKER-USER (.*)$/m.exec(out) ?? [];
    assert.equal(command, '-s 172.17.0.2 -d 172.17.128.2 -i bar -o docker0 -p icmp -j ACCEPT');
    // The same as a rule of the lab.
    const rule = '[{node: net-2, hook: forward, in: bar, out: docker0, source: 172.17.0.2, destination: 172.17.128.2, protocol: icmp, action: accept}]';
    assert.equal(pair(await told('gre', '--stage', 'closed', '--set', `firewall=${rule}`), 'c1', 'c2')?.verdict, 'reached');
  });

  it('says what opens a way that is closed at its very ends, and where nothing does, why', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'lab.yaml'), 'lab: ends\nnodes: { a: { docker: false }, b: {} }\ncontainers: { web: { node: b, network: host, command: [httpd, -f, -p, "80"] } }\nfirewall:\n  - { node: b, hook: input, protocol: tcp, port: 80, action: drop }\n  - { node: b, hook: output, protocol: icmp, action: reject }\n');
    const said = async (...args: readonly string[]): Promise<string> => (await labgen(folder, 'explain', 'lab.yaml', 'a', 'b', ...args)).out;
    assert.match(await said('--port', '80'), /\(tried on the simulated lab: reached, seen as 192\.168\.56\.11\):\n {2}on b: iptables -I INPUT -s 192\.168\.56\.11 -d 192\.168\.56\.12 -i eth1 -p tcp --dport 80 -j ACCEPT\n/);
    assert.match(await said(), /\n {2}on b: iptables -I OUTPUT -s 192\.168\.56\.12 -d 192\.168\.56\.11 -p icmp -j ACCEPT\n/);
    assert.match(await said('--port', '81'), /\nlabgen knows no commands that would open it: at b nobody listens on TCP port 81\.\n/);
  }));

  it('says what a stage changes', async () => {
    const { out } = await labgen('/', 'explain', 'forwarding', '--diff', 'hands-off', 'by-hand');
    assert.match(out, /^host$[^]*^ {2}\+ it forwards IPv4$/m);
    assert.match(out, /^ {2}\+ iptables -t nat -A LABGEN-POSTROUTING -s 172\.17\.0\.0\/16 -j MASQUERADE$/m);
    assert.match(out, /^web +→ +outside +ping\n {2}- stopped at host: 192\.168\.56\.12 is not its own, and it forwards no IPv4\n {2}\+ reached, up to 1500 bytes, seen as 192\.168\.56\.11$/m);
  });

  it('is told what it lacks', async () => {
    for (const [args, wanted] of [[['gre'], /explain needs two ends/], [['gre', 'c1', 'c2', '--port', 'http'], /"http" is not a port/], [['gre', '--diff', 'closed'], /--diff needs two stages/], [['gre', '--diff', 'closed', 'opne'], /no stage "opne"|opne/], [['gre', 'c1', 'c2', '--family', '6'], /c2 has no IPv6 address/]] as const) {
      const { code, err } = await labgen('/', 'explain', ...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, wanted);
    }
  });
});
