import assert from 'node:assert/strict';
import { contentOf, errorsOf, labOf, planFor, problemsOf } from '../support/labs.js';

const lab = (swarm: string, more = '', nodes = '{ one: {}, two: {}, out: { docker: false } }'): string => `lab: t\nnodes: ${nodes}\nswarm: ${swarm}\n${more}`;
const script = (text: string, node = 'one', stage?: string): string => contentOf(planFor(text, 't', stage), `nodes/${node}/labgen-swarm.sh`);

describe('a swarm', () => {
  it('has its managers first, each with its address in the network they share', () => {
    const { swarms } = labOf('lab: t\nnetworks: { front: { subnet: 192.168.56.0/24 }, back: { subnet: 192.168.57.0/24 } }\nnodes:\n  boss: { networks: { back: auto } }\n  team: { count: 2, networks: { front: auto, back: auto } }\nswarm: { workers: [team], managers: [boss], drained: [team-2] }\n');
    assert.deepEqual(swarms[0]?.members.map((each) => `${each.node} ${each.address} ${each.role} ${each.availability}`), ['boss 192.168.57.11 manager active', 'team-1 192.168.57.101 worker active', 'team-2 192.168.57.102 worker drain']);
  });

  it('takes addresses away from the lab, unless it is told which', () => {
    const pool = (swarm: string, networks: string): string | undefined => labOf(lab(swarm, `networks: { lan: { subnet: ${networks} } }\n`)).swarms[0]?.addressPool;
    assert.equal(pool('{ managers: [one] }', '192.168.56.0/24'), '10.221.0.0/16');
    assert.equal(pool('{ managers: [one], networks: { net: { subnet: 10.222.5.0/24 } } }', '10.221.9.0/24'), '10.223.0.0/16');
    assert.equal(pool('{ managers: [one], addressPool: 10.9.0.0/16 }', '192.168.56.0/24'), '10.9.0.0/16');
  });

  it('needs ip_vs only where the kernel spreads connections', () => {
    const modules = (swarm: string): readonly string[] => [...new Set(labOf(lab(swarm)).modules.map((each) => each.name))];
    assert.deepEqual(modules('{ managers: [one] }'), ['vxlan']);
    assert.deepEqual(modules('{ managers: [one], services: { web: { endpoint: dnsrr } } }'), ['vxlan']);
    assert.deepEqual(modules('{ managers: [one], services: { web: {} } }'), ['vxlan', 'ip_vs']);
    assert.deepEqual(modules('{ managers: [one], networks: { net: { encrypted: true } } }'), ['vxlan', 'esp4']);
  });

  it('has its images on every node, under a name that nobody pulls', () => {
    const text = lab('{ managers: [one], workers: [two], services: { web: { image: "toolbox:latest" }, far: { image: "registry.lab/far:1" } } }');
    assert.deepEqual(labOf(text).images.map((image) => `${image.name} ${image.nodes.join(' ')}`), ['toolbox one two']);
    assert.match(contentOf(planFor(text, 't'), 'nodes/two/labgen-containers.sh'), /\n {2}toolbox\n/);
    assert.match(script(text, 'two'), /\n {2}image toolbox localhost:1\/toolbox:latest\n/);
    assert.match(script(text), / {2}service web 1 --endpoint-mode vip localhost:1\/toolbox:latest\n/);
    assert.match(script(text), / {2}service far 1 --endpoint-mode vip registry.lab\/far:1\n/);
  });

  it('keeps the words of a lab apart from the shell and from Go templates', () => {
    const text = lab(`{ managers: [one], services: { web: { command: ["$(id)", "it's"], env: { A: "{{.State}} \`id\`" } } } }`);
    assert.ok(script(text).includes(`--env 'A={{"{{"}}.State}} \`id\`' localhost:1/toolbox:latest '$(id)' 'it'\\''s'`), script(text));
  });

  it('makes each script do the part of its node', () => {
    const text = lab('{ managers: [one, two, three], workers: [four] }', '', '{ one: {}, two: {}, three: {}, four: {}, five: {}, out: { docker: false } }');
    const verbs = (node: string): string => /usage: \$0 (.*)" >&2/.exec(script(text, node))?.[1] ?? '';
    assert.match(verbs('one'), /init, invite/);
    for (const node of ['two', 'four']) assert.equal(verbs(node), 'leave, status, join, images');
    assert.equal(verbs('five'), 'leave, status');
    assert.ok(!planFor(text, 't').some((file) => file.path === 'nodes/out/labgen-swarm.sh'));
    const play = contentOf(planFor(text, 't'), 'site.yml');
    assert.match(play, /invite manager[\s\S]*throttle: 1\n[\s\S]*- two\n\s*- three\n[\s\S]*invite worker[\s\S]*throttle: 0\n[\s\S]*- four\n/);
    assert.match(play, /leave workers\n[\s\S]*labgen_swarm_leavers:\n\s*- five\n/);
  });

  it('never shows what lets one in: both tasks that hold the token are silent, and it goes on standard input', () => {
    const play = contentOf(planFor(lab('{ managers: [one], workers: [two] }'), 't'), 'site.yml');
    const tasks = play.split(/\n {4}- name: /).filter((task) => /invit/.test(task));
    assert.equal(tasks.length, 2);
    for (const task of tasks) assert.match(task, /\n {6}no_log: true\n/);
    assert.match(tasks[1] ?? '', /cmd: \S+ join\n {8}stdin: /);
    assert.match(script(lab('{ managers: [one], workers: [two] }')), /docker swarm init [^>]*>\/dev\/null\n/);
    assert.doesNotMatch(script(lab('{ managers: [one], workers: [two] }'), 'two'), /--token/);
  });

  it('is left at a stage without one, and only in labs that know it', () => {
    const text = lab('{ managers: [one], workers: [two] }', 'stages: [{ name: in }, { name: outside, swarm: null }]\n');
    const play = contentOf(planFor(text, 't', 'outside'), 'site.yml');
    assert.match(play, /leave workers\n[\s\S]*labgen-swarm.sh leave\n/);
    assert.doesNotMatch(play, /invite/);
    assert.deepEqual(labOf(text, 'outside').checks.filter((check) => check.kind === 'swarm').map((check) => check.id), ['swarm one = absent', 'swarm two = absent']);
    assert.ok(!contentOf(planFor('lab: t\nnodes: { one: {} }\n', 't'), 'site.yml').includes('swarm'));
  });

  it('asks for free who is in it, whether services run, and each node\'s published ports, from outside too', () => {
    const checks = labOf(lab('{ managers: [one], workers: [two], drained: [two], services: { web: { replicas: 3, publish: ["8080:80", "53:53/udp"] } } }')).checks.filter((check) => check.from === 'swarm');
    assert.deepEqual(checks.map((check) => check.id), ['swarm one manager', 'swarm two worker drain', 'replicas web = 3', 'tcp out → one:8080', 'tcp two → one:8080', 'tcp out → two:8080', 'tcp one → two:8080']);
  });

  it('takes containers onto attachable networks, and looks after them at boot', () => {
    const text = lab('{ managers: [one], workers: [two], networks: { net: { attachable: true } } }', 'containers: { c1: { node: two, network: net } }\n');
    assert.deepEqual(labOf(text).dockerNetworks.map((each) => `${each.name} ${each.node} ${each.driver}`), ['net two overlay']);
    const plan = planFor(text, 't');
    assert.doesNotMatch(contentOf(plan, 'nodes/two/labgen-containers.sh'), /network net --driver/);
    assert.match(contentOf(plan, 'nodes/two/labgen-containers.service'), /ExecStartPre=.*\.sh start\n.*\n.*\nRestart=always/);
  });
});

