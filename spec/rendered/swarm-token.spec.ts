/** The rendered play with a script that knows a token: whatever happens, and however much is asked to be shown, nobody reads it. */
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../generator/drivers/run-command.js';
import { inFolder } from '../support/context.js';
import { contentOf, labText, planFor } from '../support/labs.js';

const TOKEN = 'SWMTKN-1-notarealone0123456789abcdefghij';

/** The tasks from making the swarm to having joined it, all played here, with a stand-in for the script. */
async function play(folder: string, join_: string): Promise<{ code: number | undefined; said: string }> {
  const script = join(folder, 'stand-in');
  writeFileSync(script, `#!/bin/sh\ncase $1 in\n  invite) printf '%s\\n' ${TOKEN} some-node ;;\n  join) read -r token; cat >/dev/null; ${join_} ;;\nesac\n`);
  chmodSync(script, 0o755);
  const [, tasks = ''] = /( {4}- name: Make the swarm on its first manager\n[\s\S]*?) {4}- name: Make the overlay networks\n/.exec(contentOf(planFor(labText('swarm'), 'swarm'), 'site.yml')) ?? [];
  assert.match(tasks, /labgen-swarm\.sh join\n/);
  writeFileSync(join(folder, 'play.yml'), `- name: Join\n  hosts: all\n  gather_facts: false\n  tasks:\n${tasks.replaceAll('/var/lib/labgen/labgen-swarm.sh', script)}`);
  writeFileSync(join(folder, 'hosts.yml'), 'all:\n  vars: { ansible_connection: local, ansible_python_interpreter: /usr/bin/python3 }\n  hosts: { manager: {}, worker-1: {}, worker-2: {} }\n');
  const env = { ANSIBLE_PIPELINING: '1', ANSIBLE_NOCOLOR: '1', ANSIBLE_LOCAL_TEMP: join(folder, 'tmp') };
  const outcome = await runCommand({ argv: ['ansible-playbook', '-vvvv', '-i', 'hosts.yml', 'play.yml'], cwd: folder, env, timeoutMs: 200_000 });
  return { code: outcome.code, said: `${outcome.stdout}${outcome.stderr}` };
}

describe('the token of a swarm', function () {
  this.timeout(240_000);

  it('reaches the node that joins, and no output', () => inFolder(async (folder) => {
    const { code, said } = await play(folder, `[ "$token" = ${TOKEN} ] && echo 'changed: joined'`);
    assert.equal(code, 0, said);
    assert.match(said, /worker-2 +: ok=2 +changed=1 /);
    assert.ok(!said.includes(TOKEN.slice(0, 12)));
  }));

  it('stays unsaid where a node could not join, and the reason is said', () => inFolder(async (folder) => {
    const { code, said } = await play(folder, "echo 'labgen: nobody answers there' >&2; exit 1");
    assert.equal(code, 2);
    assert.match(said, /"msg": "labgen: nobody answers there"/);
    assert.ok(!said.includes(TOKEN.slice(0, 12)));
  }));
});
