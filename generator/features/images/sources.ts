/** The `images:` block as written, and what it needs from beside the lab file. */
import { findAsset, type AssetFile, type AssetWish } from '../../model/asset.js';
import type { Ground } from '../../model/ground.js';
import { isTree, type Tree } from '../../model/merge.js';

export interface ImageSource {
  readonly name: string;
  readonly kind: 'build' | 'tar';
  /** As written; may still be of any form. */
  readonly path: unknown;
}

export function imageSources(source: Tree): readonly ImageSource[] {
  const block = isTree(source['images']) ? source['images'] : {};
  return Object.entries(block).flatMap(([name, value]): ImageSource[] => {
    const tree = isTree(value) ? value : {};
    return (['build', 'tar'] as const).filter((kind) => tree[kind] !== undefined).map((kind) => ({ name, kind, path: tree[kind] }));
  });
}

export const ASSET_PATH = '^(\\./)?[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$';

/** Undefined where the path or the name has not the form that the schema asks for: nothing is read for such a one. */
export function wishOf({ name, kind, path }: ImageSource): AssetWish | undefined {
  if (typeof path !== 'string' || !new RegExp(ASSET_PATH).test(path) || !/^[a-z][a-z0-9-]*$/.test(name)) return undefined;
  return { path: path.replace(/^\.\//, ''), kind: kind === 'build' ? 'folder' : 'file', kept: `images/${name}` };
}

/** The files of an image; undefined where they were not read. */
export function filesOf(ground: Ground, image: ImageSource): readonly AssetFile[] | undefined {
  const wish = wishOf(image);
  const asset = wish && findAsset(ground.assets, wish);
  return asset && 'files' in asset ? asset.files : undefined;
}

/** Images a Dockerfile begins with, in order, those of its own stages left out. */
export function basesOf(files: readonly AssetFile[]): readonly string[] {
  const bases: string[] = [];
  const stages = new Set<string>();
  for (const line of dockerfileLines(files)) {
    const [, base, stage] = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? [];
    if (base === undefined) continue;
    if (!stages.has(base.toLowerCase())) bases.push(base.replace(/:latest$/, ''));
    if (stage !== undefined) stages.add(stage.toLowerCase());
  }
  return bases;
}

/** Ports a Dockerfile says its containers listen on: `5000/tcp`. One given by a variable is known to docker build alone. */
export function exposedBy(files: readonly AssetFile[]): readonly string[] {
  return dockerfileLines(files).flatMap((line) => /^\s*EXPOSE\s+(.*)$/i.exec(line)?.[1]?.trim().split(/\s+/) ?? []).filter((port) => /^\d{1,5}(\/(tcp|udp))?$/.test(port)).map((port) => (port.includes('/') ? port : `${port}/tcp`));
}

function dockerfileLines(files: readonly AssetFile[]): readonly string[] {
  return new TextDecoder().decode(files.find((file) => file.path === 'Dockerfile')?.content ?? new Uint8Array()).split('\n');
}
