/** file: a file of a node or container is there, and what it says. */
import type { CheckKind, CommandResult, Reading } from '../../model/check.js';
import { isNotRun, lastLine, notAsked, placeOf, rootOf, word } from '../../model/probe.js';
import { object } from '../../schema/patterns.js';
import { ONE_OF_THEM, WHERE, WHERE_REFERENCES, whereOf } from './where.js';

/** More than this is no answer to a question of a lab. */
const READ = 'f=$1; if [ ! -e "$f" ]; then exit 3; fi; if [ -d "$f" ]; then echo "a folder" >&2; exit 4; fi; head -c 65536 -- "$f"';

/** In place, because a file may be mounted; its old content is kept meanwhile. */
const KEEP = 'mkdir -p /run/labgen && cp -p -- "$1" "$2" &&';
const SPOIL = `${KEEP} echo labgen-mutation >"$1"`;
const UNSPOIL = 'cat -- "$2" >"$1" && rm -- "$2"';
const MOVE = 'mv -- "$1" "$1.labgen-mutation"';
const MOVE_BACK = 'mv -- "$1.labgen-mutation" "$1"';

export const file: CheckKind = {
  name: 'file',
  schema: () => object(
    { ...WHERE, path: { type: 'string', pattern: '^(/[A-Za-z0-9._@+:-]+)+$', form: 'an absolute path', maxLength: 500, description: 'The file.', examples: ['/etc/hostname'] } },
    { ...ONE_OF_THEM, title: 'File', required: ['path'], description: 'A file is there. Expect: absent, its whole content, a pattern.', examples: [{ container: 'c1', path: '/etc/resolv.conf' }] },
  ),
  references: WHERE_REFERENCES,
  expects: { unreachable: false, values: ['string', 'number', 'boolean'], words: ['absent'], patterns: true },
  describe: (subject) => `file ${whereOf(subject)} ${word(subject, 'path')}`,
  probe(subject, facts) {
    const place = placeOf(whereOf(subject), facts);
    if (isNotRun(place)) return place;
    return { command: { node: place.node, argv: ['sh', '-c', READ, 'sh', `${rootOf(place.name, facts)}${word(subject, 'path')}`] }, read };
  },
  mutation(subject, facts, expect) {
    const place = placeOf(whereOf(subject), facts);
    const path = word(subject, 'path');
    // What the kernel shows cannot be moved or written to at will.
    if (isNotRun(place) || /^\/(proc|sys|dev)\//.test(path)) return undefined;
    const at = `${rootOf(place.name, facts)}${path}`;
    const kept = `/run/labgen/mutation-file-${place.name}-${path.replaceAll('/', '_')}`;
    const act = (text: string) => ({ node: place.node, argv: ['sh', '-c', text, 'sh', at, kept] });
    if (expect.is === 'value' && expect.value === 'absent') return { title: `make ${path}`, break: act('echo labgen-mutation >"$1"'), mend: act('rm -- "$1"') };
    if (expect.is === 'works') return { title: `move ${path} away`, break: act(MOVE), mend: act(MOVE_BACK) };
    return { title: `write something else into ${path}`, break: act(SPOIL), mend: act(UNSPOIL) };
  },
};

function read(result: CommandResult): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  if (result.code === 3) return { state: 'unreachable', value: 'absent', seen: 'there is no such file' };
  if (result.code !== 0) return { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  const shown = result.stdout.trim();
  return { state: 'works', value: shown, seen: shown === '' ? 'empty' : JSON.stringify(shown.length > 300 ? `${shown.slice(0, 300)}…` : shown) };
}
