/** What the README says was run is what proven.json says, and that is of the labs as they are. */
import assert from 'node:assert/strict';
import { countSteps, readProofs, readmeTable, withRuns, type Ran } from './results.js';
import { readmeLabs, readmeTables } from './readme.js';

const run = (lab: string, provider: string, passed: number): Ran => ({
  lab, provider, nodes: 2, stages: [], checks: { passed, failed: 0, notRun: 0 }, mutations: '3 of 3', untried: [], seconds: 12.4,
  steps: [{ name: 'up', state: 'passed', seconds: 12.4, summary: `verify ${lab}: ${passed} passed` }],
});

describe('what was proven on real machines', () => {
  const labs = readmeLabs();

  it('is what the README tells', () => {
    const tables = readmeTables(readProofs());
    assert.equal(tables.told, tables.true, 'npm run e2e -- LAB --record writes the table');
  });

  it('is of labs and stages that are shipped', () => {
    for (const proof of readProofs()) {
      const lab = labs.find((each) => each.name === proof.lab);
      assert.deepEqual(proof.stages, lab?.stages, `${proof.lab} changed its stages: npm run e2e -- ${proof.lab}@${proof.provider} --record`);
      const names = proof.steps.map((step) => step.name);
      for (const stage of proof.stages) assert.ok(names.includes(`up, stage ${stage}`), `${proof.lab}: ${stage} was not brought up`);
      for (const stage of proof.stages.slice(0, -1)) assert.ok(names.includes(`the checks of ${stage} fail now`), `${proof.lab}: ${stage} is not told apart`);
      for (const step of ['a second play changes nothing', 'verify after all nodes were rebooted', 'mutations', 'down leaves nothing']) assert.ok(names.includes(step), `${proof.lab}: no step "${step}"`);
    }
  });

  it('is whole: nothing failed, nothing was skipped', () => {
    for (const proof of readProofs()) {
      const { failed, notRun } = countSteps([proof]);
      assert.deepEqual([failed, notRun, proof.checks.failed, proof.checks.notRun], [0, 0, 0, 0], proof.lab);
      assert.ok(proof.checks.passed > 0);
      const [caught, of] = proof.mutations.split(' of ');
      assert.ok(Number(caught) > 0 && caught === of, `${proof.lab}: mutations ${proof.mutations}`);
      assert.match(proof.commit, /^[0-9a-f]{7,}$/);
      const [survived, all] = proof.faults?.survived.split(' of ') ?? ['1', '1'];
      assert.ok(Number(survived) > 0 && survived === all, `${proof.lab}: faults ${survived} of ${all ?? ''}`);
    }
  });

  it('keeps one run of a lab on a provider, the newest', () => {
    const about = (commit: string) => (each: Ran) => ({ commit, command: `e2e ${each.lab}`, digest: 'd1' });
    const first = withRuns([], [run('b', 'docker', 1), run('a', 'docker', 2)], about('aaaaaaa'));
    const second = withRuns(first, [run('b', 'docker', 3), run('b', 'libvirt', 4)], about('bbbbbbb'));
    assert.deepEqual(second.map((each) => [each.lab, each.provider, each.checks.passed, each.commit, each.seconds]), [['a', 'docker', 2, 'aaaaaaa', 12], ['b', 'docker', 3, 'bbbbbbb', 12], ['b', 'libvirt', 4, 'bbbbbbb', 12]]);
  });

  it('adds what a run about faults found to the run of the same lab file, and keeps it through a newer one', () => {
    const about = (commit: string, digest = 'd1') => (each: Ran) => ({ commit, command: `e2e ${each.lab}`, digest });
    const whole = withRuns([], [run('a', 'docker', 2)], about('aaaaaaa'));
    const troubled = { ...run('a', 'docker', 9), mutations: '–', faults: '4 of 4' };
    const both = withRuns(whole, [troubled], about('bbbbbbb'));
    assert.deepEqual(both, [{ ...whole[0], faults: { survived: '4 of 4', commit: 'bbbbbbb' } }]);
    assert.deepEqual(withRuns(both, [run('a', 'docker', 5)], about('ccccccc')).map((each) => [each.checks.passed, each.faults?.survived]), [[5, '4 of 4']]);
    // Of another lab file, or of one that was never run as a whole, it tells nothing.
    assert.deepEqual(withRuns(both, [run('a', 'docker', 5)], about('ccccccc', 'd2')).map((each) => each.faults), [undefined]);
    assert.deepEqual(withRuns(whole, [troubled], about('bbbbbbb', 'd2')), whole);
    assert.deepEqual(withRuns([], [troubled], about('bbbbbbb')), []);
    assert.match(readmeTable([{ name: 'a', needs: [], stages: [], digest: 'd1' }], both), /checks 2\/0\/0, mutations 3 of 3, faults 4 of 4 \|/);
  });

  it('says plainly what was not run', () => {
    const shipped = (name: string, needs: readonly string[], digest = 'd1') => ({ name, needs, stages: [], digest });
    const proofs = withRuns([], [run('a', 'libvirt', 7), run('c', 'docker', 8)], () => ({ commit: 'aaaaaaa', command: '', digest: 'd1' }));
    const rows = readmeTable([shipped('a', ['ip_gre']), shipped('b', []), shipped('c', [], 'd2')], proofs).split('\n').slice(2);
    assert.deepEqual(rows, [
      "| a | not run; the host's kernel needs `ip_gre` | run: 1 of 1 steps, checks 7/0/0, mutations 3 of 3 | rendered only |",
      '| b | not run yet | not run yet | rendered only |',
      '| c | run, before its last change: 1 of 1 steps, checks 8/0/0, mutations 3 of 3 | not run yet | rendered only |',
    ]);
  });
});
