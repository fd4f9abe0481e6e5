/** The lessons of the shipped labs: there, short, and with commands that labgen would take. */
import assert from 'node:assert/strict';
import { shippedLabs } from '../../../generator/cli/find-lab.js';
import { parseSettings } from '../../../generator/cli/settings.js';
import { validateLab } from '../../../generator/plan/pipeline.js';
import { parse } from 'yaml';
import { root } from '../../support/context.js';
import { assetsOf, labText, labOf, validated } from '../../support/labs.js';

const LABS = shippedLabs(root);
const lessonOf = (name: string): { changed?: string[]; next?: string[] } => (parse(labText(name)) as { lesson?: object }).lesson ?? {};
const stagesOf = (name: string): readonly (string | undefined)[] => {
  const { stages } = validated(labText(name));
  return stages.length > 0 ? stages.map((stage) => stage.name) : [undefined];
};

describe('the lessons of the shipped labs', () => {
  for (const name of LABS) {
    it(`${name}: three to seven steps in each stage, what has changed, what to try next`, () => {
      for (const stage of stagesOf(name)) {
        const { steps } = labOf(labText(name), stage);
        assert.ok(steps.length >= 3 && steps.length <= 7, `${stage ?? name}: ${steps.length} steps`);
        assert.deepEqual(steps.filter((step) => step.expect.is === 'works').map((step) => step.run), [], 'each says what comes of it');
        assert.deepEqual(steps.filter((step) => step.expect.is === 'pattern' && new RegExp(step.expect.pattern, step.expect.flags).test('')).map((step) => step.run), [], 'silence must not do');
        assert.deepEqual(steps.filter((step) => !/^\w.*\.$/.test(step.why)).map((step) => step.why), [], 'whole sentences');
        assert.deepEqual(steps.filter((step) => /\bsleep\b|!(?![ =-])[^']*"|docker (run|rm|stop|start|restart|kill|network|service (create|update|scale|rm))\b(?! (inspect|ls|ps))|iptables .*-[ADIFX]\b|ip (link|addr|route|rule) (add|set|del|delete|replace|flush)\b|wget .*-T/.test(step.run)).map((step) => step.run), [], 'a step only looks');
      }
      assert.ok((lessonOf(name).changed ?? []).length >= 2);
      assert.ok((lessonOf(name).next ?? []).length >= 2);
    });
  }

  it('name only settings and stages that are there', () => {
    const lines = LABS.flatMap((name) => [...(lessonOf(name).changed ?? []), ...(lessonOf(name).next ?? [])].flatMap((text) => [...text.matchAll(/`labgen (?:up|render) ([^`]+)`/g)].map((match) => match[1] ?? '')));
    assert.ok(lines.length > 5, `${lines.length} lines were found`);
    for (const line of lines) {
      const [name = '', ...words] = line.split(' ');
      const valueOf = (flag: string): string[] => words.flatMap((word, index) => (words[index - 1] === flag ? [word] : []));
      assert.deepEqual(words.filter((word, index) => word.startsWith('--') ? !['--set', '--stage'].includes(word) : !(words[index - 1] ?? '').startsWith('--')), [], line);
      const text = labText(name);
      const { problems, stages } = validateLab(`${name}.yaml`, text, parseSettings(valueOf('--set')), assetsOf(text));
      assert.deepEqual(problems.filter((each) => each.severity === 'error').map((each) => `${each.code} ${each.path} ${each.message}`), [], line);
      for (const stage of valueOf('--stage')) assert.ok(stages.some((each) => each.name === stage), line);
    }
  });
});
