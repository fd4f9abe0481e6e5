/** Labs of hostile strings, rendered, and each output read by what would read it: nothing runs, and what went in comes out. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { verifyUnits } from '../../generator/drivers/lint-units.js';
import { runCommand } from '../../generator/drivers/run-command.js';
import type { Figures } from './figures.js';
import { CANARY, cook, recipes, type HostileLab } from './hostile-labs.js';
import { wordsOfUnit } from './unit-words.js';
import { writeInto } from '../support/trees.js';

export const title = 'Hostile labs: rendered, and read by Ruby, bash, Ansible, systemd and Markdown';

const MARK = /zq\d+zq/g;
/** So many are given to each interpreter at once: starting it takes longer than its work. */
const BATCH = 150;
const SEED = 5;
/** Ansible's own check of whole playbooks takes seconds: a few of each batch. So do systemd's of a lab's units. */
const PLAYBOOKS = 2;
const UNITS = 4;

interface Counts {
  labs: number;
  refused: number;
  values: number;
  read: number;
}

export async function torture(scale: number, say: (line: string) => void): Promise<Figures> {
  const wanted = Math.max(20, Math.round(300 * scale));
  const counts: Counts = { labs: 0, refused: 0, values: 0, read: 0 };
  const cooked = fc.sample(recipes, { numRuns: Math.ceil(wanted * 1.2), seed: SEED });
  let batch: HostileLab[] = [];
  for (const recipe of cooked) {
    if (counts.labs + batch.length >= wanted) break;
    let lab: HostileLab | undefined;
    try {
      lab = cook(recipe);
    } catch (error) {
      throw new Error(`${(error as Error).stack ?? String(error)}\n${JSON.stringify(recipe)}`);
    }
    if (lab) batch.push(lab);
    else counts.refused++;
    if (batch.length === BATCH) {
      await judge(batch, counts);
      batch = [];
      if (counts.labs % (BATCH * 20) === 0) say(`${counts.labs} labs`);
    }
  }
  await judge(batch, counts);
  say(`${counts.refused} more were refused with a reason`);
  return { labs: counts.labs, values: counts.values, readings: counts.read, effects: 0 };
}

/** @throws with all that is wrong with a batch of labs. */
export async function judge(labs: readonly HostileLab[], counts: Counts): Promise<void> {
  if (labs.length === 0) return;
  const home = mkdtempSync(join(tmpdir(), 'labgen-hostile-'));
  rmSync(CANARY, { recursive: true, force: true });
  mkdirSync(CANARY);
  try {
    labs.forEach(({ plan }, index) => {
      for (const { path, content, mode } of plan) writeInto(home, `${index}/${path}`, content, mode);
    });

    const wrong = [vagrantfiles(labs, home), texts(labs, counts), scripts(labs, home, counts), units(labs, counts), await unitsBySystemd(labs, home), playbooks(labs, home)].flat();
    if (readdirSync(CANARY).length > 0) wrong.push('something ran, and left a file');
    if (wrong.length > 0) throw new Error(`${wrong.length} wrong, such as:\n${wrong.slice(0, 12).join('\n')}`);
    counts.labs += labs.length;
    for (const { values } of labs) counts.values += Object.keys(values).length;
  } finally {
    rmSync(home, { recursive: true, force: true });
    rmSync(CANARY, { recursive: true, force: true });
  }
}

function interpreter(name: string): string {
  return fileURLToPath(new URL(`interpreters/${name}`, import.meta.url));
}

function ask(argv: readonly [string, ...string[]], input: string): string {
  const [program, ...words] = argv;
  const { status, stdout, stderr, error } = spawnSync(program, words, { input, encoding: 'utf8', maxBuffer: 1 << 30, timeout: 600_000 });
  if (error || status !== 0) throw new Error(`${argv.join(' ')}: ${error?.message ?? `exit ${String(status)}`}\n${stderr.slice(0, 2000)}`);
  return stdout;
}

/** Ruby: names of nodes are all that the lab says in it. */
function vagrantfiles(labs: readonly HostileLab[], home: string): readonly string[] {
  const told = ask(['ruby', interpreter('vagrantfiles.rb')], labs.map((_, index) => `${join(home, String(index), 'Vagrantfile')}\n`).join('')).trimEnd().split('\n');
  return labs.flatMap(({ nodes }, index) => {
    const { told: words, effects, wrong } = JSON.parse(told[index] ?? '{}') as { told: string[]; effects: string[]; wrong: string | null };
    return [
      ...(wrong === null ? [] : [`Vagrantfile: ${wrong}`]),
      ...effects.map((effect) => `Vagrantfile: it ran ${effect}`),
      ...nodes.filter((node) => !words.includes(node)).map((node) => `Vagrantfile: no ${node}`),
    ];
  });
}

/** Python: Ansible's templating, a second YAML parser, a Markdown parser. */
function texts(labs: readonly HostileLab[], counts: Counts): readonly string[] {
  const lines = labs.map(({ plan, values }) => JSON.stringify({ values, files: Object.fromEntries(plan.filter(({ path }) => !path.startsWith('.labgen/') && /\.(ya?ml|md|svg)$/.test(path)).map(({ path, content }) => [path, String(content)])) }));
  return ask(['/usr/bin/python3', interpreter('texts.py')], `${lines.join('\n')}\n`).trimEnd().split('\n').flatMap((line) => {
    const { wrong, seen } = JSON.parse(line) as { wrong: string[]; seen: number };
    counts.read += seen;
    return wrong;
  });
}

