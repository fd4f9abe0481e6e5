/** Artifacts: which ones a lab needs, where each lies, and the user's lock file that says what an unknown one has to be. */
import { parseJson, textOf, treesOf } from './foreign.js';
import type { Artifact, Lab } from './lab.js';

/** Those some node needs, in the lab's order. */
export function neededArtifacts(lab: Pick<Lab, 'artifacts' | 'artifactUses'>): readonly Artifact[] {
  const used = new Set(lab.artifactUses.map((use) => use.artifact));
  return lab.artifacts.filter((artifact) => used.has(artifact.name));
}

/** Where it comes from, for people. */
export function originOf({ url, about }: Pick<Artifact, 'url' | 'about'>): string {
  return url ?? (about || 'no URL; it is made by hand');
}

/** In the output, from where the play takes it. */
export function pathInOutput(artifact: Pick<Artifact, 'name' | 'file'>): string {
  return `artifacts/${artifact.name}/${artifact.file}`;
}

export function pathOnNode(artifact: Pick<Artifact, 'name' | 'file'>): string {
  return `/var/lib/labgen/${pathInOutput(artifact)}`;
}

/** The play's variable that tells whether it was brought anew: what runs from it is then started again. */
export function variableOf(artifact: string): string {
  return `labgen_artifact_${artifact.replaceAll('-', '_')}`;
}

/** One line of a lock file: these bytes are what this URL and version stand for. */
export interface Pin {
  readonly name: string;
  readonly version: string;
  /** Empty for what has none. */
  readonly url: string;
  readonly sha256: string;
}

export const LOCK_FILE = 'labgen-lock.json';

/** What the user pinned for an artifact; another URL or version is another artifact. */
export function pinOf(pins: readonly Pin[], artifact: Pick<Artifact, 'name' | 'version' | 'url'>): string | undefined {
  return pins.find((pin) => isSame(pin, { ...artifact, url: artifact.url ?? '' }))?.sha256;
}

export function withPin(pins: readonly Pin[], pin: Pin): readonly Pin[] {
  return [...pins.filter((each) => !isSame(each, pin)), pin].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function isSame(pin: Pin, other: Omit<Pin, 'sha256'>): boolean {
  return keyOf(pin) === keyOf(other);
}

function keyOf({ name, version, url }: Omit<Pin, 'sha256'>): string {
  return `${name} ${version} ${url}`;
}

export function formatLock(pins: readonly Pin[]): string {
  return `${JSON.stringify({ format: 1, about: 'What labgen fetch --pin got, and will take from now on.', artifacts: pins }, null, 2)}\n`;
}

/** Undefined where the text is not a lock file: a pin that cannot be read must not count as none. */
export function parseLock(text: string): readonly Pin[] | undefined {
  const list = treesOf((parseJson(text) as { artifacts?: unknown } | null | undefined)?.artifacts);
  const pins = list?.flatMap((each): Pin[] => {
    const [name, version, url, sha256] = ['name', 'version', 'url', 'sha256'].map((key) => textOf(each[key]));
    return name === undefined || version === undefined || url === undefined || !/^[0-9a-f]{64}$/.test(sha256 ?? '') ? [] : [{ name, version, url, sha256: sha256 ?? '' }];
  });
  return pins?.length === list?.length ? pins : undefined;
}
