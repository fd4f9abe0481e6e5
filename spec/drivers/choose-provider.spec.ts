import assert from 'node:assert/strict';
import { chooseProvider, type Choice, type Refusal } from '../../generator/drivers/choose-provider.js';
import type { Machine } from '../../generator/drivers/machine.js';

const ALL = ['vagrant', 'docker', 'dockerd', 'libvirtd', 'virsh', 'qemu-system-x86_64', 'ansible-playbook', 'ssh', 'ip', 'iptables'];

function machine(more: Partial<Omit<Machine, 'programs'>> & { readonly programs?: readonly string[]; readonly modules?: readonly string[] } = {}): Machine {
  const { programs = ALL, modules = [], ...rest } = more;
  return {
    linux: true, root: true, distribution: 'debian', dockerRuns: false, libvirtRuns: false, vagrantLibvirt: true,
    kvm: { works: false, why: 'there is no /dev/kvm' }, memory: 8192, networksConf: '', hasModule: (name) => modules.includes(name), ...rest, programs: new Set(programs),
  };
}

const needs = (...names: string[]) => ({ modules: names.map((name) => ({ node: 'n', name, why: '' })) });
const taken = (choice: Choice | Refusal): Choice => ('refused' in choice ? assert.fail(`${choice.refused}\n${choice.hint}`) : choice);
const refused = (choice: Choice | Refusal): Refusal => ('refused' in choice ? choice : assert.fail(choice.provider));

describe('drivers/choose-provider', () => {
  it('takes docker where the kernel has what the lab needs, else machines with a kernel of their own, and says why', () => {
    assert.equal(taken(chooseProvider([needs('ip_gre')], machine({ modules: ['ip_gre'] }), undefined, false)).provider, 'docker');
    const other = taken(chooseProvider([needs('ip_gre')], machine(), undefined, false));
    assert.equal(other.provider, 'libvirt');
    assert.match(other.why.join('; '), /not docker: .*no ip_gre.*under emulation, which is slow: there is no \/dev\/kvm/);
  });

  it('asks for what any stage needs: machines stay when the lab goes from one stage to another', () => {
    assert.equal(taken(chooseProvider([needs(), needs('ip_vs'), needs()], machine(), undefined, false)).provider, 'libvirt');
  });

  it('starts an engine of its own where none runs or where that is asked for, and uses the one that runs else', () => {
    assert.equal(taken(chooseProvider([needs()], machine(), undefined, false)).privateEngine, true);
    assert.equal(taken(chooseProvider([needs()], machine({ dockerRuns: true }), undefined, false)).privateEngine, false);
    assert.equal(taken(chooseProvider([needs()], machine({ dockerRuns: true }), undefined, true)).privateEngine, true);
  });

  it('refuses what cannot be, with the reason: no root, a kernel without the module, a provider that gives no second address', () => {
    assert.match(refused(chooseProvider([needs()], machine({ root: false }), 'docker', false)).refused, /needs root/);
    assert.match(refused(chooseProvider([needs('ip_vs')], machine(), 'docker', false)).hint, /no ip_vs/);
    assert.match(refused(chooseProvider([needs()], machine(), 'hyperv', false)).refused, /second, static address/);
    assert.match(refused(chooseProvider([needs()], machine({ programs: [] }), undefined, false)).hint, /apt-get install/);
  });
});
