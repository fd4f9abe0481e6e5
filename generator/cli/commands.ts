/** Every verb with its flags, readable in one place. Each action is loaded when it is called. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { PROVIDERS, unknownProvider } from '../drivers/choose-provider.js';
import { Failure, type ExitCode } from '../model/failure.js';
import { nearest } from '../model/nearest.js';
import { printable } from '../model/problem.js';
import { ACTIONS, secondsOf } from '../faults/words.js';
import type { Context } from './context.js';

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
const seconds = (value: string): number => {
  if (!/^\d{1,5}$/.test(value)) throw new InvalidArgumentError('Give a number of seconds.');
  return Number(value);
};

const whole = (value: string): number => {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('Give a whole number.');
  return Number(value);
};

/** Before anything is rendered, or the machine is looked at. */
const provider = (value: string): string => {
  const unknown = unknownProvider(value);
  if (unknown) throw new Failure(2, unknown.refused, unknown.hint);
  return value;
};

const packets = (value: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('Give a number of packets.');
  return Number(value);
};

const portOf = (value: string): number => {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) throw new InvalidArgumentError('Give a port: 1 to 65535, or 0 for any.');
  return Number(value);
};

const duration = (value: string): number => {
  const found = secondsOf(value);
  if (found === undefined) throw new InvalidArgumentError('Give a time such as 30s, 5m or 1h, at most 24h.');
  return found;
};

/** A word that is not empty: such a path would mean this folder, and whoever wrote -o "$DIR" meant another. */
const word = (flag: string, what: string) => (value: string): string => {
  if (value === '') throw new Failure(2, `${flag} needs ${what}`, 'It was given an empty word: is the variable behind it set?');
  return value;
};
const vars = (value: string, before: readonly string[]): readonly string[] => collect(word('--vars', 'a file')(value), before);

const SET = new Option('--set <path=value>', 'change a value of the lab, such as nodes.net-1.docker.mtu=1400').argParser(collect).default([] as readonly string[], 'none');
const VARS = new Option('--vars <file>', 'a YAML file with values of variables; --set wins over it, a later file over an earlier').argParser(vars).default([] as readonly string[], 'none');
const PATIENCE = new Option('--patience <seconds>', 'poll what must work at least so long: after a boot, or where nodes are emulated').argParser(seconds);
const STAGE = new Option('--stage <name>', 'a stage of the lab (default: the last one)');
const STRICT = new Option('--strict', 'take warnings for errors');
const OUTPUT = new Option('-o, --output <dir>', 'the output folder (default: here)').argParser(word('-o', 'a folder'));
const PROVIDER = new Option('--provider <name>', 'docker, libvirt, virtualbox, vmware_desktop or parallels (default: what this machine has)').argParser(provider);
const mebibytes = (value: string): number => {
  if (!/^[1-9]\d{0,7}$/.test(value)) throw new InvalidArgumentError('Give a number of MiB.');
  return Number(value);
};
const MEMORY = new Option('--memory <MiB>', 'say also whether the nodes fit into so much').argParser(mebibytes);
const PROVIDED = new Option('--provider <name>', 'say also what this provider refuses').choices(PROVIDERS);
const format = (...names: readonly string[]): Option => new Option('--format <name>', 'how to print').choices(names).default('text');

const LIMIT = new Option('--limit <phase=time>', 'end a phase that takes longer, such as boot=10m').argParser(collect).default([] as readonly string[], 'none');
const PHASES_TOLD = '\nPhases, and how long each may take unless --limit says so: engine 60m (with the node image, where there is none yet),\nbox 15m, boot 45m, play 60m, verify 30m.';

const HOW_TO_COMPLETE = `
In ~/.bashrc:                source <(labgen completion bash)
In ~/.zshrc, after compinit: source <(labgen completion zsh)
For fish, once:              labgen completion fish >~/.config/fish/completions/labgen.fish`;

const HOW_TO_TROUBLE = `
labgen fault [LAB] …
${Object.values(ACTIONS).map((about) => `  ${about.split(': ')[1] ?? ''}`.padEnd(46) + about.split(': ')[0]).join('\n')}

Exit codes: 0 it is there, 2 the lab has no such fault, 3 the node cannot have it (no netem in its kernel, say), or cannot be reached.`;

