/** systemd-analyze on rendered units. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../model/finding.js';
import { remove, temporaryFolder, writeAtomic } from '../write/files.js';
import { faultIn } from './lint-findings.js';
import type { Judgement } from './lint-tools.js';
import type { RunCommand } from './run-command.js';

const TOOL = 'systemd-analyze';

/**
 * Units name scripts where they will lie on the node. systemd-analyze wants them there, so each node's units are put
 * into a folder of their own with the programs' paths led elsewhere; nothing else in them is touched.
 */
export async function verifyUnits(run: RunCommand, folder: string, files: readonly string[]): Promise<Judgement> {
  const work = temporaryFolder('labgen-units');
  const findings: Finding[] = [];
  const said: string[] = [];
  let seconds = 0;
  try {
    for (const node of new Set(files.map((file) => file.split('/')[1] ?? ''))) {
      const home = join(work, node);
      const own = files.filter((file) => file.startsWith(`nodes/${node}/`));
      const units = own.map((file) => {
        const target = file.slice(`nodes/${node}/`.length);
        const text = readFileSync(join(folder, file), 'utf8').replaceAll(/\/var\/lib\/labgen\/(labgen-|artifacts\/)/g, '/bin/true $1').replaceAll(/^ExecStart=dockerd /gm, 'ExecStart=/bin/true ');
        writeAtomic(join(home, target), text);
        return target;
      });
      // A drop-in is judged on a unit that has an ExecStart of its own, as the packaged one has.
      const packaged = [...new Set(units.flatMap((unit) => /^([a-z]+\.service)\.d\//.exec(unit)?.[1] ?? []))];
      for (const unit of packaged) writeAtomic(join(home, unit), '[Service]\nExecStart=/bin/true packaged\n');
      const names = [...units.filter((unit) => unit.endsWith('.service')), ...packaged];
      const outcome = await run({ argv: ['systemd-analyze', 'verify', '--man=no', ...names], env: { SYSTEMD_UNIT_PATH: `${home}:` }, timeoutMs: 120_000 });
      const text = `${outcome.stdout}${outcome.stderr}`.replaceAll(home, `nodes/${node}`).trim();
      const found = readUnits(text, own);
      // What it cannot read it warns of and passes over, with exit code 0: in our own files that is a fault.
      findings.push(...found, ...(outcome.code !== 0 && found.length === 0 ? [faultIn(TOOL, own[0] ?? '', 0, text)] : []));
      if (found.length > 0 || outcome.code !== 0) said.push(text);
      seconds += outcome.durationMs / 1000;
    }
  } finally {
    remove(work);
  }
  return { passed: findings.length === 0, said: said.join('\n'), findings, seconds };
}

/** Lines about the node's own units; those about the host's are not ours. */
function readUnits(text: string, own: readonly string[]): readonly Finding[] {
  return text.split('\n').flatMap((line): Finding[] => {
    const [, file, number, message] = /^(?:\S+: )?(nodes\/[^:]+):(?:(\d+):)? (.*)$/.exec(line) ?? [];
    if (file !== undefined && own.includes(file)) return [faultIn(TOOL, file, Number(number ?? 0), message ?? '')];
    const [, unit, complaint] = /^([a-z@-]+\.service): (.*)$/.exec(line) ?? [];
    const home = own.find((each) => each.endsWith(`/${unit}`)) ?? own.find((each) => each.includes(`/${unit}.d/`));
    return unit === undefined || home === undefined ? [] : [faultIn(TOOL, home, 0, complaint ?? '')];
  });
}
