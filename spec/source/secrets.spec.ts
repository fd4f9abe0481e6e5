/** A password that is wrong, or stands beside what is: no message says it, in whatever form, wherever it comes from. */
import assert from 'node:assert/strict';
import { inFolder, labgen } from '../support/context.js';
import { writeInto } from '../support/trees.js';

const HEAD = 'lab: caged\nnodes: { host: {} }\nartifacts: { weave: { url: "https://example.org/weave", version: v2.8.1, sha256: unknown } }\n';
const weave = (password: string, more = ''): string => `${HEAD}weave: { nodes: [host], ${more}password: ${password} }\n`;
const DECLARED = 'vars: { pw: { type: string } }\n';

interface Case {
  readonly lab: string;
  readonly vars?: string;
  readonly args?: readonly string[];
  /** What nobody may read. */
  readonly secret: string;
  readonly told: RegExp;
}

const CASES: Readonly<Record<string, Case>> = {
  'of a wrong form, in a file of --vars': { lab: DECLARED + weave('{ var: pw }'), vars: 'pw: "Tr0ub4 dor3"\n', secret: 'Tr0ub4', told: /^lab\.yaml:5:35: error LG015: ••• is not 8 or more printable characters without blanks \(at weave\.password\)\n {3}5 \| .*\n {5}\| {35}\^\n {7}Needed: 8 or more printable/ },
  'too short, in a file of --vars': { lab: DECLARED + weave('{ var: pw }'), vars: 'pw: hunter2\n', secret: 'hunter2', told: /LG014: ••• is shorter than 8 characters \(at weave\.password\)\n[^]*Needed: 8 or more printable/ },
  'very short': { lab: DECLARED + weave('{ var: pw }'), vars: 'pw: x7\n', secret: 'x7', told: /LG014: ••• is shorter than 8 characters/ },
  'too long': { lab: DECLARED + weave('{ var: pw }'), vars: `pw: ${'hunter2-'.repeat(40)}\n`, secret: 'hunter2', told: /LG014: ••• is longer than 200/ },
  'a number, of a variable that is to be a text': { lab: DECLARED + weave('{ var: pw }'), vars: 'pw: 73519\n', secret: '73519', told: /LG153: ••• is not a text, which the variable "pw" has to be[^]*Put it in quotes: "•••"/ },
  'a list, of a variable that is to be a text': { lab: DECLARED + weave('{ var: pw }'), vars: 'pw: [hunter2]\n', secret: 'hunter2', told: /1 \| pw: \[•••\]\n/ },
  'a short number': { lab: DECLARED + weave('{ var: pw }'), vars: 'pw: 735\n', secret: '735', told: /LG153: ••• is not a text/ },
  'none of the legal ones': { lab: 'vars: { pw: { type: string, enum: [legal-legal, other-other] } }\n' + weave('{ var: pw }'), vars: 'pw: hunter2-hunter2\n', secret: 'hunter2', told: /LG153: "•••" is not a legal value/ },
  'by --set, as it is': { lab: weave('good-password'), args: ['--set', 'weave.password=hunter2'], secret: 'hunter2', told: /^--set weave\.password=…: error LG014: •••/ },
  'by --set of a variable': { lab: DECLARED + weave('{ var: pw }'), args: ['--set', 'vars.pw=hunter2'], secret: 'hunter2', told: /LG014: ••• is shorter/ },
  'by --set of what is not there': { lab: weave('good-password'), args: ['--set', 'weave.pasword=hunter2'], secret: 'hunter2', told: /LG021: there is no key "pasword"/ },
  'by --set, no YAML': { lab: weave('good-password'), args: ['--set', 'weave.password=*hunter2'], secret: 'hunter2', told: /the value of --set weave\.password is not readable: Alias resolution is disabled\n/ },
  'by --set, with a blank in its path': { lab: weave('good-password'), args: ['--set', 'weave .password=hunter2'], secret: 'hunter2', told: /--set weave \.password=… is not PATH=VALUE/ },
  'in the lab itself': { lab: weave('hunter2'), secret: 'hunter2', told: /4 \| weave: \{ nodes: \[host\], password: ••• \}\n/ },
  'a number in the lab itself': { lab: weave('73519735'), secret: '73519735', told: /LG012: ••• is not a text[^]*Put it in quotes\.\n/ },
  'right, behind what is wrong': { lab: weave('hunter2-hunter2', 'version: 1, '), secret: 'hunter2', told: /password: ••• \}\n/ },
  'right, before what is wrong': { lab: `${HEAD}weave: { password: 'hunter2-it''s', nodez: [host] }\n`, secret: 'hunter2', told: /4 \| weave: \{ password: '•••', nodez: \[host\] \}\n {5}\| {27}\^\n/ },
  'a default that is not taken, beside what is wrong': { lab: `vars: { pw: { type: string, default: hunter2-hunter2 }, x: { typo: 1 } }\n${weave('{ var: pw }')}`, vars: 'pw: another-password\n', secret: 'hunter2', told: /default: ••• \}/ },
  'of one stage': { lab: `${weave('good-password')}stages: [{ name: a }, { name: b, weave: { password: hunter2 } }]\n`, secret: 'hunter2', told: /weave: \{ password: ••• \}/ },
  'by a mistyped key': { lab: `${HEAD}weave: { nodes: [host], pasword: hunter2-hunter2 }\n`, secret: 'hunter2', told: /LG010: unknown key "pasword"[^]*pasword: ••• \}\n[^]*"password"/ },
  'by a key that is no other': { lab: `${HEAD}weave: { nodes: [host], passphrase: hunter2-hunter2 }\n`, secret: 'hunter2', told: /passphrase: ••• \}\n/ },
  'in a mistyped block': { lab: `${HEAD}waeve: { nodes: [host], password: hunter2-hunter2 }\n`, secret: 'hunter2', told: /waeve: \{ nodes: \[host\], password: ••• \}\n/ },
  'outside its block': { lab: `${HEAD}weave: { nodes: [host] }\npassword: hunter2-hunter2\n`, secret: 'hunter2', told: /password: •••\n/ },
  'in a block of another feature': { lab: `${HEAD}weave: { nodes: [host] }\n`.replace('host: {}', 'host: { password: hunter2-hunter2 }'), secret: 'hunter2', told: /host: \{ password: ••• \}/ },
  'in a block that has no such name': { lab: `${HEAD}weave-net: { password: hunter2-hunter2 }\n`, secret: 'hunter2', told: /weave-net: \{ password: ••• \}/ },
  'by a mistyped key, very short': { lab: `${HEAD}weave: { nodes: [host], Password: x7 }\n`, secret: 'x7', told: /Password: ••• \}\n/ },
  'by a mistyped key, in a lab that is no YAML': { lab: `${HEAD}weave: { nodes: [host], pasword: "hunter2 }\n`, secret: 'hunter2', told: /LG001/ },
  'in a list that should be none': { lab: `${HEAD}weave: [{ password: hunter2-hunter2 }]\n`, secret: 'hunter2', told: /LG012: \[\{"password":"•••"\}\] is not a map/ },
  'in a lab that is no YAML': { lab: `${HEAD}weave: { nodes: [host], password: "hunter2 }\n`, secret: 'hunter2', told: /LG001/ },
  'in a file of --vars that is no YAML': { lab: DECLARED + weave('{ var: pw }'), vars: 'pw: "hunter2\n', secret: 'hunter2', told: /sec\.yaml:1:\d+: error LG001/ },
  'an alias that leads nowhere': { lab: weave('*hunter2'), secret: 'hunter2', told: /LG001/ },
};

