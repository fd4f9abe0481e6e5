/** labgen-swarm.sh itself, with a docker that says what a node of a swarm would. */
import assert from 'node:assert/strict';
import { inFolder } from '../support/context.js';
import { contentOf, planFor } from '../support/labs.js';
import { runScript } from '../support/node-script.js';

const LAB = 'lab: t\nnodes: { a: {}, b: {}, c: {} }\nswarm: { managers: [a, b, c] }\n';

/** A manager where $RULES is true, until it is demoted; $LAST: the last one, which cannot be. The node "gone" has left. */
const DOCKER = `echo "$*" >>"$LOG"
case "$*" in
  "info --format {{ .Swarm.LocalNodeState }}") echo active ;;
  "info --format {{ .Swarm.ControlAvailable }}") if grep -q '^node demote' "$LOG" && [ -z "$LAST" ]; then echo false; else echo "$RULES"; fi ;;
  "info --format {{ .Swarm.NodeID }}") echo id-a ;;
  "node demote id-gone") [ "$(grep -c '^node demote' "$LOG")" -gt 1 ] ;;
  "node demote"*) [ -z "$LAST" ] ;;
  "node ls --format {{ .Hostname }} {{ .Status }} {{ .ID }}") printf '%s\\n' 'a Ready id-a' 'b Ready id-b' 'c Ready id-c'; grep -q '^node rm' "$LOG" || echo 'gone Down id-gone' ;;
  "node ls --format {{ .Hostname }} {{ .Status }}") printf '%s\\n' 'a Ready' 'b Ready'; if [ "$(grep -c '^node ls' "$LOG")" -gt 4 ]; then echo 'c Ready'; else echo 'c Unknown'; fi ;;
  "node inspect"*) echo manager active ;;
esac
`;

function run(verb: string, env: Record<string, string>): Promise<{ readonly out: string; readonly asked: readonly string[] }> {
  return inFolder((folder) => {
    const { out, err, status, asked } = runScript(folder, contentOf(planFor(LAB, 't'), 'nodes/a/labgen-swarm.sh'), verb.split(' '), { docker: DOCKER }, { RULES: 'true', LAST: '', ...env });
    assert.deepEqual([status, err], [0, '']);
    return { out, asked: asked.filter((line) => /^(node (demote|rm)|swarm leave)/.test(line)) };
  });
}

describe('labgen-swarm.sh', () => {
  it('leaves as a worker: a manager that merely goes is counted on by the others, until nobody rules', async () => {
    assert.deepEqual(await run('leave', {}), { out: 'changed: left the swarm\n', asked: ['node demote id-a', 'swarm leave --force'] });
  });

  it('leaves as it is where it is the last manager, or none', async () => {
    assert.deepEqual((await run('leave', { LAST: 'yes' })).asked, ['node demote id-a', 'swarm leave --force']);
    assert.deepEqual((await run('leave', { RULES: 'false' })).asked, ['swarm leave --force']);
    assert.deepEqual((await run('leave workers', {})).asked, []);
  });

  it('strikes a manager off once it could be demoted, and asks again until then', async () => {
    assert.deepEqual(await run('services', {}), { out: 'changed: struck gone off the swarm\n', asked: ['node demote id-gone', 'node demote id-gone', 'node rm --force id-gone'] });
  });
});
