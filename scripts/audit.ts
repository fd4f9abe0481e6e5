/** `npm run audit`: known holes in the packages of the lock file. A registry that cannot tell is no clean bill: that ends with 3. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Audit {
  /** 0 nothing is known, 1 something is, 3 nobody could be asked. */
  readonly code: 0 | 1 | 3;
  readonly said: string;
}

interface Report {
  readonly error?: { readonly summary?: string; readonly code?: string };
  readonly message?: string;
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string; readonly fixAvailable: unknown }>>;
  readonly metadata?: { readonly dependencies?: { readonly total?: number } };
}

/** From what `npm audit --json` printed, whatever its exit code. */
export function judgeAudit(stdout: string, stderr: string): Audit {
  let report: Report;
  try {
    report = JSON.parse(stdout) as Report;
  } catch {
    return { code: 3, said: `not checked: npm audit said nothing that could be read: ${(stderr || stdout).trim().split('\n')[0] ?? ''}` };
  }
  if (report.vulnerabilities === undefined || report.error !== undefined) {
    return { code: 3, said: `not checked: the registry has no audit: ${report.error?.summary || report.error?.code || report.message || 'no reason given'}` };
  }
  const found = Object.entries(report.vulnerabilities);
  if (found.length === 0) return { code: 0, said: `audit: nothing is known against ${report.metadata?.dependencies?.total ?? 'the'} packages` };
  return { code: 1, said: found.map(([name, { severity, range, fixAvailable }]) => `${severity}: ${name} ${range}${fixAvailable === false ? ', no fix yet' : ''}`).join('\n') };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { stdout, stderr } = spawnSync('npm', ['audit', '--json', '--audit-level=low', '--package-lock-only'], { cwd: root, encoding: 'utf8', timeout: 120_000, maxBuffer: 64 << 20 });
  const { code, said } = judgeAudit(stdout ?? '', stderr ?? '');
  console.log(said);
  process.exitCode = code;
}
