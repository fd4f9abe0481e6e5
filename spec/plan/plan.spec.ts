import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { compiled } from '../../generator/generated/templates.js';
import type { Feature } from '../../generator/features/feature.js';
import { features } from '../../generator/plan/pipeline.js';
import { planLab } from '../../generator/plan/plan.js';
import { createRenderer } from '../../generator/render/renderer.js';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { root } from '../support/context.js';
import { contentOf, labOf, labText, planFor, validated } from '../support/labs.js';

const ALL = [...shippedLabs(root), 'mesh', 'everything'].flatMap((lab): { lab: string; stage: string | undefined }[] => {
  const { stages } = validated(labText(lab));
  return stages.length === 0 ? [{ lab, stage: undefined }] : stages.map((stage) => ({ lab, stage: stage.name }));
});

describe('a plan', () => {
  for (const { lab, stage } of ALL) {
    const title = `${lab}${stage === undefined ? '' : ` (${stage})`}`;

    it(`of ${title} is the same bytes twice`, () => {
      assert.deepEqual(planFor(labText(lab), lab, stage), planFor(labText(lab), lab, stage));
    });

    it(`of ${title}: every file names its lab, ends in one line break and has no trailing blanks`, () => {
      // What lies beside the lab is its author's own, byte for byte.
      for (const file of planFor(labText(lab), lab, stage).filter((each) => !each.path.startsWith('images/'))) {
        const text = Buffer.from(file.content).toString('utf8');
        if (file.path !== '.labgen/lab.yaml') {
          if (file.path !== '.labgen/render.json') assert.match(text, new RegExp(`\\b${lab}\\b`), file.path);
          assert.match(text, /[^\n]\n$/, file.path);
          assert.doesNotMatch(text, /[ \t]+$/m, file.path);
          assert.doesNotMatch(text, /\n\n\n/, file.path);
        }
        assert.doesNotMatch(text, /undefined|\[object |\bNaN\b/, file.path);
        assert.ok(file.mode === (file.path.endsWith('.sh') ? 0o755 : file.path.endsWith('secret.env') || (lab === 'weave' && file.path.startsWith('.labgen/')) ? 0o600 : 0o644), file.path);
        if (file.path.endsWith('.sh')) assert.match(text, /^#!\/bin\/sh\n/);
      }
    });
  }

  it('is the same bytes in another time zone, language and folder', () => {
    const program = `const { validateLab, labAt, planOf } = await import(${JSON.stringify(`${root}generator/plan/pipeline.ts`)}); const { readFileSync } = await import('node:fs'); const { createHash } = await import('node:crypto'); const v = validateLab('x', readFileSync(${JSON.stringify(`${root}spec/labs/everything.yaml`)}, 'utf8')); console.log(createHash('sha256').update(JSON.stringify(planOf(v, labAt(v), 'everything'))).digest('hex'));`;
    const hash = (env: Record<string, string>, cwd: string): string => {
      const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', `${root}node_modules/tsx/dist/loader.mjs`, '--input-type=module', '-e', program], { cwd, env: { PATH: process.env['PATH'] ?? '', ...env }, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      return stdout;
    };
    assert.equal(hash({ TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' }, '/'), hash({ TZ: 'UTC', LC_ALL: 'C' }, root));
  });

  it('keeps free text out of every file that is executed', () => {
    const text = `lab: t\ntitle: FREETEXT\nsummary: FREETEXT\nnodes: { a: {} }\nfirewall: [{ node: a, hook: input, action: accept, why: FREETEXT }]\nroutes: [{ node: a, to: 10.0.0.0/8, dev: eth1, why: FREETEXT }]\nchecks: [{ ping: { from: a, to: a }, why: FREETEXT }]\n`;
    const holders = planFor(text, 't').filter((file) => Buffer.from(file.content).toString('utf8').includes('FREETEXT')).map((file) => file.path);
    assert.deepEqual(holders, ['README.md', 'topology.svg', '.labgen/lab.yaml']);
  });

  it('says how it was rendered: the stage only where it is not the last one', () => {
    assert.match(contentOf(planFor(labText('gre'), 'gre', 'closed'), 'site.yml'), /"labgen render gre --stage closed"/);
    assert.match(contentOf(planFor(labText('gre'), 'gre', 'open'), 'site.yml'), /"labgen render gre"/);
    assert.match(contentOf(planFor(labText('gre'), "x'; rm -rf /", 'open'), 'site.yml'), /"labgen render LAB"/);
  });

  it('keeps what a rendered folder has to remember', () => {
    const plan = planFor(labText('gre'), 'gre', 'closed');
    assert.equal(contentOf(plan, '.labgen/lab.yaml'), labText('gre'));
    assert.deepEqual(JSON.parse(contentOf(plan, '.labgen/render.json')), { name: 'gre', stage: 'closed', set: [] });
  });
});

describe('a feature that plans wrong files', () => {
  const lab = labOf('lab: t\nnodes: { a: {} }\n');
  const plan = (...paths: readonly string[]): unknown => {
    const bad: Feature = { name: 'bad', files: () => paths.map((path) => ({ path, mode: 0o644, template: 'base/gitignore', view: { lab: 't', committed: [] } })) };
    return planLab({ lab, features: [...features, bad], render: createRenderer(compiled), origin: { name: 't', stageGiven: false }, matrices: [], kept: { source: '', stage: undefined, settings: [], fragments: [], vars: [], secret: false } });
  };

  it('is stopped when two own one file, also where case does not count', () => {
    assert.throws(() => plan('Vagrantfile'), /two owners of one file: Vagrantfile/);
    assert.throws(() => plan('x/y', 'X/Y'), /two owners/);
  });

  it('is stopped when a path leaves the folder', () => {
    for (const path of ['/etc/passwd', '../x', 'a/../../x', 'a/./b', 'a//b', 'a\\b', '']) assert.throws(() => plan(path), /leaves the output folder/, path);
  });

  it('may otherwise add its own', () => {
    assert.ok(plan('extra/file.txt'));
  });
});
