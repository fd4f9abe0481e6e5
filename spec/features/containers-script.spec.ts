/** labgen-containers.sh itself, with a docker that only writes down what it is asked. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder } from '../support/context.js';
import { contentOf, planFor } from '../support/labs.js';
import { writeInto } from '../support/trees.js';

const LAB = 'lab: t\nnodes: { a: {} }\ndockerNetworks: { app: { subnet: 10.9.0.0/24 } }\ncontainers:\n  c1: { network: app }\n  c2: { network: app, links: { first: c1 } }\n';

/** Knows a network app made by other words, with c1 and c2 on it, and a container "stray" of the lab. */
const DOCKER = `#!/bin/sh
echo "$*" >>"$LOG"
case "$*" in
  "network inspect --format"*) echo made-by-other-words ;;
  "ps --all --filter network=app"*) printf 'c1\\nc2\\n' ;;
  "ps --all --filter label"*) printf 'c1\\nc2\\nstray\\n' ;;
  "inspect --format"*) exit 1 ;;
esac
`;

describe('labgen-containers.sh', () => {
  it('takes a changed network away with what is on it, and makes all of it anew, by the right names', () => inFolder((folder) => {
    writeInto(folder, 'script.sh', contentOf(planFor(LAB, 't'), 'nodes/a/labgen-containers.sh'));
    writeInto(folder, 'bin/docker', DOCKER, 0o755);
    const log = join(folder, 'log');
    const { stdout, status, stderr } = spawnSync('sh', [join(folder, 'script.sh'), 'start'], { encoding: 'utf8', env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, LOG: log } });
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout.trim().split('\n'), ['changed: removed stray', 'changed: removed c1', 'changed: removed c2', 'changed: removed the network app', 'changed: made the network app', 'changed: made c1', 'changed: made c2']);
    const asked = readFileSync(log, 'utf8').split('\n').filter((line) => /^(rm|network (rm|create)|run) /.test(line)).map((line) => line.replaceAll(/ --(label|driver|subnet) \S+/g, ''));
    assert.deepEqual(asked, [
      'rm --force stray', 'rm --force c1', 'rm --force c2', 'network rm app', 'network create app',
      'rm --force c1', 'run --name c1 --detach --restart unless-stopped --network app --hostname c1 toolbox',
      'rm --force c2', 'rm --force c2', 'run --name c2 --detach --restart unless-stopped --network app --link c1:first --hostname c2 toolbox',
    ]);
  }));
});
