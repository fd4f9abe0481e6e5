/** A fault's script and its unit, with a systemd that only writes down what it is asked, and runs what it is told at once. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { activeFaults, inject, isActive, undo } from '../../generator/faults/inject.js';
import { beginWords, endWords, LIST_WORDS, readList, scriptOf, slotOf } from '../../generator/faults/script.js';
import { NodeUnreachable } from '../../generator/model/connections.js';
import type { Failure } from '../../generator/model/failure.js';
import type { Fault } from '../../generator/model/fault.js';
import { inFolder } from '../support/context.js';
import { writeInto } from '../support/trees.js';
import { FakeNodes, said } from '../verify/fakes.js';

const FAULT: Fault = { words: ['kill', 'a', 'x'], node: 'a', about: 'x dies', seconds: 5, begin: [['note', "it's", '$(id)']], again: [['note', 'again']], end: [['note', 'fails'], ['note', 'end']], fails: () => false };

/** Begins, holds and ends at once, as systemd would one after the other; the file of the fault in the second ExecStart word. */
const SYSTEMD_RUN = `#!/bin/sh
echo "$*" >>"$LOG"
for word; do
  case $word in
    --property=ExecStartPre=*) begin=\${word#*=*=} ;;
    --property=ExecStopPost=*) end=\${word#*=*=} ;;
  esac
done
if [ "$STAYS" = yes ]; then $begin; exit; fi
$begin && sh "$file" hold
code=$?
$end
exit $code
`;
/** One second of uptime a look. */
const CUT = '#!/bin/sh\n[ "$*" = "-d . -f 1 /proc/uptime" ] || exec /usr/bin/cut "$@"\necho x >>"$LOG.time"\nwc -l <"$LOG.time"\n';
const NOTE = '#!/bin/sh\nprintf "%s|" note "$@" >>"$LOG"\necho >>"$LOG"\n[ "$1" != fails ]\n';

interface Node {
  readonly folder: string;
  /** Beside others; its exit code. */
  start(argv: readonly string[], input: string): Promise<number | null>;
  run(argv: readonly string[], input?: string, env?: Readonly<Record<string, string>>): { readonly code: number | null; readonly out: string; readonly err: string; readonly log: readonly string[] };
}

/** A machine whose /run/labgen/faults is in the folder. */
function node(folder: string): Node {
  for (const [name, text] of [['systemd-run', SYSTEMD_RUN], ['cut', CUT], ['note', NOTE], ['sleep', '#!/bin/sh\n'], ['systemctl', '#!/bin/sh\necho "systemctl $*" >>"$LOG"\n[ "$1" != show ] || echo "${STATE:-inactive}"\n']] as const) writeInto(folder, `bin/${name}`, text, 0o755);
  const log = join(folder, 'log');
  const inside = (argv: readonly string[]): readonly [string, readonly string[]] => {
    const [program = '', ...words] = argv.map((word) => word.replaceAll('/run/labgen/faults', join(folder, 'faults')));
    return [program, words];
  };
  const own = { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, LOG: log, file: join(folder, 'faults/kill-a-x') };
  return {
    folder,
    start: (argv, input) => new Promise((done) => {
      const child = spawn(...inside(argv), { env: own, stdio: ['pipe', 'ignore', 'ignore'] });
      child.stdin?.end(input);
      child.once('exit', done);
    }),
    run(argv, input = '', env = {}) {
      const { status, stdout, stderr } = spawnSync(...inside(argv), { input, encoding: 'utf8', env: { ...own, ...env } });
      return { code: status, out: stdout, err: stderr, log: existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [] };
    },
  };
}

