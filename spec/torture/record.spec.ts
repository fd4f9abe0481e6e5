/** What the README says was survived is what record.json says. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/context.js';
import { figuresText, readRecord, recordTables, withParts, type Kept } from './record.js';

const part = (name: string, labs: number): Kept => ({ part: name, title: name, figures: { labs, effects: 0 }, seconds: 1, commit: 'abcdef0', command: `npm run torture -- ${name}` });

describe('what the torture found', () => {
  it('is what the README tells', () => {
    const tables = recordTables(readRecord());
    assert.equal(tables.told, tables.true, 'npm run torture -- --record writes the table');
  });

  it('is of parts that there are, and left nothing behind', () => {
    for (const { part: name, figures, commit, command } of readRecord()) {
      assert.ok(existsSync(join(root, 'spec/torture', `${name}.ts`)), name);
      assert.ok(Object.values(figures).some((count) => count > 0), name);
      for (const bad of ['leftovers', 'effects', 'crashes', 'hangs', 'lost']) assert.equal(figures[bad] ?? 0, 0, `${name}: ${bad}`);
      assert.match(commit, /^[0-9a-f]{7,}$/);
      assert.ok(command.startsWith('npm run torture -- '), command);
    }
  });

  it('keeps one run of a part, the newest', () => {
    const kept = withParts(withParts([], [part('b', 1), part('a', 2)]), [part('b', 3)]);
    assert.deepEqual(kept.map((each) => `${each.part}: ${figuresText(each.figures)}`), ['a: 2 labs, 0 effects', 'b: 3 labs, 0 effects']);
  });
});
