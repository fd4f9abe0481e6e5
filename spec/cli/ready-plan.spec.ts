/** What the build thought already: taken where it is the very same, and nowhere else. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { readyPlans } from '../../scripts/ready-plans.js';
import { inFolder, labgenIn, root, type Ran } from '../support/context.js';
import { readTree } from '../support/trees.js';

describe('plans that are thought when labgen is built', function () {
  this.timeout(120_000);
  let plans: Awaited<ReturnType<typeof readyPlans>>;
  before(async () => {
    plans = await readyPlans('b1');
  });

  /** A package whose build has these plans, in `folder`; each file of theirs says `mark`. */
  function packageIn(folder: string, mark = ''): string {
    const made = join(folder, 'package');
    mkdirSync(join(made, 'dist/plans'), { recursive: true });
    for (const name of ['labs', 'templates']) symlinkSync(join(root, name), join(made, name));
    for (const { path, text } of plans) {
      const plan = JSON.parse(text) as { files: { content: string }[] };
      for (const file of plan.files) file.content += mark;
      writeFileSync(join(made, 'dist', path), JSON.stringify(plan));
    }
    return made;
  }
  const render = (folder: string, made: string, build: string | undefined, ...args: string[]): Promise<Ran> => labgenIn({ root: made, build }, folder, 'render', ...args);

  it('there is one of each shipped lab that is a single file', () => {
    const several = shippedLabs(root).filter((lab) => /^(include:|images:|.*\bbuild:)/m.test(readFileSync(join(root, 'labs', `${lab}.yaml`), 'utf8')));
    assert.equal(plans.length, shippedLabs(root).length - several.length, several.join(' '));
  });

  it('render the same bytes as thinking does, and say the same', () => inFolder(async (folder) => {
    const made = packageIn(folder);
    for (const lab of shippedLabs(root)) {
      const ready = await render(folder, made, 'b1', lab, '-o', `${lab}/out`);
      const thought = await render(folder, made, undefined, lab, '-o', `${lab}/thought`);
      assert.equal(ready.out, thought.out.replaceAll('thought', 'out'));
      assert.deepEqual([ready.code, ready.err], [0, '']);
      const own = ([path]: [string, unknown]): boolean => path !== '.labgen/seal.json';
      assert.deepEqual(Object.entries(readTree(join(folder, lab, 'out'))).filter(own), Object.entries(readTree(join(folder, lab, 'thought'))).filter(own), lab);
    }
  }));

  it('are taken for the very same inputs only', () => inFolder(async (folder) => {
    const made = packageIn(folder, '# ready\n');
    writeFileSync(join(folder, 'mine.yaml'), `${readFileSync(join(root, 'labs/gre.yaml'), 'utf8')}\n`);
    const taken = async (build: string | undefined, ...args: string[]): Promise<boolean> => {
      const into = `out-${[build, ...args].join('-').replaceAll(/\W/g, '-')}`;
      const { code, err } = await render(folder, made, build, ...args, '-o', into);
      assert.equal(code, 0, err);
      return readFileSync(join(folder, into, 'Vagrantfile'), 'utf8').endsWith('# ready\n');
    };
    assert.equal(await taken('b1', 'gre'), true);
    for (const [build, ...args] of [['b2', 'gre'], [undefined, 'gre'], ['b1', 'gre', '--stage', 'closed'], ['b1', 'gre', '--set', 'nodes.net-1.memory=900'], ['b1', './mine.yaml']] as const) assert.equal(await taken(build, ...args), false, String([build, ...args]));
  }));

  it('half of one is none; what a user has there is not lost to one', () => inFolder(async (folder) => {
    const made = packageIn(folder);
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine/Vagrantfile'), 'mine');
    const refused = await render(folder, made, 'b1', 'gre', '-o', 'mine');
    assert.equal(refused.code, 1, refused.err);
    assert.deepEqual(readTree(join(folder, 'mine')), { Vagrantfile: readTree(join(folder, 'mine'))['Vagrantfile'] });
    assert.equal(readFileSync(join(folder, 'mine/Vagrantfile'), 'utf8'), 'mine');
    for (const { path, text } of plans) writeFileSync(join(made, 'dist', path), text.slice(0, text.length / 2));
    assert.equal((await render(folder, made, 'b1', 'gre', '-o', 'whole')).code, 0);
    assert.match(readFileSync(join(folder, 'whole/Vagrantfile'), 'utf8'), /\nend\n$/);
  }));
});
