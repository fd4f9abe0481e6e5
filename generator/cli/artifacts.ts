/** What the verbs do about artifacts: bring them, pin them, put them where the play takes them, say what is missing. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fetchInto, lookFor, place, placeByHand, type Found } from '../drivers/artifact-cache.js';
import { formatLock, LOCK_FILE, neededArtifacts, originOf, parseLock, pathInOutput, pinOf, withPin, type Pin } from '../model/artifact.js';
import { Failure } from '../model/failure.js';
import type { Artifact } from '../model/lab.js';
import { MANIFEST } from '../write/manifest.js';
import { writeAtomic } from '../write/files.js';
import { readPlain, standingAt } from '../write/look.js';
import type { Context } from './context.js';
import type { OpenLab } from './open-lab.js';
import type { Progress } from './progress.js';
import { cacheFolder } from './running.js';

const cacheOf = (context: Context): string => join(cacheFolder(context), 'artifacts');

/** Of every stage, each once: another stage can be rendered in the same folder. */
function ofAllStages(open: OpenLab): readonly Artifact[] {
  const all = [...open.validated.labs.values()].flatMap(neededArtifacts);
  return [...new Map(all.map((each) => [`${each.name} ${originOf(each)} ${each.version} ${each.sha256 ?? ''}`, each])).values()];
}

/** Where pins are looked for, the first one first; new ones go beside the lab, or for a shipped lab to the user's own settings. */
function lockFiles(context: Context, open: OpenLab): { readonly read: readonly string[]; readonly write: string } {
  const settings = join(context.env['XDG_CONFIG_HOME'] ?? join(context.env['HOME'] ?? '/root', '.config'), 'labgen', LOCK_FILE);
  const beside = join(open.home, LOCK_FILE);
  const shipped = open.home === join(context.root, 'labs');
  return { read: [...new Set([join(open.folder, LOCK_FILE), ...(shipped ? [] : [beside]), settings])], write: shipped ? settings : beside };
}

function readPins(path: string): readonly Pin[] {
  const file = readPlain(path);
  if (file === undefined) return [];
  const pins = file === 'other' ? undefined : parseLock(file.content.toString());
  if (!pins) throw new Failure(2, `${path} is not a lock file of labgen`, 'Each artifact in it has a name, a version, a url and a sha256 of 64 hexadecimal digits. Mend it, or move it away and pin again.');
  return pins;
}

/** What an artifact has to be: as the lab says, else as the user pinned it. */
function wantedOf(context: Context, open: OpenLab, artifact: Artifact): string | undefined {
  return artifact.sha256 ?? pinOf(lockFiles(context, open).read.flatMap(readPins), artifact);
}

/** A rendered folder keeps its artifacts, and what they are pinned to: it stands alone. */
async function putInto(open: OpenLab, artifact: Artifact, found: { readonly path: string; readonly sha256: string }): Promise<void> {
  if (!existsSync(join(open.folder, MANIFEST))) return;
  const path = pathInOutput(artifact);
  if (standingAt(open.folder, path) === 'other') throw new Failure(1, `${join(open.folder, path)} is not a plain file in plain folders, so ${artifact.name} was not put there`, 'What was written there could land elsewhere. Look where it leads, and move it away.');
  await place(found, join(open.folder, path));
  if (artifact.sha256 === undefined) pin(join(open.folder, LOCK_FILE), artifact, found.sha256);
}

function pin(path: string, { name, version, url = '' }: Artifact, sha256: string): void {
  const pins = readPins(path);
  if (pinOf(pins, { name, version, url }) !== sha256) writeAtomic(path, formatLock(withPin(pins, { name, version, url, sha256 })));
}

/** Where an artifact lies in the rendered folder; nowhere, where the way there leads through a link. */
function inOutput(open: OpenLab, artifact: Artifact): readonly string[] {
  const path = pathInOutput(artifact);
  return standingAt(open.folder, path) === 'plain' ? [join(open.folder, path)] : [];
}