const HOW_TO_CAPTURE = `
labgen capture net-1 eth1 | wireshark -k -i -
labgen capture c1 eth0 -w c1.pcap --filter 'tcp port 80'
labgen capture net-1 any | tcpdump -n -r -

Exit codes: 0 it ended as it should, 2 there is no such interface, or the filter is none, 3 the node cannot do it.`;

type Action = (context: Context, options: never) => Promise<ExitCode> | ExitCode;

/** Declares a verb; `load` brings its action, `names` are those of its arguments. One without a description is not listed. */
type Declare = (usage: string, description: string, load: () => Promise<Action>, names?: readonly string[]) => Command;

/** @throws Failure (exit 2): an empty LAB would mean this folder. */
function refuseEmpty(named: Readonly<Record<string, unknown>>): void {
  const empty = ['lab', 'labs', 'dir'].find((name) => [named[name]].flat().includes(''));
  if (empty !== undefined) throw new Failure(2, `${empty === 'dir' ? 'DIR' : 'LAB'} is an empty word`, 'Is the variable behind it set? Left out, it means this folder.');
}

const VERBS: Readonly<Record<string, (verb: Declare) => Command>> = {
  list: (verb) => verb('list', 'the shipped labs, one line each', async () => (await import('./commands/list.js')).list).addOption(format('text', 'json')),
  new: (verb) => verb('new <name>', 'write NAME.yaml here, a lab to begin from', async () => (await import('./commands/new.js')).newLab, ['name']).option('--from <lab>', 'begin as a copy of this lab, with its comments'),
  validate: (verb) => verb('validate [labs...]', 'say everything that is wrong with labs', async () => (await import('./commands/validate.js')).validate, ['labs']).addOption(SET).addOption(VARS).addOption(PROVIDED).addOption(MEMORY).addOption(format('text', 'json', 'github', 'sarif', 'junit')).addOption(STRICT).addHelpText('after', '\nExit codes: 0 every lab is valid, 2 one is not.'),
  render: (verb) => verb('render [lab]', 'write the files of a lab', async () => (await import('./commands/render.js')).render, ['lab']).addOption(OUTPUT).addOption(STAGE).addOption(SET).addOption(VARS).option('--dry-run', 'say what would be written, and write nothing').option('--force', 'overwrite files labgen did not write, and those of another lab').addOption(STRICT).addOption(format('text', 'json')),
  diff: (verb) => verb('diff [lab]', 'what a render would change; exit 1 where files differ', async () => (await import('./commands/diff.js')).diff, ['lab']).addOption(OUTPUT).addOption(STAGE).addOption(SET).addOption(VARS).addOption(STRICT).addOption(format('text', 'json', 'github', 'junit')).addHelpText('after', '\nExit codes: 0 the files are what the lab says, 1 one is not, 2 the lab is wrong.'),
  lint: (verb) => verb('lint [dir]', 'run the real tools on rendered files', async () => (await import('./commands/lint.js')).lint, ['dir']).option('--strict', 'fail where a tool is missing').option('--trust', 'run code of the folder, though it is not what labgen renders').addOption(format('text', 'json', 'github', 'sarif', 'junit')).addHelpText('after', '\nExit codes: 0 no tool finds anything, 1 one does, 3 none does, but one was not run and --strict is given.'),
  predict: (verb) => verb('predict [lab]', 'who reaches whom, without booting anything', async () => (await import('./commands/predict.js')).predict, ['lab']).addOption(OUTPUT).addOption(STAGE).addOption(SET).addOption(VARS).option('--from <name>', 'only what this node or container asks').option('--to <name>', 'only what this one is asked').option('--list', 'one line a question, however few').addOption(format('text', 'json')),
  explain: (verb) => verb('explain [lab] [from] [to]', "a packet's way hop by hop, and what would open it", async () => (await import('./commands/explain.js')).explain, ['lab', 'from', 'to']).addOption(OUTPUT).addOption(STAGE).addOption(SET).addOption(VARS).option('--port <port>', 'a connection instead of a ping: 80, tcp/80 or udp/53').addOption(new Option('--family <number>', 'which address of the other end').choices(['4', '6'])).option('--diff <stages...>', 'what the second stage changes, against the first').addOption(format('text', 'json')),
  trace: (verb) => verb('trace [lab] [from] [to]', 'one packet on a running lab, captured all along its way, against the prediction', async () => (await import('./commands/trace.js')).trace, ['lab', 'from', 'to']).addOption(OUTPUT).option('--port <port>', 'a connection instead of a ping: 80, tcp/80 or udp/53').addOption(new Option('--family <number>', 'which address of the other end').choices(['4', '6'])).addOption(new Option('--wait <time>', 'how long an answer may take, such as 5s (default: 1.5 s)').argParser(duration)).addOption(new Option('--save <dir>', 'where the captures are kept, one pcapng a node (default: .labgen/traces)').argParser(word('--save', 'a folder'))).addOption(format('text', 'json')).addHelpText('after', '\nExit codes: 0 it went as predicted, 1 it did not, 2 the lab has no such end, 3 nothing could be captured.'),
  capture: (verb) => verb('capture <where> <interface> [lab]', 'what passes an interface of a running node or container, as pcap, until Ctrl-C', async () => (await import('./commands/capture.js')).capture, ['where', 'interface', 'lab']).addOption(OUTPUT).addOption(new Option('-w, --write <file>', 'into a file instead of standard output').argParser(word('-w', 'a file'))).option('--filter <filter>', 'only these packets, such as "icmp and host 10.0.0.1" (pcap-filter)').addOption(new Option('--count <packets>', 'end after so many').argParser(packets)).addOption(new Option('--for <time>', 'end after so long').argParser(duration).default(3600, '1h')).addHelpText('after', HOW_TO_CAPTURE),
  graph: (verb) => verb('graph [lab]', 'draw a lab: its nodes, bridges, containers, networks and tunnels, with addresses', async () => (await import('./commands/graph.js')).graph, ['lab']).addOption(new Option('-o, --file <file>', 'write it into this file (default: print it)').argParser(word('-o', 'a file'))).addOption(STAGE).addOption(SET).addOption(VARS).addOption(new Option('--format <name>', 'what to draw it as').choices(['svg', 'mermaid', 'dot', 'ascii', 'json']).default('svg')).option('--ascii-only', 'with --format ascii: not even lines beyond ASCII').option('--force', 'overwrite a file that is no picture of labgen'),
  schema: (verb) => verb('schema', 'print the JSON Schema of a lab, for editors', async () => (await import('./commands/schema.js')).schema),

  fetch: (verb) => verb('fetch [lab]', 'bring the artifacts of a lab into the cache and into its rendered folder', async () => (await import('./commands/fetch.js')).fetchArtifacts, ['lab']).addOption(OUTPUT).addOption(SET).addOption(VARS).option('--pin', 'take what an artifact of unknown hash is now for what it has to be, and write that down'),
  up: (verb) => verb('up [lab]', 'bring a lab up and prove that it does what it says', async () => (await import('./commands/up.js')).up, ['lab']).addOption(OUTPUT).addOption(STAGE).addOption(SET).addOption(VARS).addOption(PROVIDER).option('--private', 'an engine of its own, in namespaces of its own').option('--force', 'overwrite files labgen did not write, and those of another lab').addOption(STRICT).option('--no-verify', 'do not run the checks').option('--report', 'write report.html there at the end, also where checks failed').addOption(LIMIT).addHelpText('after', PHASES_TOLD),
  verify: (verb) => verb('verify [lab]', 'run the checks on a running lab', async () => (await import('./commands/verify.js')).verify, ['lab']).addOption(OUTPUT).addOption(STAGE).addOption(new Option('--within <seconds>', 'poll no check longer than this').argParser(seconds).conflicts('patience')).addOption(PATIENCE).option('--matrix', 'measure who reaches whom instead, and compare it with the prediction').addOption(new Option('--only <text>', 'only checks whose name holds this').argParser(collect).default([] as readonly string[], 'all')).addOption(format('text', 'json', 'junit', 'tap')),
  fault: (verb) => verb('fault [words...]', 'trouble a running lab, in a way that ends by itself: cut, delay, loss, drain, kill, reboot', async () => (await import('./commands/fault.js')).fault, ['words']).addOption(OUTPUT).addOption(new Option('--network <name>', 'of a node on several networks of the lab: which one (default: its first)')).addOption(new Option('--for <time>', 'how long, such as 30s or 5m').argParser(duration)).option('--all', 'reboot all nodes').option('--wait', 'come back when it has ended').addOption(format('text', 'json')).addHelpText('after', HOW_TO_TROUBLE),
  walk: (verb) => verb('walk [lab]', 'the lesson in the terminal, stage by stage; goes on where it was left', async () => (await import('./commands/walk.js')).walk, ['lab']).addOption(OUTPUT).option('--goto <stage>', 'go to this stage').option('--restart', 'begin anew').option('--yes', 'ask nothing: go through all stages').addOption(SET).addOption(VARS).addOption(PROVIDER).option('--private', 'an engine of its own, in namespaces of its own').addOption(LIMIT),
  break: (verb) => verb('break [lab]', 'break the running lab in a way it declares, without telling which', async () => (await import('./commands/break.js')).breakLab, ['lab']).addOption(OUTPUT).option('--which <name>', 'this one').addOption(new Option('--seed <number>', 'draw the same one for everybody').argParser(whole)).option('--undo', 'give up: repair it, and tell what it was').option('--list', 'how many ways there are').option('--reveal', 'with --list: tell them').addOption(PATIENCE).addOption(format('text', 'json')).addHelpText('after', '\nExit codes: 0 it is there, 1 the lab does not pass its checks as it is, 2 the lab declares none, 3 something is broken already, or a node cannot be reached.'),
  grade: (verb) => verb('grade [lab]', 'how far the repair of a broken lab is', async () => (await import('./commands/grade.js')).grade, ['lab']).addOption(OUTPUT).option('--hint', 'one hint more; each costs 10 points of 100').addOption(new Option('--file <file>', 'write it in that format into this file').argParser(word('--file', 'a file'))).option('--force', 'overwrite a file that is no grade of labgen').addOption(PATIENCE).addOption(format('text', 'json', 'junit')).addHelpText('after', '\nThe score is the share of checks mended, of all that were turned red, of 100; less 10 for each hint.\nExit codes: 0 all checks pass, 1 not yet.'),
  report: (verb) => verb('report [lab]', 'one HTML page of what a lab does: predicted, and measured where it runs', async () => (await import('./commands/report.js')).report, ['lab']).addOption(OUTPUT).addOption(STAGE).addOption(SET).addOption(VARS).addOption(new Option('--file <path>', 'where to write it (default: report.html in the output folder)').argParser(word('--file', 'a file'))).option('--force', 'overwrite a file that is no report of labgen').addHelpText('after', '\nExit codes: 0 written, and all that was measured is as it should be (a lab that does not run is only predicted),\n1 a check failed or an answer differs from the prediction, 3 something could not be asked. The page is written in any case.'),
  serve: (verb) => verb('serve [lab]', 'the same page in a browser of this machine, alive while "up" or "walk" is at work', async () => (await import('./commands/serve.js')).serve, ['lab']).addOption(OUTPUT).addOption(STAGE).addOption(SET).addOption(VARS).addOption(new Option('--port <number>', 'listen there (default: any that is free)').argParser(portOf)),
  status: (verb) => verb('status [lab]', 'what is running', async () => (await import('./commands/status.js')).status, ['lab']).addOption(OUTPUT).addOption(format('text', 'json')),
  ssh: (verb) => verb('ssh <node> [lab]', 'a shell on a node', async () => (await import('./commands/ssh.js')).ssh, ['node', 'lab']).addOption(OUTPUT),
  exec: (verb) => verb('exec <node> <command...>', 'run a command on a node as root', async () => (await import('./commands/ssh.js')).exec, ['node', 'command']).addOption(OUTPUT).passThroughOptions(),
  shell: (verb) => verb('shell [lab]', "a shell inside the lab's private engine, for vagrant and docker by hand", async () => (await import('./commands/shell.js')).shell, ['lab']).addOption(OUTPUT).addOption(STAGE).addOption(SET).addOption(VARS).addOption(PROVIDER).option('--private', 'start one where none runs yet, for "vagrant up" by hand').option('-c, --command <line>', 'run this line instead of a shell'),
  down: (verb) => verb('down [lab]', 'take a lab away, and leave nothing behind', async () => (await import('./commands/down.js')).down, ['lab']).addOption(OUTPUT),
  doctor: (verb) => verb('doctor', 'what this machine has for labs, and what it lacks', async () => (await import('./commands/doctor.js')).doctor).addOption(format('text', 'json')).option('--clean', 'take away what dead runs left'),
  box: (verb) => verb('box <action>', 'build a node image from the distribution\'s packages: box build', async () => (await import('./commands/box.js')).box, ['action']).addOption(new Option('--for <provider>', 'docker, libvirt or all').choices(['docker', 'libvirt', 'all']).default('all')).option('--force', 'build again'),
  completion: (verb) => verb('completion', 'print the completion script of a shell', async () => (await import('./commands/completion.js')).completion, ['shell']).addArgument(new Argument('<shell>', 'whose script').choices(['bash', 'zsh', 'fish'])).addHelpText('after', HOW_TO_COMPLETE),
};