describe('a secret that is wrong', () => {
  for (const [title, { lab, vars, args = [], secret, told }] of Object.entries(CASES)) {
    it(`${title}: is said in no format`, () => inFolder(async (folder) => {
      writeInto(folder, 'lab.yaml', lab);
      if (vars !== undefined) writeInto(folder, 'sec.yaml', vars);
      const given = ['lab.yaml', ...(vars === undefined ? [] : ['--vars', 'sec.yaml']), ...args];
      for (const [verb, ...more] of [['validate'], ['render', '-o', 'out'], ...['json', 'github', 'sarif', 'junit'].map((format) => ['validate', '--format', format])]) {
        const { code, out, err } = await labgen(folder, verb ?? '', ...given, ...more);
        assert.equal(code, 2, out + err);
        assert.ok(!(out + err).includes(secret), out + err);
        if (more.length === 0) assert.match(out + err, told);
      }
    }));
  }

  it('leaves what is not secret as it is', () => inFolder(async (folder) => {
    writeInto(folder, 'lab.yaml', `${DECLARED}${weave('{ var: pw }')}containers: { c1: { node: hots } }\n`);
    writeInto(folder, 'sec.yaml', 'pw: correct-horse\n');
    assert.match((await labgen(folder, 'validate', 'lab.yaml', '--vars', 'sec.yaml')).out, /LG040: there is no node "hots"[^]*\| containers: \{ c1: \{ node: hots \} \}\n[^]*Did you mean "host"/);
  }));

  it('leaves variables of containers as they are, which are public, and what only a comment calls so', async () => {
    await inFolder(async (folder) => {
      writeInto(folder, 'lab.yaml', `${HEAD}weave: { nodes: [host] }\ncontainers: { c1: { node: hots, env: { DB_PASSWORD: postgres }, image: postgres } }\n`);
      assert.match((await labgen(folder, 'validate', 'lab.yaml')).out, /node: hots, env: \{ DB_PASSWORD: postgres \}, image: postgres/);
      writeInto(folder, 'lab.yaml', `# passes: nodes\n${HEAD}nodes: {\n`);
      assert.match((await labgen(folder, 'validate', 'lab.yaml')).out, /\| nodes: \{\n/);
      writeInto(folder, 'lab.yaml', 'lab: t\nnodes: { passive: { memory: 2048, dokcer: false } }\n');
      assert.match((await labgen(folder, 'validate', 'lab.yaml')).out, /passive: \{ memory: 2048, dokcer: false \}/);
    });
  });

  it('takes no time on a line without end', async () => inFolder(async (folder) => {
    writeInto(folder, 'lab.yaml', `${HEAD}nodez: ${'a'.repeat(900_000)}\n`);
    const begun = performance.now();
    assert.equal((await labgen(folder, 'validate', 'lab.yaml')).code, 2);
    assert.ok(performance.now() - begun < 20_000);
  }));

  it('is not told by new, of a render that was given one', () => inFolder(async (folder) => {
    writeInto(folder, 'lab.yaml', weave('good-password'));
    assert.equal((await labgen(folder, 'render', 'lab.yaml', '-o', 'out', '--set', 'weave.password=hunter2-hunter2', '--set', 'nodes.host.memory=2048')).code, 0);
    const { code, out, err } = await labgen(folder, 'new', 'mine', '--from', './out');
    assert.equal(code, 0, err);
    assert.match(out, /told by --set is not in it: weave\.password=••• nodes\.host\.memory=2048\n/);
  }));
});
