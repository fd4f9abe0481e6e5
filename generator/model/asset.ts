/**
 * Files beside a lab file that its output needs to stand alone, such as an image's build folder. A feature says which
 * ones (pure), `cli` reads them, and from then on they are values.
 */
import { createHash } from 'node:crypto';

export interface AssetWish {
  /** As written in the lab: relative to the lab file, with `/`. */
  readonly path: string;
  readonly kind: 'folder' | 'file';
  /** The folder of the output it is kept in, such as `images/web`. */
  readonly kept: string;
}

export interface AssetFile {
  /** Relative to the asset's folder in the output. */
  readonly path: string;
  readonly mode: number;
  readonly content: Uint8Array;
}

/** What was read, or why it could not be. */
export type Asset = AssetWish & ({ readonly files: readonly AssetFile[] } | { readonly problem: string });

/** What was read of a wish; undefined where nobody looked. */
export function findAsset(assets: readonly Asset[], wish: AssetWish): Asset | undefined {
  return assets.find((each) => each.path === wish.path && each.kept === wish.kept);
}

/** Two stages cannot keep different things in one place of the output: the second one is told so. */
export function clashesRefused(assets: readonly Asset[]): readonly Asset[] {
  const owners = new Map<string, string>();
  return assets.map((asset): Asset => {
    const owner = owners.get(asset.kept);
    if (owner === undefined) owners.set(asset.kept, asset.path);
    if (owner === undefined || owner === asset.path) return asset;
    return { path: asset.path, kind: asset.kind, kept: asset.kept, problem: `another stage keeps "${owner}" under that name` };
  });
}

/** One short name for the paths, modes and bytes of some files: the same files have it everywhere. */
export function hashOf(files: readonly AssetFile[]): string {
  const hash = createHash('sha256');
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${file.path}\0${file.mode.toString(8)}\0${file.content.length}\0`);
    hash.update(file.content);
  }
  return hash.digest('hex').slice(0, 16);
}
