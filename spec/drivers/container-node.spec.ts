import assert from 'node:assert/strict';
import { letComeBack } from '../../generator/drivers/container-node.js';
import type { Command, RunCommand } from '../../generator/drivers/run-command.js';
import { inFolder } from '../support/context.js';
import { writeInto } from '../support/trees.js';

describe('drivers/container-node', () => {
  it('has the engine start a node again, by the id that Vagrant noted, and by nothing else that stands there', () => inFolder(async (folder) => {
    const ran: (readonly string[])[] = [];
    const run: RunCommand = async ({ argv }: Command) => {
      ran.push(argv);
      return { argv, code: 0, signal: undefined, stdout: '', stderr: '', timedOut: false, durationMs: 0 };
    };
    writeInto(folder, '.vagrant/machines/a/docker/id', `${'0af'.repeat(20)}\n`);
    await letComeBack(run, folder, ['a']);
    assert.deepEqual(ran, [['docker', 'update', '--restart', 'on-failure', '0af'.repeat(20)]]);
    for (const id of ['--all', '$(id)', '', `${'0'.repeat(64)} b`]) {
      writeInto(folder, '.vagrant/machines/a/docker/id', id);
      await assert.rejects(letComeBack(run, folder, ['a']), /the container of a is not known here/);
    }
    assert.equal(ran.length, 1);
  }));
});
