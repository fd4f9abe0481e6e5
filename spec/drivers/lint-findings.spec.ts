/** What the tools print, read: places and rules, in the words of more than one version of each. */
import assert from 'node:assert/strict';
import { readAnsibleLint, readPlaybook, readRuby, readShellcheck, readVagrant, readYamllint, type ReadFindings } from '../../generator/drivers/lint-findings.js';

const CASES: readonly (readonly [title: string, read: ReadFindings, said: string, expected: readonly string[]])[] = [
  ['ruby', readRuby, "Vagrantfile:114: syntax error, unexpected '=', expecting `end'\n...g.vm = false\n...   ^\n", ["error Vagrantfile:114:0 ruby: syntax error, unexpected '=', expecting `end'"]],
  ['ruby 3.4', readRuby, 'ruby: Vagrantfile:3: syntax errors found (SyntaxError)\n  1 | a\n> 3 | (\n', ['error Vagrantfile:3:0 ruby: syntax errors found (SyntaxError)']],
  ['vagrant: Ruby, said twice', readVagrant, 'Vagrant failed to initialize at a very early stage:\n\n/lab/Vagrantfile:9: syntax error\nVagrantfile:9: syntax error\n', ['error Vagrantfile:9:0 vagrant: syntax error']],
  ['vagrant: a setting', readVagrant, "There are errors in the configuration of this machine.\n\nvm:\n* The following settings shouldn't exist: box_chekc_update\n", ["error Vagrantfile:0:0 vagrant: The following settings shouldn't exist: box_chekc_update"]],
  ['vagrant: anything else, in whole', readVagrant, 'No usable default provider could be found.\n', ['error Vagrantfile:0:0 vagrant: No usable default provider could be found.']],
  ['shellcheck', readShellcheck, 'nodes/a/x.sh:44:20: note: Double quote to prevent globbing. [SC2086]\nnodes/a/x.sh:1:1: error: Tips depend on target shell. [SC2148]\n', ['note nodes/a/x.sh:44:20 SC2086: Double quote to prevent globbing.', 'error nodes/a/x.sh:1:1 SC2148: Tips depend on target shell.']],
  ['ansible-playbook', readPlaybook, "ERROR! couldn't resolve module/action 'x'. This often indicates a misspelling.\n\nThe error appears to be in '/lab/site.yml': line 9, column 7, but may\nbe elsewhere in the file\n", ["error site.yml:9:7 ansible-playbook: couldn't resolve module/action 'x'. This often indicates a misspelling."]],
  ['ansible-playbook, ansible-core 2.19', readPlaybook, "[ERROR]: couldn't resolve module/action 'x'.\nOrigin: /lab/site.yml:9:7\n\n7   tasks:\n", ["error site.yml:9:7 ansible-playbook: couldn't resolve module/action 'x'."]],
  ['ansible-lint', readAnsibleLint, 'WARNING  Listing 2 violation(s) that are fatal\nsite.yml:9:7: syntax-check[specific]: no such module\nsite.yml:12: risky-file-permissions: File permissions unset or incorrect.\n\nFailed after : 2 failure(s)\n', ['error site.yml:9:7 syntax-check[specific]: no such module', 'error site.yml:12:0 risky-file-permissions: File permissions unset or incorrect.']],
  ['yamllint', readYamllint, 'inventory.yml:3:4: [error] wrong indentation: expected 4 but found 3 (indentation)\nsite.yml:9:1: [error] syntax error: found [ (syntax)\n', ['error inventory.yml:3:4 indentation: wrong indentation: expected 4 but found 3', 'error site.yml:9:1 syntax: syntax error: found [']],
];

describe('drivers/lint-findings', () => {
  for (const [title, read, said, expected] of CASES) {
    it(title, () => assert.deepEqual(read(said, '/lab', title.startsWith('ansible') ? ['site.yml'] : ['Vagrantfile']).map(({ level, file, line, column, rule, message }) => `${level} ${file}:${line}:${column} ${rule}: ${message}`), expected));
  }
});
