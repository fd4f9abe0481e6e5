/** From a resolved lab to the list of files. Pure: the same lab gives the same bytes everywhere. */
import { type Asset } from '../model/asset.js';
import type { Feature } from '../features/feature.js';
import type { Lab } from '../model/lab.js';
import type { FileRequest, PlannedFile } from '../model/plan.js';
import { keptFiles, KEPT_FRAGMENTS, KEPT_VARS, type Kept } from './kept.js';
import type { Render } from '../render/renderer.js';
import { baseFiles, type Origin } from './base-files.js';
import { drawingOf, PICTURE } from './drawing.js';
import { handoutFile } from './handout.js';
import type { StageMatrix } from './stage-matrices.js';
import { partsByNode } from './index-by-node.js';
import { nodeFiles } from './node-files.js';

export interface PlanRequest {
  readonly lab: Lab;
  readonly features: readonly Feature[];
  readonly render: Render;
  readonly origin: Origin;
  /** What lies beside the lab file goes with it, whichever stage needs it: another stage can be rendered from the output. */
  readonly assets?: readonly Asset[];
  /** Who reaches whom, for the handout. */
  readonly matrices: readonly StageMatrix[];
  /** Kept beside the output, so that verbs work there without the lab file. */
  readonly kept: Kept;
}

export function planLab({ lab, features, render, origin, assets = [], matrices, kept }: PlanRequest): readonly PlannedFile[] {
  const parts = partsByNode(lab);
  const drawing = drawingOf(lab, features);
  const requests: FileRequest[] = [
    ...baseFiles(lab, features, origin, render, [...(kept.fragments.length > 0 ? [KEPT_FRAGMENTS] : []), ...(kept.vars.length > 0 ? [KEPT_VARS] : [])]),
    handoutFile(lab, origin, render, matrices, drawing),
    ...lab.nodes.flatMap((node) => nodeFiles(lab, node, parts(node.name))),
    ...features.flatMap((feature) => feature.files?.(lab) ?? []),
  ];
  const files: PlannedFile[] = requests.map((request) => ({ path: request.path, mode: request.mode, content: bytes(render(request.template, request.view)) }));
  if (drawing) files.push({ path: PICTURE, mode: 0o644, content: bytes(drawing.svg) });
  for (const asset of assets) if ('files' in asset) files.push(...asset.files.map((file) => ({ path: `${asset.kept}/${file.path}`, mode: file.mode, content: file.content })));
  files.push(...keptFiles(origin.name, kept));
  return checked(files);
}

/**
 * One line break at the end and none to spare: what is left over where a list was empty. As bytes, which is what is
 * hashed and written: one arrow in a text doubles its string, and strings put together stay in pieces.
 */
function bytes(text: string): Uint8Array {
  return Buffer.from(`${text.replaceAll(/\n{3,}/g, '\n\n').trimEnd()}\n`);
}

/** Two owners of one path, or a path outside the folder, are bugs of a feature. */
function checked(files: readonly PlannedFile[]): readonly PlannedFile[] {
  const seen = new Set<string>();
  for (const { path } of files) {
    if (path.startsWith('/') || path.includes('\\') || path.split('/').some((part) => part === '..' || part === '.' || part === '')) throw new Error(`a planned path leaves the output folder: ${path}`);
    if (seen.has(path.toLowerCase())) throw new Error(`two owners of one file: ${path}`);
    seen.add(path.toLowerCase());
  }
  return files;
}
