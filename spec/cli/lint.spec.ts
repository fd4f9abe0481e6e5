/** labgen lint: what came of each tool, in every format; what is missing is said. (spec/rendered tries the tools themselves.) */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LintResult } from '../../generator/model/finding.js';
import { lintClosing, lintGithub, lintJunit, lintLine, lintSarif } from '../../generator/report/lint.js';
import { inFolder, labgen, labgenIn } from '../support/context.js';
import { placesOf, sarifOf } from '../support/sarif.js';

const RESULTS: readonly LintResult[] = [
  { tool: 'ruby -c', state: 'passed', files: 1, findings: [], said: '', seconds: 0.25 },
  { tool: 'shellcheck', state: 'failed', files: 6, said: 'as it said', seconds: 1, findings: [{ rule: 'SC2086', level: 'note', file: 'gre/nodes/net-1/labgen-network.sh', line: 44, column: 20, message: 'Double quote, <please>.' }] },
  { tool: 'vagrant validate', state: 'failed', files: 1, said: 'as it said', seconds: 2, findings: [{ rule: 'vagrant', level: 'error', file: 'gre/Vagrantfile', line: 0, column: 0, message: 'first line\n\u001b[31msecond: line' }] },
  { tool: 'yamllint', state: 'not-run', files: 2, findings: [], said: 'yamllint is not installed', seconds: 0 },
];

describe('labgen lint', () => {
  it('text: places, as far as they are known', () => assert.equal(RESULTS.map(lintLine).join('') + lintClosing(RESULTS), `✓ passed   ruby -c                          1 file, 0.3 s
✗ failed   shellcheck
    gre/nodes/net-1/labgen-network.sh:44:20: Double quote, <please>. (SC2086)
✗ failed   vagrant validate
    gre/Vagrantfile: first line
    \\x1b[31msecond: line
– not run  yamllint                         yamllint is not installed
lint: 1 passed, 2 failed, 1 not run
`));

  it('GitHub', () => {
    const said = '::notice file=gre/nodes/net-1/labgen-network.sh,line=44,col=20,title=shellcheck%3A SC2086::Double quote, <please>.\n::error file=gre/Vagrantfile,title=vagrant validate::first line%0A\\x1b[31msecond: line\n';
    assert.equal(lintGithub(RESULTS, false), `${said}::notice title=yamllint::not run: yamllint is not installed\n`);
    assert.equal(lintGithub(RESULTS, true), `${said}::error title=yamllint::not run: yamllint is not installed\n`);
  });

  it('SARIF: a run for each tool, also for what was not run', () => {
    const log = sarifOf(lintSarif(RESULTS));
    assert.deepEqual(log.runs.map((run) => `${run.tool.driver.name} ${String(run.invocations[0]?.executionSuccessful)}`), ['ruby -c true', 'shellcheck true', 'vagrant validate true', 'yamllint false']);
    assert.deepEqual(placesOf(log), ['gre/nodes/net-1/labgen-network.sh:44:20 SC2086', 'gre/Vagrantfile:1 vagrant']);
  });

  it('JUnit: one case a tool; what was not run is skipped, and with --strict an error', () => {
    const out = lintJunit(RESULTS, 'gre', false);
    assert.match(out, /<testsuites name="labgen lint gre" tests="4" failures="2" errors="0" skipped="1" time="3\.250">/);
    assert.match(out, /<testcase classname="lint gre" name="shellcheck" time="1\.000">\n {6}<failure message="1 finding" type="shellcheck">gre\/nodes\/net-1\/labgen-network\.sh:44:20: Double quote, &lt;please&gt;\. \(SC2086\)<\/failure>/);
    assert.match(out, /<skipped message="not run: yamllint is not installed"\/>/);
    assert.match(lintJunit(RESULTS, 'gre', true), /tests="4" failures="2" errors="1" skipped="0"/);
  });

  it('says its exit codes', async () => assert.match((await labgen('/', 'lint', '--help')).out, /^Exit codes: 0 no tool finds anything, 1 one does, 3 none does, but one was not run and --strict is given\.$/m));

  it('where no tool is there: all not run, 0, and 3 with --strict', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'gre', '-o', 'gre');
    const bare = { env: { PATH: join(folder, 'nothing') } };
    const { code, out } = await labgenIn(bare, folder, 'lint', 'gre', '--format', 'json');
    assert.equal(code, 0);
    const results = JSON.parse(out) as LintResult[];
    assert.deepEqual(results.map((each) => [each.state, / (is|are) not installed$/.test(each.said)]), results.map(() => ['not-run', true]), out);
    assert.equal(results.length, 8);
    assert.equal((await labgenIn(bare, folder, 'lint', 'gre', '--strict')).code, 3);
  }));

  it('what no file here is for is nothing that is missing', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'Vagrantfile'), '');
    mkdirSync(join(folder, 'bin'));
    const { code, out } = await labgenIn({ env: { PATH: join(folder, 'bin') } }, folder, 'lint', '--format', 'json');
    assert.equal(code, 0);
    assert.deepEqual((JSON.parse(out) as LintResult[]).filter((each) => each.said === 'no file here is for it').length, 6);
    rmSync(join(folder, 'Vagrantfile'));
    assert.equal((await labgen(folder, 'lint')).code, 2);
  }));
});