/** Brings every artifact of the lab; the number of them. @throws Failure (exit 3) at the first that cannot be had. */
export async function fetchAll(context: Context, open: OpenLab, { pin: pinning, progress }: { readonly pin: boolean; readonly progress: Progress }): Promise<number> {
  const cache = cacheOf(context);
  const all = ofAllStages(open);
  for (const artifact of all) {
    const wanted = wantedOf(context, open, artifact);
    let found: Found = await lookFor(cache, artifact, wanted, inOutput(open, artifact));
    let how = 'from the cache';
    if (found.state === 'different' || (found.state === 'missing' && artifact.url === undefined)) throw notUsable(cache, artifact, found);
    if (found.state === 'unpinned' && (!pinning || (artifact.url === undefined && found.path === undefined))) throw notUsable(cache, artifact, found);
    if (found.state !== 'ready') {
      if (found.state === 'unpinned' && found.path !== undefined && found.sha256 !== undefined) found = { state: 'ready', path: found.path, sha256: found.sha256 };
      else {
        progress.step(`fetching ${artifact.name} ${artifact.version}`);
        found = { state: 'ready', ...(await fetchInto(cache, artifact, wanted, { interrupt: context.interrupt, ...(context.fetch ? { fetch: context.fetch } : {}) })) };
        how = `from ${originOf(artifact)}`;
      }
      progress.clear();
    }
    context.out(`${artifact.name} ${artifact.version}: SHA-256 ${found.sha256}, ${how}\n`);
    if (wanted === undefined) {
      const { write } = lockFiles(context, open);
      pin(write, artifact, found.sha256);
      context.out(`  pinned in ${relative(context.cwd, write).startsWith('..') ? write : relative(context.cwd, write)}\n`);
    }
    await putInto(open, artifact, found);
  }
  return all.length;
}

/**
 * Before anything boots: every artifact of this stage is where the play takes it from.
 * @throws Failure (exit 3) that names it, its URL and what to do; the checks then count as not run.
 */
export async function artifactsInPlace(context: Context, open: OpenLab, verify: boolean): Promise<void> {
  const cache = cacheOf(context);
  for (const artifact of neededArtifacts(open.lab)) {
    const found = await lookFor(cache, artifact, wantedOf(context, open, artifact), inOutput(open, artifact));
    if (found.state === 'ready') await putInto(open, artifact, found);
    else {
      if (verify) context.out(`verify ${open.lab.name}: 0 passed, 0 failed, ${open.lab.checks.length} not run (artifact missing: ${artifact.name})\n`);
      throw notUsable(cache, artifact, found);
    }
  }
}

/** Artifacts the play cannot have found: what the checks would ask for was never set up. */
export function missingInFolder(open: OpenLab): readonly string[] {
  return neededArtifacts(open.lab).filter((artifact) => inOutput(open, artifact).length === 0).map((artifact) => artifact.name);
}

function notUsable(cache: string, artifact: Artifact, found: Found): Failure {
  const what = `${artifact.name} ${artifact.version}`;
  const from = `It comes from ${originOf(artifact)}`;
  const fetchable = artifact.url !== undefined;
  const byHand = placeByHand(cache, artifact);
  switch (found.state) {
    case 'different':
      return new Failure(3, `artifact ${what}: ${found.path} is not what it has to be (its SHA-256 is ${found.sha256})`, `${from}. Take that file away, then: labgen fetch`);
    case 'unpinned':
      return new Failure(3, `artifact missing: ${what}: nobody has said yet what its bytes have to be (sha256: unknown)`, `${from}\n${found.path === undefined ? `${fetchable ? 'Fetch and pin what lies there now: labgen fetch --pin\nOr put' : 'Put'} a file you trust at` : 'Pin the file that lies at'} ${byHand}${found.path === undefined ? ', then: labgen fetch --pin' : ` (SHA-256 ${found.sha256 ?? ''}): labgen fetch --pin`}.`);
    case 'missing':
    case 'ready':
      return new Failure(3, `artifact missing: ${what}`, `${from}\n${fetchable ? 'Fetch it: labgen fetch\nOr put' : 'Put'} the file at ${byHand}.`);
  }
}