describe('rules of a swarm', () => {
  const swarm = (body: string, more = ''): readonly string[] => errorsOf(lab(body, more));

  it('ask for attachable networks and nodes that may run tasks', () => {
    const on = (body: string, node = 'two'): readonly string[] => swarm(body, `containers: { c1: { node: ${node}, network: net } }\n`);
    assert.deepEqual(on('{ managers: [one], workers: [two], networks: { net: {} } }'), ['LG070 containers.c1.network']);
    assert.deepEqual(on('{ managers: [one], networks: { net: { attachable: true } } }'), ['LG070 containers.c1.network']);
    assert.deepEqual(on('{ managers: [one], workers: [two], drained: [two], networks: { net: { attachable: true } } }'), ['LG070 containers.c1.network']);
    assert.deepEqual(on('{ managers: [one], workers: [two], drained: [two], networks: { net: { attachable: true } } }', 'one'), []);
  });

  it('warn of an even number of managers, and of nothing else in a sound swarm', () => {
    const said = (body: string): readonly string[] => problemsOf(lab(body)).map((each) => `${each.severity} ${each.code} ${each.path}`);
    assert.deepEqual(said('{ managers: [one, two] }'), ['warning LG130 swarm.managers']);
    assert.deepEqual(said('{ managers: [one], workers: [two] }'), []);
  });

  it('take a name for what it is', () => {
    assert.deepEqual(swarm('{ managers: [one], networks: { ingress: {}, app: {} } }', 'dockerNetworks: { app: {} }\n'), ['LG041 swarm.networks.ingress', 'LG041 swarm.networks.app']);
    assert.deepEqual(swarm('{ managers: [one], services: { web: {} } }', 'containers: { web: { node: one } }\n'), ['LG041 swarm.services.web']);
    assert.deepEqual(swarm('{ managers: [one], services: { web: {} } }', 'checks: [{ replicas: { service: wbe } }]\n'), ['LG040 checks[0].replicas.service']);
    assert.deepEqual(swarm('{ managers: [one], services: { web: {} } }', 'checks: [{ replicas: { service: gone }, expect: absent }]\n'), []);
  });
});
