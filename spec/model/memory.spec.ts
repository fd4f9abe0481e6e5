import assert from 'node:assert/strict';
import { memoryShortage } from '../../generator/model/memory.js';
import { parseCidr, type Subnet } from '../../generator/model/ipv4.js';
import { hostOnlyRanges, isHostOnly } from '../../generator/model/vagrant-ranges.js';

const nodes = (count: number, memory: number, group = 'worker') => Array.from({ length: count }, () => ({ group, memory }));

describe('memory of the nodes', () => {
  it('fits where a tenth is left to the machine', () => {
    assert.equal(memoryShortage(nodes(9, 1000), 10_000), undefined);
    assert.notEqual(memoryShortage(nodes(9, 1001), 10_000), undefined);
  });

  it('is never too much where nobody knows the machine, and for a lab without nodes', () => {
    assert.equal(memoryShortage(nodes(100, 4096), 0), undefined);
    assert.equal(memoryShortage([], 1), undefined);
  });

  it('is told with the sum, the groups that want most, and what to do there', () => {
    const shortage = memoryShortage([...nodes(1, 1024, 'manager'), ...nodes(3, 2048)], 3900.4);
    assert.deepEqual(shortage?.path, ['nodes', 'worker', 'memory']);
    assert.equal(shortage.message, 'the nodes want 7168 MiB together, and the machine has 3900 MiB');
    assert.match(shortage.hint, /^They are: worker 3 × 2048, manager 1024\. Give them less \("memory:", or --set nodes\.worker\.memory=512\)/);
  });

  it('names six groups at most', () => assert.match(memoryShortage('abcdefgh'.split('').flatMap((group) => nodes(1, 1024, group)), 1000)?.hint ?? '', /^They are: a 1024, b 1024, c 1024, d 1024, e 1024, f 1024, …\./));
});

describe('host-only networks of VirtualBox', () => {
  const subnet = (text: string): Subnet => parseCidr(text)?.subnet ?? assert.fail(text);
  const allowed = (text: string, networksConf = ''): boolean => isHostOnly(subnet(text), hostOnlyRanges(networksConf));

  it('lie in 192.168.56.0/21 as a whole', () => {
    assert.deepEqual(['192.168.56.0/24', '192.168.63.0/24', '192.168.56.0/21'].map((text) => allowed(text)), [true, true, true]);
    assert.deepEqual(['192.168.64.0/24', '192.168.48.0/20', '10.1.0.0/24'].map((text) => allowed(text)), [false, false, false]);
  });

  it('or in what /etc/vbox/networks.conf says', () => {
    const conf = '# mine\n* 10.0.0.0/8 172.16.0.0/12 # and more\n* 2001::/64\n';
    assert.deepEqual(['10.1.0.0/24', '172.20.0.0/24', '192.168.56.0/24', '11.0.0.0/24'].map((text) => allowed(text, conf)), [true, true, true, false]);
    assert.ok(allowed('11.0.0.0/24', '* 0.0.0.0/0 ::/0'));
    assert.ok(!allowed('11.0.0.0/24', '# * 0.0.0.0/0'));
  });
});
