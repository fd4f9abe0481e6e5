/** What Ansible said, for people: of tasks that failed, of nodes that keep silent, of units whose log tells more. */
import { parseJson, textOf, textsOf } from '../model/foreign.js';

const LINES = 8;

/** What Ansible says of each task that failed, with the task's name: its message and the last lines of what the command said. */
export function failures(text: string): string {
  const blocks: string[] = [];
  let task = '';
  for (const line of text.split('\n')) {
    task = taskOf(line) ?? task;
    if (/^(fatal|failed|unreachable): /.test(line)) blocks.push(`  in the task "${task}":\n${failure(line).map((each) => `    ${each}`).join('\n')}`);
  }
  return blocks.join('\n');
}

export function taskOf(line: string): string | undefined {
  return /^(?:TASK|RUNNING HANDLER) \[(.*?)\] \**$/.exec(line)?.[1] ?? /^(?:TASK|RUNNING HANDLER) \[(.*?)\]/.exec(line)?.[1];
}

/** `fatal: [n1]: FAILED! => {…}` as lines: who, the message, what was said. Anything else stays as it is. */
function failure(line: string): readonly string[] {
  const [, head = '', json = ''] = /^(.*?) => (\{.*\})$/.exec(line) ?? [];
  const found = parseJson(json);
  if (typeof found !== 'object' || found === null) return [line.slice(0, 2000)];
  const { msg, stderr, stdout, module_stderr, cmd } = found as Record<string, unknown>;
  const command = textOf(cmd) ?? textsOf(cmd)?.join(' ');
  // What a command said is its reason; Ansible's own word for it is "non-zero return code".
  const said = [msg, stderr, module_stderr, (textOf(stderr) ?? '') === '' ? stdout : undefined].flatMap((each) => tail(textOf(each) ?? ''));
  return [head, ...(command === undefined ? [] : [`$ ${command.split('\n')[0]?.slice(0, 200) ?? ''}`]), ...[...new Set(said)].map((each) => `  ${each}`)];
}

function tail(text: string): readonly string[] {
  return text.split('\n').map((each) => each.trimEnd().slice(0, 400)).filter((each) => each !== '').slice(-LINES);
}

/** systemd units that Ansible names where it could not start one: their journal on the node says why. */
export function unitsIn(text: string): readonly { readonly node: string; readonly unit: string }[] {
  const found = new Map<string, { readonly node: string; readonly unit: string }>();
  for (const line of text.split('\n')) {
    const node = /^(?:fatal|failed): \[([^\]\s]+)\]/.exec(line)?.[1];
    if (node === undefined) continue;
    for (const [, full, bare] of line.matchAll(/Job for ([\w@.-]+\.service) failed|Unable to (?:re)?(?:start|load) service ([\w@.-]+)/g)) {
      const unit = (full ?? bare ?? '').replace(/:$/, '').replace(/(?<!\.service)$/, '.service');
      found.set(`${node} ${unit}`, { node, unit });
    }
  }
  return [...found.values()];
}

/** Where a play stood that did not end: its task, and which of these nodes had not answered in it. */
export function standstill(lines: readonly string[], nodes: readonly string[]): string | undefined {
  const at = lines.findLastIndex((line) => taskOf(line) !== undefined);
  if (at < 0) return undefined;
  const answered = new Set(lines.slice(at).flatMap((line) => /^(?:ok|changed|skipping|fatal|failed): \[([^\]\s]+)\]/.exec(line)?.[1] ?? []));
  // Who failed earlier is asked no more.
  const out = new Set(lines.slice(0, at).flatMap((line) => /^fatal: \[([^\]\s]+)\]/.exec(line)?.[1] ?? []));
  const silent = nodes.filter((node) => !answered.has(node) && !out.has(node));
  const others = answered.size === 0 ? '' : `; ${[...answered].join(', ')} ${answered.size === 1 ? 'has' : 'have'}`;
  return `in the task "${taskOf(lines[at] ?? '')}"${silent.length === 0 ? '' : `: ${silent.join(', ')} ${silent.length === 1 ? 'has' : 'have'} not answered${others}`}`;
}
