/** A check: what must hold on the running lab, as data; and the contract of a kind of check. */
import type { Family } from './family.js';
import type { Lab } from './lab.js';
import type { JsonSchema } from './schema.js';

/** What a check expects. `works` is each kind's own default. */
export type Expectation =
  | { readonly is: 'works' }
  | { readonly is: 'unreachable' }
  | Wanted
  /** One of several is enough. */
  | { readonly is: 'any'; readonly of: readonly Wanted[] };

/** What one value is held against. A range has both its ends; an end that is undefined is open. */
export type Wanted =
  | { readonly is: 'value'; readonly value: string | number | boolean }
  | { readonly is: 'pattern'; readonly pattern: string; readonly flags: string }
  | { readonly is: 'range'; readonly least: number | undefined; readonly most: number | undefined };

export interface Check {
  /** Stable within a lab and stage: `ping c1 → c2 unreachable`. */
  readonly id: string;
  readonly kind: string;
  /** The kind's own value, with groups already expanded to single names. */
  readonly subject: Subject;
  readonly expect: Expectation;
  /** Seconds to poll until it holds; for `unreachable`, seconds throughout which it must hold. */
  readonly within: number;
  /** One sentence, shown when the check fails. */
  readonly why: string;
  /** Who asks: `lab`, a stage's name, or the feature it comes free with. */
  readonly from: string;
  /** Its place among all that the lab and its stage write; left out where nobody wrote it. */
  readonly index?: number;
}

/** A check as a lab or a feature asks for it; the resolver gives it its id and fills the defaults. */
export interface CheckRequest {
  readonly kind: string;
  readonly subject: Subject;
  readonly expect?: Expectation;
  readonly within?: number;
  readonly why: string;
}

export type Subject = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** What verify knows of a running lab when it builds a probe. */
export interface Facts {
  readonly lab: Lab;
  /** The node a name lives on: itself, or a container's. */
  nodeOf(name: string): string;
  /** PID of a container's first process on its node; 0 when it does not run. */
  pid(container: string): number;
  /** Address of a node or running container as seen from `from`, of IPv4 unless `family` says; a literal is returned as it is; undefined when there is none. */
  address(name: string, from?: string, family?: Family): string | undefined;
  /** What `docker inspect` says of a container; undefined when there is none. */
  inspect(container: string): unknown;
}

/** A command on one node, run as root. */
export interface NodeCommand {
  readonly node: string;
  readonly argv: readonly string[];
}

export interface CommandResult {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * What a probe read. `differs`: it is there, but not as the check's own keys say (another MTU, a 404).
 * `not-run` where the question could not be put at all (no such container, tool missing).
 * `value` is what a value, a pattern, a range or a word such as `refused` is compared with.
 */
export type Reading =
  | { readonly state: 'works' | 'differs' | 'unreachable'; readonly value?: string | number | boolean; readonly seen: string }
  | { readonly state: 'not-run'; readonly seen: string };

/** One question to the running lab. Verify, and the mutations of the end-to-end runs, ask it the same way. */
export interface Probe {
  readonly command: NodeCommand;
  /** Started first and awaited after the command; prints `ready` once it listens. */
  readonly observer?: NodeCommand;
  /**
   * For a negative expectation: proof that the target itself is alive, so that a dead service is not
   * taken for a closed path. Exit 0 or the check is not run.
   */
  readonly alive?: NodeCommand;
  read(result: CommandResult, observed: CommandResult | undefined): Reading;
}

/** A way to break a running lab so that a check must turn red, and to mend it again. */
export interface Mutation {
  readonly title: string;
  readonly break: NodeCommand;
  readonly mend: NodeCommand;
}

/** What names in a subject stand for; validation looks them up and says the nearest where one is wrong. */
export type Reference = 'node' | 'container' | 'endpoint' | 'address';

/** What is wrong with a check, once all the lab's values are known: no running lab could tell otherwise. */
export interface Doubt {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** The key of the subject that would have to change. */
  readonly key: string;
  readonly message: string;
  readonly hint: string;
}

export interface CheckKind {
  readonly name: string;
  /** JSON Schema of the kind's value in the lab file, with title, description and examples. */
  schema(): JsonSchema;
  /**
   * Which keys name what. `endpoint`: a node, a container, a group of either, or an address; a group is
   * expanded to each member (for from/to: each ordered pair of different members).
   */
  readonly references: Readonly<Record<string, Reference>>;
  /** The legal expectations besides the default. Where a number is legal, so is a range; where two things are, so is a list. */
  readonly expects: {
    readonly unreachable: boolean;
    readonly values: readonly ('string' | 'number' | 'boolean')[];
    /** Words with a meaning of their own, such as `absent` or `refused`. */
    readonly words?: readonly string[];
    readonly patterns: boolean;
    /** True where numbers are held against a status, and texts against what is said: one list cannot have both. */
    readonly status?: boolean;
    /** True where there is no default, so `expect` (or a key of the subject) has to be given. */
    readonly required?: boolean;
  };
  /** `ping c1 → c2`, without the expectation. */
  describe(subject: Subject): string;
  /** A probe, or the reason why the question cannot be put now. */
  probe(subject: Subject, facts: Facts, expect: Expectation): Probe | { readonly notRun: string };
  /** Whether it can never hold, or never fail, in this lab; its own checks are not in `lab` yet. */
  doubt?(subject: Subject, expect: Expectation, lab: Lab): Doubt | undefined;
  /** Undefined where this subject and expectation cannot be broken safely. */
  mutation(subject: Subject, facts: Facts, expect: Expectation): Mutation | undefined;
}
