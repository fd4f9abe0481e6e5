import assert from 'node:assert/strict';
import { basesOf } from '../../generator/features/images/sources.js';
import { hashOf, type AssetFile } from '../../generator/model/asset.js';
import { validateLab, labAt, planOf } from '../../generator/plan/pipeline.js';
import { contentOf, labText, planFor } from '../support/labs.js';

const file = (path: string, text: string, mode = 0o644): AssetFile => ({ path, mode, content: new TextEncoder().encode(text) });
const LAB = 'lab: t\nnodes: { a: {}, b: {} }\nimages:\n  base: { build: base }\n  web: { build: web }\n  idle: { tar: idle.tar }\ncontainers:\n  c1: { node: b, image: web }\n';
const assets = (dockerfile = 'FROM toolbox\n') => [
  { path: 'base', kind: 'folder' as const, kept: 'images/base', files: [file('Dockerfile', dockerfile)] },
  { path: 'web', kind: 'folder' as const, kept: 'images/web', files: [file('Dockerfile', 'FROM base\n'), file('data', '\0\u00ff')] },
  { path: 'idle.tar', kind: 'file' as const, kept: 'images/idle', files: [{ path: 'idle.tar', mode: 0o644, content: new Uint8Array([0, 255, 254]) }] },
];
const resolved = (dockerfile?: string) => {
  const validated = validateLab('t', LAB, [], assets(dockerfile));
  const lab = labAt(validated, undefined);
  return typeof lab === 'string' ? assert.fail(JSON.stringify(validated.problems)) : { lab, plan: planOf(validated, lab, 't') };
};

describe('images', () => {
  it('go where they are used, with what they are built from; toolbox too', () => {
    const { lab } = resolved();
    assert.deepEqual(lab.images.map((image) => `${image.name} ${image.kind} ${image.nodes.join(' ')}`), ['toolbox toolbox b', 'base build b', 'web build b', 'idle tar ']);
    assert.deepEqual(lab.packages.filter((each) => each.name === 'socat').map((each) => each.node), ['b']);
  });

  it('are made anew when a base is: the hash follows', () => {
    const [one, two] = [resolved().lab, resolved('FROM toolbox\nRUN true\n').lab];
    for (const name of ['base', 'web']) assert.notEqual(one.images.find((each) => each.name === name)?.hash, two.images.find((each) => each.name === name)?.hash);
    assert.equal(one.images.at(-1)?.hash, two.images.at(-1)?.hash);
  });

  it('have one hash for the same files in any order, another for another mode or border', () => {
    const [a, b] = [file('a', 'x'), file('b', 'y')];
    assert.equal(hashOf([a, b]), hashOf([b, a]));
    assert.notEqual(hashOf([a]), hashOf([file('a', 'x', 0o755)]));
    assert.notEqual(hashOf([file('a', 'xb')]), hashOf([file('ax', 'b')]));
  });

  it('begin with what their Dockerfile says, not with its own stages', () => {
    assert.deepEqual(basesOf([file('Dockerfile', '# FROM no\nFROM --platform=linux/amd64 toolbox:latest AS made\nCOPY x x\nfrom made\nFROM other\n')]), ['toolbox', 'other']);
    assert.deepEqual(basesOf([file('sub/Dockerfile', 'FROM x\n')]), []);
  });

  it('are rendered byte for byte, whatever they hold', () => {
    const { plan } = resolved();
    assert.deepEqual(plan.find((each) => each.path === 'images/idle/idle.tar')?.content, new Uint8Array([0, 255, 254]));
    assert.deepEqual(plan.find((each) => each.path === 'images/web/data')?.content, file('data', '\0\u00ff').content);
  });

  it('rebuild the containers that use them', () => {
    const script = contentOf(resolved().plan, 'nodes/b/labgen-containers.sh');
    assert.match(script, /\n {2}toolbox\n {2}build base [0-9a-f]{16}\n {2}build web [0-9a-f]{16}\n/);
    assert.match(script, /container c1 --detach[\s\S]*--label labgen\.image=[0-9a-f]{16}[\s\S]* web\n/);
    assert.doesNotMatch(contentOf(resolved().plan, 'nodes/a/labgen-containers.sh'), /build base/);
  });

  it('of labs nobody read the files of are not judged', () => {
    assert.deepEqual(validateLab('t', LAB).problems, []);
  });
});

describe('links', () => {
  it('start the one linked to first, and lose no container', () => {
    const script = contentOf(planFor(labText('composed'), 'composed'), 'nodes/one/labgen-containers.sh');
    const order = [...script.matchAll(/^ {2}container (\S+)/gm)].map((match) => match[1]);
    assert.deepEqual(order, ['store', 'front', 'keep', 'api']);
    assert.match(script, /needs front store\n/);
  });

  it('leave the default bridge unnamed, which docker run demands', () => {
    const script = contentOf(planFor(labText('composed'), 'composed'), 'nodes/one/labgen-containers.sh');
    assert.match(script, /container front --detach \\\n {4}--restart always \\\n {4}--link store:db/);
    assert.match(script, /container api [\s\S]*?--network app[\s\S]*?--link keep:cache/);
  });
});
