import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './support/context.js';

describe('ARCHITECTURE.md', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const listed = text.split(/^### /m).slice(1).flatMap((section) => {
    const room = /^(\S+):/.exec(section)?.[1] ?? '';
    return [...section.matchAll(/^- `([^`]+)`: (.*)$/gm)].map((match) => ({ path: `${room}/${match[1] ?? ''}`, about: match[2] ?? '' }));
  });
  const there = (readdirSync(join(root, 'generator'), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts') && !name.startsWith('generated/'))
    .map((name) => `generator/${name}`);

  it('lists every file of the generator, and no other', () => {
    assert.deepEqual(listed.map((each) => each.path).sort(), there.sort());
  });

  it('says something about each', () => {
    assert.deepEqual(listed.filter((each) => each.about.trim().length < 8).map((each) => each.path), []);
  });
});
