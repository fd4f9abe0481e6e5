/** SECURITY.md names files, verbs, options and scripts: they are there, and what it says of numbers is what the code has. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from '../../generator/cli/commands.js';
import { contextOf, root } from '../support/context.js';
import { planFor } from '../support/labs.js';

const text = readFileSync(join(root, 'SECURITY.md'), 'utf8');
const source = (path: string): string => readFileSync(join(root, path), 'utf8');
const words = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
const commands = buildProgram(contextOf({}, root), () => {}).commands;

describe('SECURITY.md', () => {
  it('names files that are there', () => {
    const files = words.filter((word) => /^(spec|generator|templates|scripts)\//.test(word));
    assert.ok(files.length > 10);
    assert.deepEqual(files.filter((path) => !existsSync(join(root, path))), []);
  });

  it('names verbs, options and scripts that exist', () => {
    const verbs = words.flatMap((word) => /^labgen ([a-z]+)/.exec(word)?.[1] ?? []);
    assert.ok(verbs.length > 4);
    assert.deepEqual(verbs.filter((verb) => !commands.some((command) => command.name() === verb)), []);
    const options = words.flatMap((word) => (/^--[a-z-]+$/.test(word) ? [word] : []));
    assert.deepEqual(options.filter((option) => !commands.some((command) => command.options.some((each) => each.long === option))), []);
    const scripts = words.flatMap((word) => /^npm run ([a-z0-9]+)/.exec(word)?.[1] ?? []);
    assert.deepEqual(scripts.filter((name) => !(name in (JSON.parse(source('package.json')) as { scripts: object }).scripts)), []);
  });

  it('names what is rendered, and the limits that are in force', () => {
    const plan = planFor('lab: t\nnodes: { a: {} }\nartifacts: { weave: { url: "https://files.lab/weave", version: v1, sha256: unknown } }\nweave: { password: for-this-test }\n', 't');
    assert.equal(plan.find((file) => file.path === 'nodes/a/weave-secret.env')?.mode, 0o600);
    const vagrantfile = source('templates/base/Vagrantfile.hbs');
    for (const part of ['.labgen", "known_hosts"', 'config.ssh.insert_key = true', 'PasswordAuthentication no']) assert.ok(vagrantfile.includes(part), part);
    assert.match(source('generator/drivers/download.ts'), /^const REDIRECTS = 5;$/m);
    assert.match(source('generator/drivers/artifact-cache.ts'), /^const MAX_BYTES = 1 << 30;\nconst TIMEOUT_MS = 15 \* 60_000;$/m);
    assert.match(source('generator/engine/state.ts'), /makeFolder\(folder, 0o711\)/);
    assert.match(source('generator/engine/places.ts'), /run: '\/run\/labgen', data: '\/var\/lib\/labgen\/engines'/);
  });
});
