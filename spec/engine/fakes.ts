/** Stand-ins for the engine's specs: folders of a test's own, and a RunCommand that only takes notes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Outcome, RunCommand } from '../../generator/drivers/run-command.js';
import type { Places } from '../../generator/engine/places.js';

export function ended(part: Partial<Outcome> = {}): Outcome {
  return { argv: [], code: 0, signal: undefined, stdout: '', stderr: '', timedOut: false, durationMs: 1, ...part };
}

/** Answers from `answer`, by default "ended well", and keeps every command. */
export function fakeRun(answer: (command: Command) => Partial<Outcome> = () => ({})): {
  run: RunCommand;
  commands: Command[];
} {
  const commands: Command[] = [];
  const run: RunCommand = async (command) => {
    commands.push(command);
    return ended({ argv: command.argv, ...answer(command) });
  };
  return { run, commands };
}

export interface FakePlaces extends Places {
  readonly root: string;
  put(path: string, content: string): void;
  remove(): void;
}

/** A machine of files: `proc` says which processes live. */
export function fakePlaces(): FakePlaces {
  const root = mkdtempSync(join(tmpdir(), 'labgen-engine-spec-'));
  const put = (path: string, content: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  put('proc/sys/kernel/random/boot_id', 'this-boot\n');
  put('proc/self/mounts', '');
  return {
    root,
    run: join(root, 'run'),
    data: join(root, 'lib/engines'),
    proc: join(root, 'proc'),
    put,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A line of /proc/PID/stat; the name is an awkward one on purpose. */
export function statLine(pid: number, startTime: number, state = 'S'): string {
  const between = Array.from({ length: 18 }, (_, index) => String(index + 1)).join(' ');
  return `${pid} (sh) (odd name) ${state} ${between} ${startTime} 4096 1\n`;
}
