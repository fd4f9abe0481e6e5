import assert from 'node:assert/strict';
import { formatTarget, parseTarget } from '../../generator/features/firewall/target.js';
import { features } from '../../generator/plan/pipeline.js';
import { worldOf } from '../../generator/plan/world.js';
import { matrixOf } from '../../generator/predict/matrix.js';
import { errorsOf, labOf, problemsOf } from '../support/labs.js';

const DUAL = 'networks: { lan: { subnet: 192.168.56.0/24, subnet6: fd00:56::/64 } }\n';
const lab = (to: string, more = '', before = ''): string => `lab: t\n${before}nodes: { d: {}, be: {}, w: { count: 2 } }\nfirewall:\n  - { node: d, table: nat, hook: prerouting, protocol: tcp, port: 8080, action: dnat, to: "${to}"${more} }\n`;
/** The new addresses in the rules that a lab gives. */
const targets = (text: string): readonly string[] => labOf(text).rules.flatMap(({ action }) => ('to' in action ? [action.to] : []));

describe('the new address of dnat and snat', () => {
  it('is an address with or without a port, as iptables takes it', () => {
    for (const [to, written] of [['172.17.0.2:80', '172.17.0.2:80'], ['172.17.0.2', '172.17.0.2'], ['[FD00:9::2]:80', '[fd00:9::2]:80'], ['fd00:9:0::2', 'fd00:9::2'], ['[fd00:9::5:80]', 'fd00:9::5:80']] as const) assert.deepEqual(targets(lab(to)), [written], to);
  });

  it('may be a node, whatever its name looks like', () => {
    assert.deepEqual(targets(lab('be:80')), ['192.168.56.12:80']);
    assert.deepEqual(targets(lab('w-2')), ['192.168.56.102']);
    assert.deepEqual(targets(lab('be:80', '', DUAL)), ['192.168.56.12:80', '[fd00:56::12]:80'], 'a rule for each family');
    assert.deepEqual(targets(lab('be:80', ', family: 6', DUAL)), ['[fd00:56::12]:80']);
    assert.deepEqual(errorsOf(lab('be:80', ', family: 6')), ['LG172 firewall[0].to']);
  });

  it('is refused where it is none, so that nothing after it has to be afraid of it', () => {
    const wrong: Readonly<Record<string, string>> = { '999.1.1.1:80': 'LG015', '1.2.3:80': 'LG015', '[e]:80': 'LG015', ':0': 'LG015', ':80': 'LG015', '172.17.0.2:': 'LG015', '[::1:80': 'LG015', '::1:80': 'LG015', '1::2::3': 'LG015', '[10.0.0.1]:80': 'LG015', 'e:80': 'LG040', '172.17.0.2:99999': 'LG014', '172.17.0.2:0': 'LG014', '[fd00::1]:0': 'LG014', 'w:80': 'LG040' };
    for (const [to, code] of Object.entries(wrong)) assert.deepEqual(errorsOf(lab(to)), [`${code} firewall[0].to`], to);
  });

  it('is in doubt where an address of IPv6 ends as a port would', () => {
    assert.deepEqual(problemsOf(lab('fd00:9::5:80')).map(({ code, severity, hint }) => [code, severity, hint]), [['LG015', 'warning', 'Write "[fd00:9::5]:80" for the port 80, or "[fd00:9::5:80]" for the address.']]);
    assert.deepEqual(problemsOf(lab('fd00:9::2')), []);
  });

  it('is predicted as it stands', () => {
    for (const to of ['be:80', 'be', '[fd00::5]:80', '172.17.0.2']) assert.doesNotThrow(() => matrixOf(worldOf(labOf(lab(to)), features), [4, 6]), to);
  });

  it('is taken apart and put together again', () => {
    for (const text of ['10.0.0.1:80', '10.0.0.1', '[fd00::1]:80', 'fd00::1', 'be:80']) assert.equal(formatTarget(parseTarget(text)), text);
    assert.deepEqual(parseTarget('[fd00::1]'), { host: 'fd00::1', port: undefined });
  });
});
