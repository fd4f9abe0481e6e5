import assert from 'node:assert/strict';
import { contentOf, errorsOf, labOf, labText, planFor } from '../../support/labs.js';

const LAB = (lesson: string, more = ''): string => `lab: t\nnodes: { a: {}, b: { docker: false } }\n${more}lesson:\n${lesson}`;
const STEPS = `  steps:
    - { on: a, run: "docker info | grep -c x", expect: "/^[0-9]+$/m", why: It counts. }
    - { on: b, run: hostname, expect: b, why: Its name. }
    - { on: b, run: "false", expect: 1, why: It fails. }
    - { on: b, run: "true", why: It does not. }
`;
const STAGES = `stages:
  - name: first
    lesson: { steps: [{ on: b, run: uname, expect: Linux, why: Another. }] }
  - name: last
`;
/** One section of a handout. */
const section = (text: string, title: string): string => text.split(/^## /m).find((each) => each.startsWith(`${title}\n`)) ?? '';
const readme = (text: string, stage?: string): string => contentOf(planFor(text, 't', stage), 'README.md');
const commands = (text: string, stage?: string) => labOf(text, stage).checks.filter((check) => check.kind === 'command');

describe('lesson', () => {
  it('makes each step a check that asks the very line and expects the very answer', () => {
    assert.deepEqual(commands(LAB(STEPS)).map((check) => [check.subject['node'], check.subject['run'], check.expect, check.why, check.from]), [
      ['a', 'docker info | grep -c x', { is: 'pattern', pattern: '^[0-9]+$', flags: 'm' }, 'It counts.', 'lesson'],
      ['b', 'hostname', { is: 'value', value: 'b' }, 'Its name.', 'lesson'],
      ['b', 'false', { is: 'value', value: 1 }, 'It fails.', 'lesson'],
      ['b', 'true', { is: 'works' }, 'It does not.', 'lesson'],
    ]);
  });

  it('says in the handout what the check says', () => {
    const steps = section(readme(LAB(STEPS)), 'Step by step');
    const blocks = [...steps.matchAll(/^(`{3,})\n(.*?)\n\1$/gms)].map((match) => match[2]);
    assert.deepEqual(blocks, ['docker info | grep -c x', '/^[0-9]+$/m', 'hostname', 'b', 'false', 'true']);
    assert.deepEqual([...steps.matchAll(/^### (.*)$/gm)].map((match) => match[1]), ['1. On a', '2. On b', '3. On b', '4. On b']);
    assert.deepEqual([...steps.matchAll(/^ {4}vagrant ssh (\S+)/gm)].map((match) => match[1]), ['a', 'b']);
    assert.match(steps, /It ends with exit status 1\.\n/);
    assert.match(steps, /It ends without an error\.\n/);
  });

  it('is asked once where the lab asks the same', () => {
    const [, ...same] = commands(LAB(STEPS, 'checks:\n  - { command: { node: b, run: hostname }, expect: b, why: The lab says so. }\n'));
    assert.equal(same.filter((check) => check.subject['run'] === 'hostname').length, 1);
    assert.equal(same.find((check) => check.subject['run'] === 'hostname')?.why, 'The lab says so.');
  });

  it('has the steps of the stage where the stage has its own', () => {
    const text = LAB(`${STEPS}  next: [Read on.]\n`, STAGES);
    assert.deepEqual(commands(text, 'first').map((check) => check.subject['run']), ['uname']);
    assert.equal(commands(text, 'last').length, 4);
    assert.match(section(readme(text, 'first'), 'Step by step'), /\n`{3}\nuname\n`{3}\n/);
    assert.equal(section(readme(text, 'first'), 'Try next').trim().split('\n').at(-1), '- Read on.');
  });

  it('leaves out what is empty', () => {
    const titles = (text: string): readonly string[] => [...readme(text).matchAll(/^## (.*)$/gm)].map((match) => match[1] ?? '').filter((title) => /^(Step|What changed|Try)/.test(title));
    assert.deepEqual(titles(LAB('  changed: [One.]\n')), ['What changed since the recipes of 2014 to 2020']);
    assert.deepEqual(titles(LAB('  steps: []\n  next: [One.]\n')), ['Try next']);
    assert.deepEqual(titles('lab: t\nnodes: { a: {} }\n'), []);
    assert.deepEqual(titles(LAB(`${STEPS}  changed: [One.]\n  next: [Two.]\n`)), ['Step by step', 'What changed since the recipes of 2014 to 2020', 'Try next']);
  });

  it('reaches no file that is run, however hostile its text', () => {
    const hostile = `echo $(id) # {{x}} #{y} labgen-hostile`;
    const plan = planFor(LAB(`  steps: [{ on: a, run: ${JSON.stringify(hostile)}, why: labgen-hostile }]\n  changed: [labgen-hostile]\n  next: [labgen-hostile]\n`), 't');
    assert.deepEqual(plan.filter((file) => Buffer.from(file.content).toString().includes('labgen-hostile')).map((file) => file.path), ['README.md', '.labgen/lab.yaml']);
  });

  it('keeps a fence closed around what looks like one, and everything else text', () => {
    const text = contentOf(planFor(labText('everything'), 'everything'), 'README.md');
    const steps = section(text, 'Step by step');
    assert.match(steps, /^````\necho ```a``` "\$HOME".*\n````$/m);
    assert.match(steps, /^````\nreplica-2\n~~~~\n```\n# replica-2\n````$/m);
    assert.doesNotMatch(text.replaceAll(/^(`{3,})(\w*)\n.*?\n\1$/gms, '').replaceAll(/(`+) ?.*? ?\1/g, ''), /<(script|angles|b)>/);
  });

  it('wants a node, not a group, and what a command can expect', () => {
    const step = (words: string): readonly string[] => errorsOf(`lab: t\nnodes: { a: {}, g: { count: 2 } }\nlesson: { steps: [{ run: hostname, why: x, ${words} }] }\n`);
    assert.deepEqual(step('on: a'), []);
    assert.deepEqual(step('on: g-2'), []);
    assert.deepEqual(step('on: g'), ['LG040 lesson.steps[0].on']);
    assert.deepEqual(step('on: c'), ['LG040 lesson.steps[0].on']);
    assert.deepEqual(step('on: a, expect: unreachable'), ['LG091 lesson.steps[0].expect']);
    assert.deepEqual(step('on: a, expect: "/[/"'), ['LG091 lesson.steps[0].expect']);
    assert.deepEqual(step('on: a, expect: 1.5'), ['LG012 lesson.steps[0].expect']);
  });
});
