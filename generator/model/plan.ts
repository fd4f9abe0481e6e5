/** The plan: everything a render writes, as values. `render`, `diff` and `--dry-run` read the same one. */

/** A file to write: path relative to the output folder with `/`, Unix mode, content. */
export interface PlannedFile {
  readonly path: string;
  readonly mode: number;
  readonly content: string | Uint8Array;
}

/** A file to render: the plan turns it into a PlannedFile. The view holds only what the template places. */
export interface FileRequest {
  readonly path: string;
  readonly mode: number;
  /** Template name below templates/, without `.hbs`. */
  readonly template: string;
  readonly view: Readonly<Record<string, unknown>>;
}

/** The phases of the play, in the lesson's order. */
export const PHASES = ['packages', 'kernel', 'keys', 'network', 'docker', 'firewall', 'images', 'containers', 'services'] as const;
export type Phase = (typeof PHASES)[number];

/** A systemd unit on the nodes: the next play restarts it where one was interrupted after it brought what the unit reads. */
export interface NodeUnit {
  /** When the play starts it. */
  readonly phase: Phase;
  readonly name: string;
  /** Whose change restarts it, beside its own unit file and drop-ins: files of /var/lib/labgen, by how their names begin. */
  readonly reads: readonly string[];
}

/** Tasks a feature adds to the play: a template of Ansible tasks at the list's own indentation. */
export interface TaskRequest {
  readonly phase: Phase;
  readonly template: string;
  readonly view: Readonly<Record<string, unknown>>;
}
