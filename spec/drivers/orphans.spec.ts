/** What a killed run left on an engine, and which of it may go: all in a private one, else only what bears the folder's mark. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MARK, removeCreatedNetworks, removeOrphans } from '../../generator/drivers/orphans.js';
import { fakeRun } from '../engine/fakes.js';
import { inFolder } from '../support/context.js';

describe('drivers/orphans', () => {
  /** Answers by the beginning of a command. */
  const world = (answers: Readonly<Record<string, string>>) => fakeRun(({ argv }) => ({ stdout: Object.entries(answers).find(([start]) => argv.join(' ').startsWith(start))?.[1] ?? '' }));
  const ids = (folder: string, provider: string, nodes: Readonly<Record<string, string>>): void => {
    for (const [node, id] of Object.entries(nodes)) {
      mkdirSync(join(folder, '.vagrant/machines', node, provider), { recursive: true });
      writeFileSync(join(folder, '.vagrant/machines', node, provider, 'id'), id);
    }
  };
  const said = (commands: readonly { readonly argv: readonly string[] }[]): readonly string[] => commands.map(({ argv }) => argv.join(' '));

  it('containers: on the user\'s engine those with this folder\'s label that Vagrant does not know, and networks nobody is on any more', () => inFolder(async (folder) => {
    ids(folder, 'docker', { n1: 'known' });
    const { run, commands } = world({
      [`docker ps --all --quiet --no-trunc --filter label=${MARK}=${folder}`]: 'known\norphan-of-ours\n', 'docker network ls': 'vagrant_network_10.0.0.0/24\nvagrant_network_10.0.1.0/24\n',
      'docker ps --all --quiet --filter network=vagrant_network_10.0.1.0/24': 'somebody\n',
    });
    assert.deepEqual(await removeOrphans(run, { folder, provider: 'docker', nodes: ['n1', 'n2'], private: false }), ['orphan-of-ou']);
    assert.deepEqual(said(commands).filter((line) => / rm /.test(line)), ['docker rm --force --volumes orphan-of-ours', 'docker network rm vagrant_network_10.0.0.0/24']);
  }));

  it('containers: in a private engine all that Vagrant does not know; nothing is asked to go where there is none', () => inFolder(async (folder) => {
    const { run, commands } = world({ 'docker ps --all --quiet --no-trunc': 'a\n' });
    assert.deepEqual(await removeOrphans(run, { folder, provider: 'docker', nodes: ['n1'], private: true }), ['a']);
    assert.equal(said(commands)[0], 'docker ps --all --quiet --no-trunc');
    const none = world({});
    assert.deepEqual(await removeOrphans(none.run, { folder, provider: 'docker', nodes: ['n1'], private: true }), []);
    assert.equal(none.commands.length, 1);
  }));

  it("domains: with disks of its own, not those of a node whose name only begins like it; called without signs that libvirt's provider leaves out", () => inFolder(async (folder) => {
    const home = join(folder, 'my läb+');
    mkdirSync(home);
    const volumes = ['mylb_worker.img', 'mylb_worker_1.img', 'mylb_worker-vdb.qcow2', 'mylb_worker-1.img', 'mylb_worker-vda.img', 'mylb_worker.img.old', 'mylb_workers.img'];
    const { run } = world({ 'virsh --connect qemu:///system list': 'mylb_worker\nmylb_worker-1\n', 'virsh --connect qemu:///system vol-list': volumes.map((each) => ` ${each}  /x\n`).join('') });
    assert.deepEqual(await removeOrphans(run, { folder: home, provider: 'libvirt', nodes: ['worker'], private: true }), ['mylb_worker', 'mylb_worker.img', 'mylb_worker_1.img', 'mylb_worker-vdb.qcow2']);
  }));

  it('networks that were noted beside machines Vagrant never finished; not one with a machine on it, nor what is no name of one', () => inFolder(async (folder) => {
    const [left, used] = ['0f0e7a5e-0000-4000-8000-000000000001', '0f0e7a5e-0000-4000-8000-000000000002'];
    for (const [node, noted] of [['n1', `${left}\n${used}\n`], ['n2', `${left}\n--all\n`]] as const) {
      mkdirSync(join(folder, '.vagrant/machines', node, 'libvirt'), { recursive: true });
      writeFileSync(join(folder, '.vagrant/machines', node, 'libvirt/created_networks'), noted);
    }
    const { run, commands } = world({
      [`virsh --connect qemu:///system net-dumpxml ${left}`]: '<network>\n  <name>lab0</name>\n', [`virsh --connect qemu:///system net-dumpxml ${used}`]: '<network>\n  <name>lab1</name>\n',
      'virsh --connect qemu:///system list': "theirs\n", 'virsh --connect qemu:///system dumpxml --inactive theirs': "<source network='lab1' bridge='virbr2'/>\n",
    });
    assert.deepEqual(await removeCreatedNetworks(run, { folder, nodes: ['n1', 'n2', 'n3'] }), ['lab0']);
    assert.deepEqual(said(commands).map((line) => line.slice('virsh --connect qemu:///system '.length)).filter((line) => /^net-[^d]|destroy/.test(line)), [`net-destroy ${left}`, `net-undefine ${left}`]);
  }));

  it('domains: one of the same name goes only where its description says that it is this folder\'s', () => inFolder(async (folder) => {
    const name = `${folder.split('/').at(-1)}_n1`;
    for (const [mark, removed] of [[`${MARK}=${folder}`, [name, `${name}.img`]], [`${MARK}=/another/${folder}`, []], ['', []]] as const) {
      const { run, commands } = world({ 'virsh --connect qemu:///system list': `${name}\n`, 'virsh --connect qemu:///system vol-list': ` ${name}.img  /x\n`, 'virsh --connect qemu:///system desc': `${mark}\n` });
      assert.deepEqual(await removeOrphans(run, { folder, provider: 'libvirt', nodes: ['n1'], private: false }), removed);
      assert.equal(said(commands).some((line) => /undefine|vol-delete/.test(line)), removed.length > 0);
    }
  }));
});
