import assert from 'node:assert/strict';
import { weave } from '../../generator/features/weave/router.js';
import type { Facts } from '../../generator/model/check.js';
import { inFolder } from '../support/context.js';
import { contentOf, errorsOf, labOf, planFor } from '../support/labs.js';
import { runScript } from '../support/node-script.js';
import { writeInto } from '../support/trees.js';

const LAB = (block = '', nodes = 'a: {}, b: {}', containers = ''): string => `lab: t\nnodes: { ${nodes} }\nartifacts:\n  weave: { url: "https://files.lab/weave", version: v1, sha256: unknown }\nweave: { ${block} }\n${containers}`;
const SECRET = `$(id)'"\\\`!%{{x}}`;

describe('weave', () => {
  it('gives each router its own name and all others as peers', () => {
    assert.deepEqual(labOf(LAB()).weaveRouters.map((each) => [each.node, each.name, each.peers, each.quorum]), [['a', '02:6c:c0:a8:38:0b', ['192.168.56.12'], 2], ['b', '02:6c:c0:a8:38:0c', ['192.168.56.11'], 2]]);
    assert.deepEqual(labOf(LAB('peer: false')).weaveRouters.map((each) => [each.peers, each.quorum]), [[[], 1], [[], 1]]);
  });

  it('takes the iptables and the images of the version', () => {
    const of = (block: string, nodes?: string) => labOf(LAB(block, nodes)).weaveRouters.map((each) => [each.publisher, each.iptables, each.api])[0];
    assert.deepEqual(of(''), ['weaveworks', 'legacy', undefined]);
    assert.deepEqual(of('version: 2.9.0'), ['rajchaudhuri', 'nft', undefined]);
    assert.deepEqual(of('version: 2.9.0', 'a: { docker: { package: ce } }'), ['rajchaudhuri', 'nft', '1.44']);
    assert.deepEqual(errorsOf(LAB('', 'a: { docker: { package: ce } }')), ['LG140 nodes.a.docker.package']);
  });

  it('takes the routers of another stage away, and of nodes that have none any more', () => {
    const staged = `${LAB()}stages: [{ name: with }, { name: one, weave: { nodes: [a] } }, { name: without, weave: null }]\n`;
    const leavers = (stage: string) => labOf(staged, stage).weaveLeavers;
    assert.deepEqual([leavers('with'), leavers('one'), leavers('without')], [[], ['b'], ['a', 'b']]);
    const play = contentOf(planFor(staged, 't', 'without'), 'site.yml');
    // Its unit first: it would launch the router again.
    assert.match(play, /name: labgen-weave\.service\n {8}state: stopped(\n.*){7}\n {8}labgen_without_weave:\n {10}- "?a"?\n {10}- "?b"?\n(.*\n){3} {8}cmd: \/var\/lib\/labgen\/labgen-weave\.sh leave\n {8}removes: \/var\/lib\/labgen\/labgen-weave\.sh\n/);
    assert.doesNotMatch(play, /labgen-weave\.sh start/);
    assert.doesNotMatch(contentOf(planFor(LAB(), 't'), 'site.yml'), /without_weave/);
  });

  it('keeps a hostile password in a file for root only, quoted', () => {
    const plan = planFor(LAB(`password: ${JSON.stringify(SECRET)}`), 't');
    assert.deepEqual(plan.filter((file) => file.path.startsWith('.labgen/')).map((file) => file.mode), [0o600, 0o600]);
    const holders = plan.filter((file) => file.path !== '.labgen/lab.yaml' && Buffer.from(file.content).toString().includes('$(id)'));
    assert.deepEqual(holders.map((file) => [file.path, file.mode]), [['nodes/a/weave-secret.env', 0o600], ['nodes/b/weave-secret.env', 0o600]]);
    assert.match(contentOf(plan, 'nodes/a/weave-secret.env'), /^WEAVE_PASSWORD='\$\(id\)'\\''/m);
    assert.match(contentOf(plan, 'site.yml'), /weave-secret\.env\n {8}mode: "0600"\n {6}no_log: true\n/);
  });

  it("attaches groups' members, and makes docker0 their name server", () => {
    const lab = labOf(LAB('attach: { web: lb }', 'a: { docker: { bip: 172.20.0.1/16 } }, b: {}, h: { count: 2 }', 'containers:\n  web: { node: h }\n'));
    assert.deepEqual(lab.weaveRouters.map((each) => each.attached.map(({ container, dns }) => `${container} ${dns}`).join()), ['', '', 'web-1 lb.weave.local', 'web-2 lb.weave.local']);
    assert.deepEqual(lab.daemonFlags.filter((flag) => flag.name === 'dns').map((flag) => `${flag.node} ${flag.value}`), ['a 172.20.0.1', 'b 172.17.0.1', 'h-1 172.17.0.1', 'h-2 172.17.0.1']);
  });

  it('puts names and interfaces back whenever its router or a container on it starts, and at nothing else', () => inFolder((folder) => {
    const script = contentOf(planFor(LAB('attach: { web: lb }', 'a: {}, b: {}', 'containers:\n  web: { node: a }\n  other: { node: a }\n'), 't'), 'nodes/a/labgen-weave.sh');
    assert.match(script, /\nstart\(\) \{/);
    const docker = 'case "$*" in "events --since "[1-9]*" --filter type=container --filter event=start "*) printf "%s\\n" weave other web weaver eb ;; esac\n';
    const { out, err } = runScript(folder, script.replace('\nstart() {', '\nstart() {\n  echo started; return 0'), ['watch'], { docker });
    // Once before it listens, then for each of the two.
    assert.deepEqual([out, err], ['started\nstarted\nstarted\n', '']);
    assert.match(contentOf(planFor(LAB(), 't'), 'nodes/a/labgen-weave.service'), /^ExecStartPre=\S+ start\nExecStart=\S+ watch$/m);
  }));

  it('does not wait for ever for a router that hangs', () => inFolder((folder) => {
    const script = contentOf(planFor(LAB(), 't'), 'nodes/a/labgen-weave.sh');
    const docker = 'echo "docker $*" >>"$LOG"\n[ "$1" != inspect ]\n';
    const timeout = 'echo "timeout $1 $3 $4" >>"$LOG"\ngrep -q "^docker kill" "$LOG" || exit 124\n';
    const { err, status, asked } = runScript(folder, script, ['stop'], { docker, timeout });
    assert.deepEqual([err, status, asked], ['', 0, ['docker unpause weave', 'timeout 300 reset --force', 'docker kill weave', 'timeout 300 reset --force', 'docker inspect weave']]);
  }));

  it('is switched to the other iptables once, and again where that was interrupted', () => inFolder((folder) => {
    const script = contentOf(planFor(LAB(), 't'), 'nodes/a/labgen-weave.sh');
    writeInto(folder, 'var/lib/labgen/there', '');
    const noted = 'echo "${0##*/} $*" >>"$LOG"\n';
    // A kernel without ip6tables' nat.
    const programs = { iptables: '', 'update-alternatives': noted, systemctl: noted, 'iptables-nft': noted, 'ip6tables-nft': `${noted}case "$*" in *"-t nat -S") exit 1 ;; esac\n`, readlink: 'echo "/usr/sbin/xtables-$IS-multi"\n' };
    const run = (is: string): ReturnType<typeof runScript> => runScript(folder, script, ['switch'], programs, { IS: is });
    assert.deepEqual([run('legacy').out, run('legacy').asked], ['', []]);
    const { out, asked, status } = run('nft');
    assert.deepEqual([out, status, asked[0], asked.at(-1)], ['changed: iptables is iptables-legacy now\n', 0, 'update-alternatives --set iptables /usr/sbin/iptables-legacy', 'systemctl try-restart docker.service labgen-firewall.service']);
    assert.deepEqual(asked.filter((line) => line.includes('-t nat')), ['iptables-nft -w 5 -t nat -S', 'iptables-nft -w 5 -t nat -F', 'iptables-nft -w 5 -t nat -X', 'ip6tables-nft -w 5 -t nat -S']);
    assert.equal(run('legacy').out, '');
    writeInto(folder, 'var/lib/labgen/weave.switched', 'begun\n');
    assert.equal(run('legacy').out, 'changed: iptables is iptables-legacy now\n');
  }));

  it('reads what the router says of its connections', () => {
    const LINES = '-> 192.168.56.12:6783     established encrypted   fastdp 02:6c:c0:a8:38:0c(b) encrypted=true mtu=1376\r\n<- 192.168.56.13:41234 connecting\n';
    const state = (subject: Record<string, unknown>, code = 0): string => {
      const probe = weave.probe({ node: 'a', ...(subject as object) }, {} as Facts, { is: 'works' });
      return 'notRun' in probe ? probe.notRun : probe.read({ code, stdout: LINES, stderr: 'no' }, undefined).state;
    };
    assert.deepEqual([state({}), state({ connections: 1, encrypted: true, datapath: 'fastdp' })], ['works', 'works']);
    assert.deepEqual([state({ connections: 2 }), state({ encrypted: false }), state({ datapath: 'sleeve' })], ['differs', 'differs', 'differs']);
    assert.equal(state({}, 1), 'unreachable');
  });
});
