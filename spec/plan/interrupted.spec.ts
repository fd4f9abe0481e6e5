/** What the play does first: it restarts what an interrupted one left running by its old files. */
import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { inFolder } from '../support/context.js';
import { GOLDEN_LABS, renderedTree } from '../support/golden.js';
import { contentOf, planFor } from '../support/labs.js';
import { runScript, type ScriptRun } from '../support/node-script.js';
import { writeInto } from '../support/trees.js';

interface Task {
  readonly name: string;
  readonly 'ansible.builtin.shell'?: { readonly cmd: string };
}

function script(): string {
  const plays = parse(contentOf(planFor('lab: t\nnodes: { a: {} }\n', 't'), 'site.yml')) as readonly { readonly tasks?: readonly Task[] }[];
  const task = plays.flatMap((play) => play.tasks ?? []).find((each) => each.name.includes('a play that was interrupted'));
  assert.ok(task?.['ansible.builtin.shell'], 'no such task');
  return `#!/bin/bash\n${task['ansible.builtin.shell'].cmd}`;
}

/** A unit as `systemctl show` tells of it; started at noon. */
const shown = (unit: string, more: Readonly<Record<string, string>> = {}): string =>
  Object.entries({ Id: unit, ActiveState: 'active', NeedDaemonReload: 'no', FragmentPath: '', DropInPaths: '', ExecMainStartTimestamp: 'Mon 2026-06-01 12:00:00.000000 UTC', ...more }).map(([key, value]) => `${key}=${value}\n`).join('');

/** `files`: below the folder, with their hour of that day. */
function played(folder: string, units: (path: (name: string) => string) => readonly string[], files: Readonly<Record<string, number>>): ScriptRun {
  for (const [name, hour] of Object.entries(files)) {
    writeInto(folder, name, '');
    utimesSync(join(folder, name), Date.UTC(2026, 5, 1, hour) / 1000, Date.UTC(2026, 5, 1, hour) / 1000);
  }
  writeInto(folder, 'shown', units((name) => join(folder, name)).join('\n'));
  return runScript(folder, script(), [], { systemctl: 'echo "$*" >>"$LOG"\ncase $1 in show) cat "$SHOWN" ;; esac' }, { SHOWN: join(folder, 'shown') });
}

const restarted = ({ asked }: ScriptRun): readonly string[] => asked.flatMap((line) => /^restart (.*)/.exec(line)?.[1] ?? []);

describe('a play after one that was interrupted', () => {
  it('asks about every unit that a lab of any feature brings, and those of every lab alike', () => {
    const brought = new Set(GOLDEN_LABS.flatMap(({ lab, stage }) => renderedTree(lab, stage).flatMap(({ path }) => /^nodes\/[^/]+\/([^/]+\.service)(?:\.d\/.*)?$/.exec(path)?.[1] ?? [])));
    for (const unit of ['docker.service', 'etcd.service', 'labgen-pipework.service']) assert.ok(brought.has(unit), unit);
    const asked = [...script().matchAll(/^\s+(\S+\.service) \\$/gm)].map(([, name]) => name);
    assert.deepEqual([...brought].filter((unit) => !asked.includes(unit)), []);
  });

  it('restarts what has a newer unit, drop-in or script, and nothing else', () => inFolder((folder) => {
    const units = (path: (name: string) => string): readonly string[] => [
      shown('labgen-network.service', { FragmentPath: path('network.service') }),
      shown('docker.service', { FragmentPath: path('docker.service'), DropInPaths: `${path('50.conf')} ${path('60.conf')}` }),
      shown('labgen-firewall.service', { FragmentPath: path('firewall.service') }),
      shown('labgen-containers.service', { FragmentPath: path('containers.service') }),
      shown('labgen-pipework.service', { FragmentPath: path('pipework.service'), ActiveState: 'inactive' }),
      shown('labgen-weave.service', { NeedDaemonReload: 'yes' }),
    ];
    const old = { 'network.service': 11, 'docker.service': 11, '50.conf': 11, 'firewall.service': 11, 'containers.service': 11, 'var/lib/labgen/labgen-network.sh': 11 };
    const run = played(folder, units, { ...old, '60.conf': 13, 'pipework.service': 13, 'var/lib/labgen/labgen-firewall.sh': 13, 'var/lib/labgen/labgen-containers.sh': 13 });
    assert.equal(run.status, 0, run.err);
    assert.deepEqual(restarted(run), ['docker.service', 'labgen-firewall.service', 'labgen-weave.service']);
    assert.deepEqual(run.out.match(/^changed: .*/gm)?.length, 3);
  }));

  it("takes the far ends' keys for what the network reads", () => inFolder((folder) => {
    const run = played(folder, (path) => [shown('labgen-network.service', { FragmentPath: path('network.service') })], { 'network.service': 11, 'var/lib/labgen/labgen-network.sh': 11, 'var/lib/labgen/wireguard.wg0.b.pub': 13 });
    assert.deepEqual(restarted(run), ['labgen-network.service'], run.err);
  }));

  it('does nothing on a node where nothing was brought yet', () => inFolder((folder) => {
    const run = played(folder, () => [shown('labgen-network.service', { ActiveState: 'inactive', ExecMainStartTimestamp: '' }), shown('docker.service', { FragmentPath: '/lib/systemd/system/docker.service' })], {});
    assert.deepEqual([run.status, restarted(run), run.out], [0, [], '']);
  }));
});