/** bash: whatever a script would call gets its words as the lab says them. */
function scripts(labs: readonly HostileLab[], home: string, counts: Counts): readonly string[] {
  const out = join(home, 'said');
  mkdirSync(out);
  // Whether the others are in the swarm yet, only they could say.
  labs.forEach(({ plan }, index) => {
    for (const { path, content } of plan) if (path.endsWith('-swarm.sh')) writeInto(home, `${index}/${path}`, String(content).replaceAll(/^ {2}(nodes|member|running) [a-z0-9 -]*$/gm, '  :'), 0o755);
  });
  // What scripts read as a file of variables is shown here by a script.
  const shown = labs.map((lab, index) => ({
    ...lab,
    plan: lab.plan.map((file) => {
      if (!file.path.endsWith('.env')) return file;
      const script = { ...file, path: `${file.path}.sh`, content: `${String(file.content)}${[...String(file.content).matchAll(/^(\w+)=/gm)].map(([, name = '']) => `show "$${name}"\n`).join('')}` };
      writeInto(home, `${index}/${script.path}`, script.content);
      return script;
    }),
  }));
  const all = shown.flatMap(({ plan, values }, index) => plan.filter(({ path, content }) => path.endsWith('.sh') && marksIn(withoutComments(String(content))).length > 0).map(({ path, content }) => ({ path: join(home, String(index), path), text: String(content), values })));
  ask([...((process.getuid?.() === 0 ? ['unshare', '--mount'] : ['unshare', '--user', '--map-root-user', '--mount']) as [string, ...string[]]), 'bash', interpreter('scripts.sh'), out], all.map(({ path }) => `${path}\n`).join(''));
  return all.flatMap(({ path, text, values }) => {
    const said = join(out, path.replaceAll('/', '%'));
    const given = existsSync(said) ? readFileSync(said, 'utf8').split('\0') : [];
    const words = path.endsWith('-swarm.sh') ? given.map((word, index) => (given[index - 1] === '--env' ? filled(word) : word)) : given;
    return marksIn(withoutComments(text)).flatMap((mark) => {
      counts.read++;
      const carrying = words.filter((word) => word.includes(mark));
      if (carrying.length === 0) return [`${path}: ${JSON.stringify(values[mark])} was given to nobody`];
      return carrying.filter((word) => !word.includes(values[mark] ?? '')).map((word) => `${path}: ${JSON.stringify(values[mark])} became ${JSON.stringify(word.slice(0, 300))}`);
    });
  });
}

/** A service's variables are a template of Go's to Docker: what it would put in is shown as that. */
function filled(template: string): string {
  return template.replaceAll(/\{\{(.*?)\}\}/g, (_, action: string) => (/^"\{\{"$/.test(action) ? '{{' : `<action ${action}>`));
}

/** Units, read as systemd reads them. */
function units(labs: readonly HostileLab[], counts: Counts): readonly string[] {
  return labs.flatMap(({ plan, values }) => plan.filter(({ path }) => /\.(service|conf|timer|path)$/.test(path)).flatMap(({ path, content }) => {
    const words = wordsOfUnit(String(content));
    return marksIn(withoutComments(String(content))).flatMap((mark) => {
      counts.read++;
      const carrying = words.filter((word) => word.includes(mark));
      return carrying.length > 0 && carrying.every((word) => word.includes(values[mark] ?? '')) ? [] : [`${path}: ${JSON.stringify(values[mark])} became ${JSON.stringify(carrying)}`];
    });
  }));
}

/** systemd itself takes them, without a complaint about a line. */
async function unitsBySystemd(labs: readonly HostileLab[], home: string): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [index, { plan }] of labs.slice(0, UNITS).entries()) {
    const files = plan.map(({ path }) => path).filter((path) => /^nodes\/[^/]+\/([^/]+\.service|[^/]+\.service\.d\/[^/]+\.conf)$/.test(path));
    const { findings } = await verifyUnits(runCommand, join(home, String(index)), files);
    wrong.push(...findings.map(({ file, line, message }) => `${file}:${line}: systemd-analyze: ${message}`));
  }
  return wrong;
}

/** ansible-playbook itself takes the whole play. */
function playbooks(labs: readonly HostileLab[], home: string): readonly string[] {
  const chosen = labs.slice(0, PLAYBOOKS).map((_, index) => join(home, String(index), 'site.yml'));
  const { status, stdout, stderr } = spawnSync('ansible-playbook', ['--syntax-check', '-i', 'localhost,', ...chosen], { encoding: 'utf8', cwd: home, timeout: 300_000 });
  return status === 0 ? [] : [`ansible-playbook --syntax-check: ${`${stdout}${stderr}`.slice(0, 1500)}`];
}

function marksIn(text: string): readonly string[] {
  return [...new Set(text.match(MARK) ?? [])];
}

function withoutComments(text: string): string {
  return text.replaceAll(/^[ \t]*[#;].*$/gm, '');
}
