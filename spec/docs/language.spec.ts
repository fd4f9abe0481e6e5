/** docs/language.md: what it shows is what labgen takes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { VARIABLE_TYPES } from '../../generator/model/variable-types.js';
import { inFolder, labgen, root } from '../support/context.js';
import { writeInto } from '../support/trees.js';

const PAGE = readFileSync(join(root, 'docs/language.md'), 'utf8');
const blocks = [...PAGE.matchAll(/^```(yaml|sh)\n([^]*?)^```$/gm)].map(([, language, text = '']) => ({ language, text }));
const yaml = blocks.filter((each) => each.language === 'yaml').map((each) => each.text);
/** A whole lab has a name; what begins with a path is the file there; the rest are parts. */
const labs = yaml.flatMap((text) => { const [, name] = /^lab: (\S+)$/m.exec(text) ?? []; return name === undefined ? [] : [{ name, text }]; });
const files = yaml.flatMap((text) => { const [, path] = /^# (\S+\.yaml)$/m.exec(text) ?? []; return path === undefined ? [] : [{ path, text }]; });

/** Variables that a lab of the page wants to be given, with the flags the page gives them by. */
const GIVEN: Readonly<Record<string, readonly string[]>> = { overlay: ['--vars', 'big.yaml', '--set', 'vars.secret=s3cret'] };

describe('docs/language.md', () => {
  it('shows YAML, and whole labs among it', () => {
    for (const text of yaml) assert.doesNotThrow(() => { parse(text); }, text);
    assert.ok(labs.length >= 5 && files.length >= 2, `${labs.length} labs, ${files.length} files`);
  });

  for (const { name, text } of labs) {
    it(`the lab "${name}" validates without a warning, and renders`, () => inFolder(async (folder) => {
      for (const each of files) writeInto(folder, each.path, each.text);
      writeInto(folder, `${name}.yaml`, text);
      const { code, out } = await labgen(folder, 'validate', `${name}.yaml`, '--strict', ...(GIVEN[name] ?? []));
      assert.equal(code, 0, out);
      assert.equal((await labgen(folder, 'render', `${name}.yaml`, '-o', 'out', ...(GIVEN[name] ?? []))).code, 0);
    }));
  }

  it('gives the command that a variable without a default needs', () => {
    for (const [name, flags] of Object.entries(GIVEN)) assert.ok(blocks.some((each) => each.language === 'sh' && each.text === `labgen render ${name}.yaml ${flags.join(' ')}\n`), name);
  });

  it('lists every type of a variable, and no other', () => {
    const [, list = ''] = /^A map declares a variable\. `type` is ([^]*?);/m.exec(PAGE) ?? [];
    assert.deepEqual([...list.matchAll(/`(\w+)`/g)].map(([, type]) => type), Object.keys(VARIABLE_TYPES));
  });
});