describe('faults/script', () => {
  it('begins with the words as they are, holds by saying it over and over, ends with all of it, and leaves nothing', () => inFolder((folder) => {
    const ran = node(folder).run(beginWords(FAULT, 2), scriptOf(FAULT, 2));
    assert.deepEqual([ran.code, ran.err], [0, '']);
    assert.deepEqual(ran.log.filter((line) => line.startsWith('note')), ["note|it's|$(id)|", 'note|again|', 'note|fails|', 'note|end|']);
    assert.match(ran.log.find((line) => line.startsWith('--quiet')) ?? '', /--collect --unit=labgen-fault-kill-a-x --description=labgen fault: kill a x /);
    assert.deepEqual(node(folder).run(['ls', join(folder, 'faults')]).out, '');
  }));

  it('says why it did not begin, in the words of what failed, and undoes what it had begun', () => inFolder((folder) => {
    const ran = node(folder).run(beginWords(FAULT, 2), scriptOf({ ...FAULT, begin: [['sh', '-c', 'echo "no such thing" >&2; exit 4'], ['note', 'never']] }, 2));
    assert.deepEqual([ran.code, ran.err], [1, 'no such thing\n']);
    assert.deepEqual(ran.log.filter((line) => line.startsWith('note')), ['note|fails|', 'note|end|']);
    assert.deepEqual(node(folder).run(['ls', join(folder, 'faults')]).out, '');
  }));

  it('undoes nothing where it could not be had', () => inFolder((folder) => {
    const ran = node(folder).run(beginWords(FAULT, 2), scriptOf({ ...FAULT, begin: [['sh', '-c', 'echo "unavailable: no netem" >&2; exit 1']] }, 2));
    assert.deepEqual([ran.code, ran.err], [1, 'unavailable: no netem\n']);
    assert.deepEqual(ran.log.filter((line) => line.startsWith('note')), []);
  }));

  it('is listed while it lasts, refused a second time, and ended by hand even where its unit is gone', () => inFolder((folder) => {
    const machine = node(folder);
    assert.equal(machine.run(beginWords(FAULT, 100), scriptOf(FAULT, 100), { STAYS: 'yes' }).code, 0);
    const [active] = readList('a', machine.run(LIST_WORDS).out);
    assert.deepEqual([active?.slot, active?.name], ['kill-a-x', 'kill a x']);
    assert.ok(active && active.secondsLeft > 60 && active.secondsLeft <= 100);
    for (const state of ['activating', 'active', 'deactivating']) {
      const again = machine.run(beginWords({ ...FAULT, begin: [['note', 'another']] }, 100), scriptOf(FAULT, 100), { STATE: state });
      assert.deepEqual([again.code, again.out], [17, 'kill a x\n'], state);
    }
    const ended = machine.run(endWords('kill-a-x'));
    assert.deepEqual([ended.code, ended.log.slice(-3)], [0, ['systemctl stop labgen-fault-kill-a-x.service', 'note|fails|', 'note|end|']]);
    assert.deepEqual(readList('a', machine.run(LIST_WORDS).out), []);
  }));

  it('goes before what its end needs', () => inFolder((folder) => {
    const words = (fault: Fault): string => node(folder).run(beginWords(fault, 2), scriptOf(fault, 2)).log.findLast((line) => line.startsWith('--quiet')) ?? '';
    assert.match(words({ ...FAULT, needs: 'docker.service' }), / --property=After=docker\.service /);
    assert.match(words(FAULT), / --property=After= /);
  }));

  it('begins once of two at once, and the other takes nothing away', async () => inFolder(async (folder) => {
    const machine = node(folder);
    // A systemd that takes a while to begin it, and knows it from then on.
    writeInto(folder, 'bin/systemd-run', '#!/bin/sh\n/bin/sleep 0.5\n[ ! -e "$LOG.there" ] || exit 1\n: >"$LOG.there"\n', 0o755);
    writeInto(folder, 'bin/systemctl', '#!/bin/sh\n[ ! -e "$LOG.there" ] || exec echo active\necho inactive\n', 0o755);
    const codes = await Promise.all([machine, machine].map((each) => each.start(beginWords(FAULT, 100), scriptOf(FAULT, 100))));
    assert.deepEqual([...codes].sort(), [0, 17]);
    assert.deepEqual(readList('a', machine.run(LIST_WORDS).out).map(({ slot }) => slot), ['kill-a-x']);
  }));

  it('names its slot so that faults which exclude each other share it, and a path is none', () => {
    assert.equal(slotOf({ ...FAULT, words: ['cut', 'a', '--network', 'lan'] }), 'cut-a-lan');
    assert.equal(slotOf({ ...FAULT, slot: 'netem a lan' }), 'netem-a-lan');
    assert.equal(slotOf({ ...FAULT, words: ['kill', '../a.b'] }), 'kill-a-b');
  });
});

describe('faults/inject', () => {
  const refused = async (result: ReturnType<typeof said>): Promise<string> => {
    const failure = await inject(new FakeNodes(() => result), FAULT, 5).then(() => undefined, (error: Failure) => error);
    return failure ? `${failure.exitCode} ${failure.message}` : 'began';
  };

  it('tells what a node cannot have from what went wrong', async () => {
    assert.equal(await refused(said('')), 'began');
    assert.equal(await refused(said('', 1, 'unavailable: the kernel has no netem\n')), '3 "kill a x" cannot be had: the kernel has no netem');
    assert.equal(await refused(said('kill a y\n', 17)), '3 a has such a fault already: kill a y');
    assert.equal(await refused(said('', 1, 'x\nno such thing\n')), '3 "kill a x" did not begin on a: no such thing');
    assert.equal(await refused({ code: undefined, stdout: '', stderr: '' }), '3 "kill a x" did not begin on a: no end in time');
  });

  it('is made where it has to be, and asks every node what there is, however silent another one is', async () => {
    const nodes = new FakeNodes((name, argv) => {
      if (name === 'b') throw new NodeUnreachable('b', 'no answer');
      return argv === LIST_WORDS ? said('drain-b 1700000060 1700000000 drain b\nrubbish\n') : said('');
    });
    await inject(nodes, { ...FAULT, at: 'm' }, 5);
    assert.match(nodes.asked[0] ?? '', /^m: sh -c /);
    const silent: string[] = [];
    const active = await activeFaults(nodes, ['m', 'b'], (name) => void silent.push(name));
    assert.deepEqual([active, silent], [[{ node: 'm', slot: 'drain-b', name: 'drain b', secondsLeft: 60 }], ['b']]);
    assert.deepEqual([isActive({ ...FAULT, words: ['drain', 'b'], node: 'b', at: 'm' }, active), isActive({ ...FAULT, words: ['drain', 'b'], node: 'b' }, active)], [true, false]);
  });

  it('says where a fault does not end', async () => {
    const active = { node: 'a', slot: 's', name: 'kill a x', secondsLeft: 1 };
    await undo(new FakeNodes(() => said('')), active);
    await assert.rejects(undo(new FakeNodes(() => said('', 1, 'stuck\n')), active), /"kill a x" did not end on a: stuck/);
  });
});
