import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, labgen } from '../support/context.js';
import { readSvg } from '../support/svg.js';

describe('labgen graph', () => {
  it('prints a picture, or writes it into a file', () => inFolder(async (folder) => {
    const printed = await labgen(folder, 'graph', 'gre');
    assert.equal(printed.code, 0, printed.err);
    assert.ok(readSvg(printed.out).texts.some((text) => text.text.startsWith('GRE tunnel')));
    const written = await labgen(folder, 'graph', 'gre', '-o', 'pictures/gre.svg');
    assert.equal(written.code, 0, written.err);
    assert.equal(written.out, '');
    assert.equal(readFileSync(join(folder, 'pictures/gre.svg'), 'utf8'), printed.out);
    mkdirSync(join(folder, 'there'));
    const refused = await labgen(folder, 'graph', 'gre', '-o', 'there');
    assert.equal(refused.code, 2);
    assert.match(refused.err, /there" is no place for a file/);
  }));

  it('draws the stage it is asked for', async () => {
    const texts = async (stage: string): Promise<string> => (await labgen('/', 'graph', 'ports', '--stage', stage, '--format', 'ascii')).out;
    assert.match(await texts('published'), /8080→5000/);
    assert.doesNotMatch(await texts('unpublished'), /8080/);
  });

  it('speaks the languages that others draw', async () => {
    assert.match((await labgen('/', 'graph', 'gre', '--format', 'mermaid')).out, /^graph LR\n {2}net_underlay/);
    assert.match((await labgen('/', 'graph', 'gre', '--format', 'dot')).out, /^graph "gre" \{[^]*"net-1\/foo" -- "tunnel net-1\/foo" \[style=dashed\];[^]*\}\n$/);
    assert.match((await labgen('/', 'graph', 'gre', '--format', 'ascii', '--ascii-only')).out, /^[\n -~]+$/);
    const { hubs } = JSON.parse((await labgen('/', 'graph', 'gre', '--format', 'json')).out) as { hubs: { kind: string; ends: string[] }[] };
    assert.deepEqual(hubs.map(({ kind, ends }) => [kind, ends]), [['tunnel', ['net-1/foo', 'net-2/bar']], ['network', ['net-1/eth1', 'net-2/eth1', 'outside/eth1']]]);
  });

  it('says that a lab is too large', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'large.yaml'), 'lab: large\nnodes: { a: { count: 51 } }\n');
    const { code, out, err } = await labgen(folder, 'graph', 'large.yaml');
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /large is too large for a picture/);
  }));
});
