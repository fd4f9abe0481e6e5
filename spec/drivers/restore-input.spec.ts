/** The rules of a rendered firewall script as iptables-restore takes them: all of them, word for word, each with its line. */
import assert from 'node:assert/strict';
import { restoreInput } from '../../generator/drivers/restore-input.js';
import { ruleWords } from '../../generator/model/rule.js';
import { GOLDEN_LABS } from '../support/golden.js';
import { contentOf, labOf, labText, planFor } from '../support/labs.js';

const script = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('drivers/restore-input', () => {
  for (const { folder, lab, stage } of GOLDEN_LABS) {
    it(`${folder}: each rule of the lab, and none beside them`, () => {
      const { nodes, rules } = labOf(labText(lab), stage);
      const plan = planFor(labText(lab), lab, stage);
      for (const { name } of nodes) {
        for (const family of [4, 6] as const) {
          const { text, unread } = restoreInput(contentOf(plan, `nodes/${name}/labgen-firewall.sh`), family);
          const appended = [...text.matchAll(/^-A \S+ (.*)$/gm)].map((match) => match[1]);
          assert.deepEqual([appended.toSorted(), unread], [rules.filter((rule) => rule.node === name && (rule.family ?? 4) === family).map((rule) => ruleWords(rule).join(' ')).toSorted(), []]);
        }
      }
    });
  }

  it('has each table once, with chains of others made and lines known', () => {
    const { text, lines } = restoreInput(script('start() {', '  chain filter DOCKER-USER LABGEN-FORWARD', '  # why', '  rule filter LABGEN-FORWARD -i eth0 -j DROP', '  chain raw PREROUTING LABGEN-PREROUTING', '  routed_rule raw LABGEN-PREROUTING -j ACCEPT', '}'));
    assert.equal(text, script('*filter', ':INPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ':DOCKER-USER - [0:0]', ':LABGEN-FORWARD - [0:0]', '-I DOCKER-USER 1 -j LABGEN-FORWARD', '-A LABGEN-FORWARD -i eth0 -j DROP', 'COMMIT', '*raw', ':PREROUTING ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ':LABGEN-PREROUTING - [0:0]', '-I PREROUTING 1 -j LABGEN-PREROUTING', '-A LABGEN-PREROUTING -j ACCEPT', 'COMMIT'));
    assert.deepEqual([lines.get(7), lines.get(8), lines.get(15)], [2, 4, 6]);
  });

  it('words in quotes stay one word', () => {
    const { text } = restoreInput(script("  rule nat LABGEN-OUTPUT -m comment --comment 'it'\\''s \"one\" \\ word' -j RETURN"));
    assert.match(text, /^-A LABGEN-OUTPUT -m comment --comment "it's \\"one\\" \\\\ word" -j RETURN$/m);
  });

  it('what the shell would put something into is told, and not guessed', () => {
    for (const words of ['-s $HOME -j DROP', '-s `id` -j DROP', '-j DROP; reboot', '-j DROP >/etc/passwd', "-j 'DROP", '-s "$1"', '']) {
      const { text, unread } = restoreInput(script('', `  rule filter LABGEN-INPUT ${words}`.trimEnd()));
      assert.deepEqual([words, text.includes('-A'), unread], words === '' ? [words, true, []] : [words, false, [2]]);
    }
  });

  it('the helpers themselves are no rules', () => assert.deepEqual(restoreInput(script('    rule "$@"', 'rule() {', 'chain() {')), { text: '', lines: new Map(), unread: [] }));
  it('nor are those that choose a chain', () => assert.deepEqual(restoreInput(script('    chain6 "$1" "$2" "$3"', '    chain6 "$1" FORWARD "$3"'), 6), { text: '', lines: new Map(), unread: [] }));
});
