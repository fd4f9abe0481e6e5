import assert from 'node:assert/strict';
import { chainOf, ruleWords, type Hook } from '../../generator/model/rule.js';

describe('a rule', () => {
  it('becomes iptables words in one fixed order', () => {
    const words = ruleWords({ match: { destinationPort: 80, protocol: 'tcp', out: 'docker0', in: 'foo', destination: '10.0.0.0/8', source: '172.17.0.0/16', state: ['NEW'] }, action: { kind: 'dnat', to: '10.0.0.1:8080' } });
    assert.equal(words.join(' '), '-s 172.17.0.0/16 -d 10.0.0.0/8 -i foo -o docker0 -p tcp --dport 80 -m conntrack --ctstate NEW -j DNAT --to-destination 10.0.0.1:8080');
  });

  it('lives in a chain whose name iptables takes', () => {
    for (const hook of ['input', 'output', 'forward', 'prerouting', 'postrouting'] satisfies Hook[]) assert.ok(chainOf(hook).length <= 28);
  });
});