/** What the scripts of `completion` ask: the words after labgen, the last one unfinished. Not for people, so neither listed nor suggested. */
const ASK = '__complete';
/** `help` is commander's own, but for what names a problem code; no verb begins like one. */
const EXPLAINED = /^(lg.*|codes?)$/i;
const EXPLAIN = (verb: Declare): Command => verb('help <code>', 'explain a problem code such as LG012; "codes" lists them', async () => (await import('./commands/help.js')).help, ['about']).addOption(format('text', 'json'));

/** @throws Failure (exit 2) where `help` is asked about what is no verb: commander would print all there is. */
function refuseUnknown(about: string | undefined): void {
  if (about === undefined || about.startsWith('-') || EXPLAINED.test(about) || Object.hasOwn(VERBS, about)) return;
  const near = nearest(about, Object.keys(VERBS));
  throw new Failure(2, `there is no verb "${printable(about)}"`, `${near === undefined ? '' : `Did you mean "${near}"? `}"labgen help" lists them, and "labgen help codes" the codes of problems.`);
}

export function buildProgram(context: Context, done: (code: ExitCode) => void): Command {
  const program = new Command('labgen');
  program
    .description('One YAML file in, a running and proven Docker networking lab out.')
    .helpCommand('help [verb-or-code]', 'explain a verb, or a problem code such as LG012; "help codes" lists them')
    .configureOutput({ writeOut: (text) => context.out(text), writeErr: (text) => context.err(text) })
    .exitOverride()
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .addHelpText('after', '\nLAB is the name of a shipped lab (labgen list), a path to a lab file, or left out inside a rendered folder.\nExit codes: 0 all well, 1 a check failed or files differ, 2 the lab or the command line is wrong,\n3 the machine lacks something or a node cannot be reached, 70 a bug in labgen, 130 interrupted.');

  const verb: Declare = (usage, description, load, names = []) =>
    program
      .command(usage, { hidden: description === '' })
      .description(description)
      .copyInheritedSettings(program)
      .action(async (...args: unknown[]) => {
        const options = (args.at(-2) ?? {}) as Record<string, unknown>;
        const named = Object.fromEntries(names.map((name, index) => [name, args[index]]));
        refuseEmpty(named);
        const action = await load();
        done(await action(context, { ...options, ...named } as never));
      });

  const [asked = '', about] = context.args;
  if (asked === 'help') refuseUnknown(about);
  // A verb that is named outright needs neither the others beside it nor labgen's version.
  if (Object.hasOwn(VERBS, asked)) VERBS[asked]?.(verb);
  else if (asked === 'help' && context.args.slice(1).some((word) => EXPLAINED.test(word))) EXPLAIN(verb);
  else {
    program.version(context.version, '-V, --version', 'print the version');
    for (const declare of Object.values(VERBS)) declare(verb);
    if (asked === ASK) verb(`${ASK} [words...]`, '', async () => (asking, { words }: { words: readonly string[] }) => import('./commands/complete.js').then(({ complete }) => complete(asking, program, words)), ['words']);
  }
  return program;
}
