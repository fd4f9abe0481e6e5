/** labgen-containers.sh itself, with a docker that only writes down what it is asked. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { inFolder } from '../support/context.js';
import { contentOf, planFor } from '../support/labs.js';
import { runScript } from '../support/node-script.js';
import { writeInto } from '../support/trees.js';

const LAB = 'lab: t\nnodes: { a: {} }\ndockerNetworks: { app: { subnet: 10.9.0.0/24 } }\ncontainers:\n  c1: { network: app }\n  c2: { network: app, links: { first: c1 } }\n';

/** Knows a network app made by other words, with c1 and c2 on it, and a container "stray" of the lab. */
const DOCKER = `echo "$*" >>"$LOG"
case "$*" in
  "network inspect --format"*) echo made-by-other-words ;;
  "ps --all --filter network=app"*) printf 'c1\\nc2\\n' ;;
  "ps --all --filter label"*) printf 'c1\\nc2\\nstray\\n' ;;
  "inspect --format"*) exit 1 ;;
esac
`;

describe('labgen-containers.sh', () => {
  it('takes a changed network away with what is on it, and makes all of it anew, by the right names', () => inFolder((folder) => {
    const { out, err, status, asked: all } = runScript(folder, contentOf(planFor(LAB, 't'), 'nodes/a/labgen-containers.sh'), ['start'], { docker: DOCKER });
    assert.equal(status, 0, err);
    assert.deepEqual(out.trim().split('\n'), ['changed: removed stray', 'changed: removed c1', 'changed: removed c2', 'changed: removed the network app', 'changed: made the network app', 'changed: made c1', 'changed: made c2']);
    const asked = all.filter((line) => /^(rm|network (rm|create)|run) /.test(line)).map((line) => line.replaceAll(/ --(label|driver|subnet) \S+/g, ''));
    assert.deepEqual(asked, [
      'rm --force stray', 'rm --force c1', 'rm --force c2', 'network rm app', 'network create app',
      'rm --force c1', 'run --name c1 --detach --restart always --network app --hostname c1 toolbox',
      'rm --force c2', 'rm --force c2', 'run --name c2 --detach --restart always --network app --link c1:first --hostname c2 toolbox',
    ]);
  }));

  /** Knows c1 as it should be, but stopped; what is said when it is to be started is in $SAID. */
  const STOPPED = `echo "$*" >>"$LOG"
case "$*" in
  "inspect --format {{ index"*) cat "$MADE" ;;
  "inspect --format"*) echo false ;;
  start*) [ -z "$SAID" ] || { echo "$SAID" >&2; exit 1; } ;;
  "image inspect"*) ;;
esac
`;
  const startOf = (folder: string, said: string, lab = 'lab: t\nnodes: { a: {} }\ncontainers: { c1: {} }\n'): { readonly status: number | null; readonly out: string; readonly err: string; readonly asked: readonly string[] } => {
    const script = contentOf(planFor(lab, 't'), 'nodes/a/labgen-containers.sh');
    // The digest of the words it is made by, as the script itself would compute it.
    const words = /^ {2}container c1 ((?:.*\\\n)*.*)$/m.exec(script)?.[1] ?? '';
    writeInto(folder, 'made', spawnSync('sh', ['-c', `printf '%s\\n' ${words} | sha256sum | cut -c 1-16`], { encoding: 'utf8' }).stdout);
    const { status, out, err, asked } = runScript(folder, script, ['start'], { docker: STOPPED }, { MADE: join(folder, 'made'), SAID: said });
    return { status, out, err, asked: asked.filter((line) => /^(start|rm|run) /.test(line)).map((line) => line.split(' ').slice(0, 3).join(' ')) };
  };

  it("takes away images of this lab alone, not those it has, not a swarm's names of them, and not what runs from one", () => inFolder((folder) => {
    const plan = planFor('lab: t\nnodes: { a: {} }\nimages: { web: { build: images/hello } }\ncontainers: { c1: { image: web } }\n', 't');
    const script = contentOf(plan, 'nodes/a/labgen-containers.sh');
    const hash = /^ {2}build web (\w+)$/m.exec(script)?.[1] ?? '';
    const docker = `case "$*" in
  "images --filter label=labgen.image-of=t "*) printf '%s\\n' web:latest localhost:1/web:${hash} localhost:1/web:old old:latest held:latest '<none>:<none>' ;;
  "image rm --force held:latest") exit 1 ;;
  "image inspect"*) echo ${hash} ;;
  "inspect --format {{ index"*) exit 1 ;;
esac
`;
    const { out, err, status } = runScript(folder, script, ['start'], { docker });
    assert.deepEqual([out, err, status], ['changed: made c1\nchanged: removed the image localhost:1/web:old\nchanged: removed the image old:latest\n', '', 0]);
    // A container has its image's labels: by one that means "a container of this lab" a hand's own would go, too.
    assert.doesNotMatch(script, /docker build .*labgen\.lab=/);
  }));

  it('starts a stopped one; makes one anew that can never be started again; and says why another does not start', async () => {
    const started = await inFolder((folder) => startOf(folder, ''));
    assert.deepEqual([started.status, started.out, started.asked], [0, 'changed: started c1\n', ['start c1']]);
    const stuck = await inFolder((folder) => startOf(folder, 'Error response from daemon: task ef4d2fef146b: already exists'));
    assert.deepEqual([stuck.status, stuck.out, stuck.asked], [0, 'changed: made c1\n', ['start c1', 'rm --force c1', 'run --name c1']]);
    const other = await inFolder((folder) => startOf(folder, 'Error response from daemon: no manager answers'));
    assert.deepEqual([other.status, other.err, other.asked], [1, 'Error response from daemon: no manager answers\n', ['start c1']]);
  });

  const ON_OVERLAY = 'lab: t\nnodes: { a: {}, b: {} }\nswarm: { managers: [a], workers: [b], networks: { net: { attachable: true } } }\ncontainers: { c1: { node: a, network: net } }\n';

  it('starts one again and again whose network of the swarm is not known yet', async () => {
    const { status, err, asked } = await inFolder((folder) => startOf(folder, 'Error response from daemon: network net not found', ON_OVERLAY));
    assert.deepEqual([status, err, asked], [1, 'Error response from daemon: network net not found\n', Array(6).fill('start c1')]);
  });

  it('asks a busy manager again for a place on a network of the swarm, and gives up in the end, or at once where it is something else', async () => {
    // Says $SAID so many times.
    const busy = 'echo "$*" >>"$LOG"\ncase "$*" in\n  run*) if [ "$(grep -c "^run" "$LOG")" -le "$TIMES" ]; then echo "$SAID" >&2; exit 125; fi ;;\n  inspect*) exit 1 ;;\nesac\n';
    const run = (said: string, times: number): Promise<readonly [number | null, string, number]> => inFolder((folder) => {
      const { out, err, status, asked } = runScript(folder, contentOf(planFor(ON_OVERLAY, 't'), 'nodes/a/labgen-containers.sh'), ['start'], { docker: busy }, { SAID: said, TIMES: String(times) });
      return [status, out + err, asked.filter((line) => line.startsWith('run ')).length];
    });
    const attaching = 'docker: attaching to network failed, check manager logs: context deadline exceeded.';
    assert.deepEqual(await run(attaching, 2), [0, 'changed: made c1\n', 3]);
    assert.deepEqual(await run(attaching, 99), [1, `${attaching}\n`, 6]);
    assert.deepEqual(await run('docker: Error response from daemon: network net not found.', 1), [0, 'changed: made c1\n', 2]);
    assert.deepEqual(await run('docker: no such image', 99), [1, 'docker: no such image\n', 1]);
  });

  /** Knows c1 in the state $STATE, which a hand stopped where $STOPPED says so, and that tells it ended, once. */
  const ENDED = `echo "$*" >>"$LOG"
case "$*" in
  "events --since "*" --filter type=container --filter event=die "*) echo "1700000000 c1" ;;
  "events --since 1700000000 --until"*" --filter type=container --filter event=stop "*) echo "$STOPPED" ;;
  "inspect --format {{ .State.Running }}"*) [ -n "$STATE" ] || exit 1; echo "$STATE" ;;
  "inspect --format {{ .State.Pid }} c1") echo "$PID" ;;
  "inspect --format {{ .State.Pid }} c2") echo self ;;
esac
`;
  const watchOf = (folder: string, lab: string, state: string, stopped = '', pid = 'self'): readonly string[] => {
    // What is there already is started before it watches; here it is the watch that is asked.
    const script = contentOf(planFor(lab, 't'), 'nodes/a/labgen-containers.sh');
    assert.match(script, /\nstart\(\) \{/);
    const { status, err, asked } = runScript(folder, script.replace('\nstart() {', '\nstart() {\n  echo "start all" >>"$LOG"; return 0'), ['watch'], {
      docker: ENDED,
      // Another network namespace than its own.
      readlink: 'echo "$1"\n',
    }, { STATE: state, STOPPED: stopped, PID: pid });
    assert.deepEqual([status, err], [0, '']);
    const [first, second, ...rest] = asked;
    // What ends before it listens is in those since then.
    assert.match(`${first ?? ''}; ${second ?? ''}`, /^start all; events --since \d{10} --filter type=container --filter event=die /);
    return rest.filter((line) => /^(start|rm|run|restart) /.test(line));
  };

  it('watches: starts one again that was killed, leaves one that a hand stopped, or that is gone, or runs already', async () => {
    const lab = 'lab: t\nnodes: { a: {} }\ncontainers: { c1: {} }\n';
    assert.deepEqual(await inFolder((folder) => watchOf(folder, lab, 'false')), ['start c1']);
    assert.deepEqual(await inFolder((folder) => watchOf(folder, lab, 'false', 'other\nc1')), []);
    // Another one that only begins like it was stopped by a hand.
    assert.deepEqual(await inFolder((folder) => watchOf(folder, lab, 'false', 'c1-2')), ['start c1']);
    assert.deepEqual(await inFolder((folder) => watchOf(folder, lab, '')), []);
    assert.deepEqual(await inFolder((folder) => watchOf(folder, lab, 'true')), []);
  });

  it('restarts who shared the network of one that came back, unless it has that network', async () => {
    const lab = 'lab: t\nnodes: { a: {} }\ncontainers: { c1: {}, c2: { network: "container:c1" } }\n';
    assert.deepEqual(await inFolder((folder) => watchOf(folder, lab, 'true', '', '4711')), ['restart --time 1 c2']);
    assert.deepEqual(await inFolder((folder) => watchOf(folder, lab, 'true')), []);
  });

  it('has a unit on every node with Docker, which starts what should run and then watches', () => {
    const plan = planFor('lab: t\nnodes: { a: {}, b: { docker: false } }\n', 't');
    assert.match(contentOf(plan, 'nodes/a/labgen-containers.service'), /^ExecStartPre=\S+\/labgen-containers.sh start\nExecStart=\S+\/labgen-containers.sh watch$/m);
    assert.ok(!plan.some((file) => file.path.startsWith('nodes/b/labgen-containers')));
  });
});
