/** The contract of a feature: one room under features/, found by the catalogue, never named by the core. */
import type { AssetWish } from '../model/asset.js';
import type { CheckKind, CheckRequest } from '../model/check.js';
import type { Fault } from '../model/fault.js';
import type * as M from '../model/lab.js';
import type { Rule } from '../model/rule.js';
import type { Ground, GroundReport } from '../model/ground.js';
import type { Host } from '../model/host.js';
import type { Tree } from '../model/merge.js';
import type { JsonSchema } from '../model/schema.js';
import type { FileRequest, NodeUnit, TaskRequest } from '../model/plan.js';
import type { WorldDraft, WorldPhase } from '../model/world-draft.js';

export type { Ground } from '../model/ground.js';

/** What features add to the model. Everything is optional and only ever added to. */
export interface Contributions {
  readonly containers?: readonly M.Container[];
  readonly images?: readonly M.Image[];
  readonly artifacts?: readonly M.Artifact[];
  readonly artifactUses?: readonly M.ArtifactUse[];
  readonly flannelNodes?: readonly M.FlannelNode[];
  readonly weaveRouters?: readonly M.WeaveRouter[];
  readonly weaveLeavers?: readonly string[];
  readonly links?: readonly M.Link[];
  readonly removals?: readonly M.Removal[];
  readonly pipework?: readonly M.Pipework[];
  readonly routes?: readonly M.Route[];
  readonly rules?: readonly Rule[];
  readonly sysctls?: readonly M.Sysctl[];
  readonly daemonFlags?: readonly M.DaemonFlag[];
  readonly daemonVariables?: readonly M.DaemonVariable[];
  readonly containerNetworks?: readonly M.ContainerNetwork[];
  readonly containerNetworks6?: readonly M.ContainerNetwork6[];
  readonly dockerNetworks?: readonly M.DockerNetwork[];
  readonly swarms?: readonly M.Swarm[];
  readonly imageUses?: readonly M.ImageUse[];
  readonly sweeps?: readonly M.Sweep[];
  readonly modules?: readonly M.KernelModule[];
  readonly packages?: readonly M.Package[];
  readonly steps?: readonly M.Step[];
  readonly breaks?: readonly M.Break[];
  readonly handout?: readonly M.HandoutPart[];
  readonly secrets?: readonly string[];
}

/** Contributions of all features that came before, all lists present. */
export type SoFar = Required<Contributions>;

/** Where rules report. A rule skips a value whose own shape is wrong: `isSound` tells. */
export interface RuleContext extends GroundReport {
  readonly source: Readonly<Record<string, unknown>>;
  /** What of the nodes and networks could be resolved. */
  readonly ground: Ground;
  readonly host: Host;
}

export interface Feature {
  readonly name: string;
  /** Top-level keys of the lab this feature owns, with their JSON Schema; it is made where it is asked for, which a sound lab does not. */
  readonly blocks?: Readonly<Record<string, () => JsonSchema>>;
  /** Keys under each node this feature owns. */
  readonly nodeKeys?: Readonly<Record<string, () => JsonSchema>>;
  /** Features whose contributions this one reads. */
  readonly after?: readonly string[];
  /** Files beside the lab file that the output needs; `source` is a composed lab whose shape nobody checked yet. */
  assets?(source: Tree): readonly AssetWish[];
  /** Cross-field rules, one small named function each. */
  readonly rules?: readonly ((context: RuleContext) => void)[];
  resolve?(ground: Ground, soFar: SoFar): Contributions;
  /** Files of the feature's own, beside the shared ones the base templates own. */
  files?(lab: M.Lab): readonly FileRequest[];
  /** Tasks of the feature's own in the play. */
  tasks?(lab: M.Lab): readonly TaskRequest[];
  /** Units its tasks start, in whichever lab: they may be of the stage before. */
  readonly units?: readonly NodeUnit[];
  /** Checks that come free with the feature. */
  checks?(lab: M.Lab): readonly CheckRequest[];
  readonly checkKinds?: readonly CheckKind[];
  /** The feature's part of the world the predictor simulates, by the phase it belongs to. */
  readonly world?: Partial<Readonly<Record<WorldPhase, (lab: M.Lab, draft: WorldDraft) => void>>>;
  /** What of it can be broken on a running lab, so that it recovers by itself, and which checks fail meanwhile. */
  faults?(lab: M.Lab): readonly Fault[];
}
