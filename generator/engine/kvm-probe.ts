/**
 * Does KVM work here? /dev/kvm may exist and hang or abort (nested and paravirtual hosts), so a few instructions are
 * really run: a boot sector that tells QEMU to end with a known exit code.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Outcome, RunCommand } from '../drivers/run-command.js';
import { remove, writeAtomic } from '../write/files.js';
import { readPlain } from '../write/look.js';
import { mayUse } from './requirements.js';

export interface KvmVerdict {
  readonly works: boolean;
  /** One line: why not, or how it was proven. */
  readonly why: string;
}

/** isa-debug-exit ends QEMU with (value << 1) | 1. */
const EXIT_VALUE = 0x10;
const EXIT_CODE = (EXIT_VALUE << 1) | 1;

/** 512 bytes: mov al, value; out 0xf4, al; halt for ever; the boot signature. */
export function bootSector(): Uint8Array {
  const sector = new Uint8Array(512);
  sector.set([0xb0, EXIT_VALUE, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd]);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

/** `-cpu host` is what labs get: other models may work where it aborts. */
export function probeArgv(disk: string): readonly string[] {
  return [
    'qemu-system-x86_64', '-accel', 'kvm', '-cpu', 'host', '-m', '32', '-nodefaults', '-no-user-config',
    '-display', 'none', '-no-reboot', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04',
    '-drive', `format=raw,file=${disk.replaceAll(',', ',,')}`,
  ];
}

/** From how QEMU ended to a verdict. */
export function judgeProbe(outcome: Outcome): KvmVerdict {
  if (outcome.code === EXIT_CODE) return { works: true, why: `a boot sector ran under KVM in ${outcome.durationMs} ms` };
  if (outcome.code === 127) return { works: false, why: 'qemu-system-x86_64 is not installed' };
  if (outcome.timedOut) {
    return { works: false, why: `KVM hangs: a boot sector did not run within ${outcome.durationMs} ms` };
  }
  const said = (outcome.stderr.trim().split('\n').at(-1) ?? '').trim();
  const how = outcome.signal ? `aborts (${outcome.signal})` : `fails (exit ${outcome.code ?? '?'})`;
  return { works: false, why: `KVM ${how}${said ? `: ${said}` : ''}` };
}

const DISK = 'labgen-kvm-';
/** No probe takes so long. */
const DEAD_MS = 60_000;

/** Disks of probes that were killed before they could take theirs away: by name, and by what is in them. `now`: ms since 1970. */
export function leftDisks(now: number, folder: string = tmpdir()): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(DISK) && /^[0-9a-f]{8}\.img$/.test(name.slice(DISK.length)))
    .map((name) => join(folder, name))
    .filter((path) => {
      const file = readPlain(path);
      return typeof file === 'object' && file.content.equals(bootSector()) && now - statSync(path).mtimeMs > DEAD_MS;
    });
}

export async function probeKvm(run: RunCommand, timeoutMs = 3000, device = '/dev/kvm'): Promise<KvmVerdict> {
  if (!existsSync(device)) return { works: false, why: `there is no ${device}` };
  if (!mayUse(device)) return { works: false, why: `no permission to use ${device}` };
  const disk = join(tmpdir(), `${DISK}${randomBytes(4).toString('hex')}.img`);
  writeAtomic(disk, bootSector(), 0o600);
  try {
    return judgeProbe(await run({ argv: probeArgv(disk), timeoutMs }));
  } finally {
    remove(disk);
  }
}
