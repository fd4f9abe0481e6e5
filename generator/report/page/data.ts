/**
 * All that the page of a report shows, as data of one version. It knows nothing of labgen's own values, so that the page's
 * program, which runs in a browser, reads the same types.
 */

/** Changes with anything that a page of another version would read wrongly. */
export const PAGE_VERSION = 1;

export interface ReportData {
  readonly version: typeof PAGE_VERSION;
  readonly lab: string;
  readonly title: string;
  readonly summary: string;
  /** Where the nodes run; left out: nowhere. */
  readonly provider?: string;
  /** labgen's own version. */
  readonly by: string;
  /** When this was made, ISO 8601 in UTC. */
  readonly when: string;
  /** False where the lab was not running, so that nothing could be measured now. */
  readonly running: boolean;
  readonly nodes: number;
  readonly containers: number;
  readonly stages: readonly PageStage[];
  /** Texts that several places share, by their index. */
  readonly texts: readonly string[];
  /** What the page leaves out, in sentences. */
  readonly leftOut: readonly string[];
}

export interface PageStage {
  /** Empty for a lab without stages. */
  readonly name: string;
  readonly title: string;
  /** The one that the lab is at. */
  readonly current: boolean;
  /** SVG of the topology: an index of `texts`; left out: there is no picture. */
  readonly picture?: number;
  readonly endpoints: readonly PageEndpoint[];
  readonly pairs: readonly PagePair[];
  readonly paths: readonly PagePath[];
  /** What the prediction leaves out. */
  readonly gaps: readonly string[];
  /** When who reaches whom was measured here; left out: never since the lab's last change. */
  readonly measured?: string;
  /** When the checks were run here. */
  readonly checked?: string;
  readonly checks: readonly PageCheck[];
  readonly files: readonly PageFile[];
}

export interface PageEndpoint {
  readonly name: string;
  readonly kind: 'node' | 'container';
  /** The machine it is on. */
  readonly node: string;
  /** Its network namespace, as the picture names it. */
  readonly space: string;
}

/** A question, with what was predicted and what was measured. */
export interface PagePair {
  /** Indices of the stage's endpoints. */
  readonly from: number;
  readonly to: number;
  /** `ping`, `tcp 80`. */
  readonly by: string;
  readonly family: 4 | 6;
  readonly address: string;
  /** True where the address is one that a program chooses when the lab runs. */
  readonly presumed?: true;
  readonly predicted: PageAnswer;
  /** Left out: it was not measured. */
  readonly measured?: PageAnswer;
  /** What differs, or why it could not be measured. */
  readonly why?: string;
  /** Index of the stage's paths; left out where it was left out. */
  readonly path?: number;
  /** The path is that of another pair, which no packet could tell from this one. */
  readonly like?: string;
}

export interface PageAnswer {
  readonly reached: boolean;
  readonly seenAs?: string;
  /** The largest IP packet that comes through, in bytes. */
  readonly maxBytes?: number;
  /** The balancer that hands it on to whoever it chooses. */
  readonly answeredBy?: string;
  /** Where and why it stops: `net-2: FORWARD drops it`. */
  readonly stopped?: string;
  readonly rule?: string;
  readonly onTheWayBack?: true;
}

export interface PagePath {
  readonly there: readonly PageHop[];
  readonly back: readonly PageHop[];
  /** Commands that would open it, each with its node; left out where it is open, or labgen knows none. */
  readonly remedy?: readonly { readonly node: string; readonly command: string }[];
}

/** What happens to a packet in one namespace. */
export interface PageHop {
  readonly space: string;
  readonly lines: readonly PageLine[];
}

export interface PageLine {
  /** An index of `texts`. */
  readonly text: number;
  readonly kind: 'enter' | 'route' | 'local' | 'rule' | 'translate' | 'leave' | 'cross' | 'wrap' | 'unwrap' | 'arrive' | 'stop';
  /** Interfaces of this namespace that the packet touches, in order. */
  readonly at?: readonly string[];
  /** Lines of rendered files that make it so: index of the stage's files, and the number from 1. */
  readonly places?: readonly (readonly [file: number, line: number])[];
}

export interface PageCheck {
  readonly id: string;
  /** The lab, a stage, or the feature it comes with. */
  readonly from: string;
  readonly why: string;
  readonly expected: string;
  readonly state: 'passed' | 'failed' | 'not-run' | 'waiting';
  readonly node?: string;
  readonly command?: string;
  readonly seen?: string;
  readonly seconds?: number;
}

export interface PageFile {
  readonly path: string;
  /** An index of `texts`. */
  readonly text: number;
}

/** What a live page is told, one event each: a line of the journal, or that the data is new. */
export type LiveEvent =
  | { readonly kind: 'begin'; readonly verb: string; readonly lab: string; readonly stage?: string }
  | { readonly kind: 'phase'; readonly name: string }
  | { readonly kind: 'line' | 'detail'; readonly text: string }
  | { readonly kind: 'check'; readonly id: string; readonly state: PageCheck['state'] }
  | { readonly kind: 'end'; readonly code: number }
  | { readonly kind: 'data' };
