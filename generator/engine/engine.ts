/** What a private engine is: the value that the other rooms hold, and the recipe that each kind fills in. */

export type EngineKind = 'docker' | 'libvirt';

/** The order in which a folder is searched: a folder has one engine of each kind at most. */
export const ENGINE_KINDS: readonly EngineKind[] = ['docker', 'libvirt'];

export interface PrivateEngine {
  /** Ten hex digits, always the same for one folder and kind. */
  readonly id: string;
  readonly kind: EngineKind;
  /** The output folder's real path. */
  readonly folder: string;
  /** The machine's pid of the namespaces' first process: when it ends, everything inside ends. */
  readonly pid: number;
  /** Sockets, logs and state. */
  readonly runDir: string;
  /** Images, containers, disks. */
  readonly dataDir: string;
  /** libvirt without KVM: machines run under QEMU's emulation. */
  readonly emulated: boolean;
  /** Put before a command's argv, runs it in all the namespaces, in the same working directory. Empty when already inside. */
  readonly enter: readonly string[];
  /** What clients (docker, vagrant, virsh) need in their environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** How one kind of daemon is started and asked. */
export interface EngineRecipe {
  /** Programs that must be on PATH, each with the Debian package that brings it. */
  readonly programs: Readonly<Record<string, string>>;
  /** POSIX shell, run by the first process inside the namespaces; sees $id, $run, $data, $kvm; must end in `daemon=<pid>`. */
  readonly script: string;
  /** A client command that succeeds as soon as the daemon answers. */
  readonly question: readonly string[];
  /** How long that may take, in milliseconds. */
  readonly patienceMs: number;
  env(runDir: string): Readonly<Record<string, string>>;
}
