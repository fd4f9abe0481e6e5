/** `labgen doctor` finds what dead runs left, by labgen's own marks, and --clean takes that away; what is others' stays. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { findLeftovers, type Leftover } from '../../generator/cli/leftovers.js';
import { FOLDER_VARIABLE, LOCK_VARIABLE } from '../../generator/cli/locked.js';
import { markOf } from '../../generator/engine/holder.js';
import { bootSector, leftDisks } from '../../generator/engine/kvm-probe.js';
import { engineId, PLACES, runDirOf } from '../../generator/engine/places.js';
import { writeState } from '../../generator/engine/state.js';
import { formatHolder, type Holder } from '../../generator/model/holder.js';
import { noteFolder, notedFolders } from '../../generator/write/folders.js';
import { LOCK } from '../../generator/write/lock.js';
import { contextOf, labgenIn } from '../support/context.js';
import { Fakes, hasEnded } from '../support/fakes.js';

describe('labgen doctor, and what dead runs left', function () {
  this.timeout(120_000);
  let fakes: Fakes;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    fakes = new Fakes();
    fakes.prepareLab();
    for (const tool of ['kill', 'find', 'rmdir', 'cmp', 'mv', 'flock']) symlinkSync(existsSync(`/bin/${tool}`) ? `/bin/${tool}` : `/usr/bin/${tool}`, join(fakes.folder, 'bin', tool));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(runDirOf(PLACES, engineId(realpathSync(fakes.folder), 'docker')), { recursive: true, force: true });
    fakes.end();
  });
  const cache = (): string => process.env['LABGEN_HOME_CACHE'] ?? '';
  const gone = (): string => join(fakes.folder, 'gone');
  /** Of this spec's own folders: others work on this machine, too. */
  const found = async (dockerRuns = true, libvirtRuns = false): Promise<readonly Leftover[]> =>
    (await findLeftovers(contextOf({ env: process.env }, fakes.folder), { dockerRuns, libvirtRuns })).filter((each) => each.folder.startsWith(fakes.folder));
  const kinds = async (): Promise<readonly string[]> => (await found()).map(({ kind, folder }) => `${kind} ${folder.slice(fakes.folder.length + 1)}`);
  const clean = async (): Promise<void> => {
    for (const each of await found()) await each.remove();
  };
  const holder = (more: Partial<Holder>): string => formatHolder({ ...markOf({ places: PLACES, pid: process.pid, host: hostname() }), token: 'a'.repeat(16), command: 'labgen up', since: '2026-01-02T03:04:05.678Z', ...more });
  const lock = (more: Partial<Holder>): void => writeFileSync(join(fakes.lab, LOCK), holder(more));
  const dead = { pid: spawnSync('/bin/true').pid, startTime: '5' };
  const start = (env: Readonly<Record<string, string>>): number => {
    const child = spawn('/bin/sleep', ['600'], { env: { ...process.env, ...env }, stdio: 'ignore', detached: true });
    children.push(child);
    return child.pid ?? 0;
  };

  it('nothing, where nothing is', async () => assert.deepEqual(await kinds(), []));

  it('a lock of a dead one with what it started; not of one that lives', async () => {
    noteFolder(cache(), fakes.lab);
    const pid = start({ [LOCK_VARIABLE]: 'a'.repeat(16), [FOLDER_VARIABLE]: fakes.lab });
    lock({});
    assert.deepEqual(await kinds(), []);
    lock(dead);
    assert.deepEqual(await kinds(), ['processes lab', 'lock lab']);
    await clean();
    await hasEnded(pid);
    assert.equal(existsSync(join(fakes.lab, LOCK)), false);
    assert.deepEqual(await kinds(), []);
  });

  it('processes whose folder is gone, or has another lock by now; no others', async () => {
    const [one, two] = [start({ [LOCK_VARIABLE]: 'b'.repeat(16), [FOLDER_VARIABLE]: gone() }), start({ [LOCK_VARIABLE]: 'c'.repeat(16), [FOLDER_VARIABLE]: fakes.lab })];
    const other = start({ [LOCK_VARIABLE]: 'rubbish', [FOLDER_VARIABLE]: fakes.lab });
    lock({});
    assert.deepEqual([...(await kinds())].sort(), ['processes gone', 'processes lab']);
    await clean();
    for (const pid of [one, two]) await hasEnded(pid);
    assert.equal(process.kill(other, 0), true);
  });

  it('of another folder, which says the token of one at work, only what is its own', async () => {
    lock({});
    const [theirs, other] = [start({ [LOCK_VARIABLE]: 'a'.repeat(16), [FOLDER_VARIABLE]: fakes.lab }), start({ [LOCK_VARIABLE]: 'a'.repeat(16), [FOLDER_VARIABLE]: gone() })];
    assert.deepEqual(await kinds(), ['processes gone']);
    await clean();
    await hasEnded(other);
    assert.equal(process.kill(theirs, 0), true);
  });

  it('an engine that died', async function () {
    if (process.getuid?.() !== 0) assert.fail('engines are root\'s');
    const id = engineId(realpathSync(fakes.folder), 'docker');
    writeState(PLACES, { id, kind: 'docker', folder: realpathSync(fakes.folder), emulated: false, boot: 'an earlier one' });
    for (const path of ['.vagrant/id', '.labgen/render.json', '.labgen/manifest.json', '.labgen/ssh-config']) {
      mkdirSync(join(fakes.folder, path, '..'), { recursive: true });
      writeFileSync(join(fakes.folder, path), '{}');
    }
    assert.deepEqual((await found()).map((each) => each.kind), ['engine']);
    await clean();
    assert.deepEqual(['.vagrant', '.labgen/ssh-config', '.labgen/manifest.json'].filter((path) => existsSync(join(fakes.folder, path))), ['.labgen/manifest.json'], 'what tells of machines that were in it goes along');
    assert.equal(existsSync(runDirOf(PLACES, id)), false);
  });

  describe('containers on the user\'s engine', () => {
    const listed = (): void => fakes.answer('docker-ps', `case $* in *"--filter label=labgen.folder --format"*) cat "$LABGEN_FAKE/containers" ;; esac; exit 0`);
    beforeEach(() => {
      mkdirSync(join(fakes.lab, '.vagrant/machines/n1/docker'), { recursive: true });
      writeFileSync(join(fakes.lab, '.vagrant/machines/n1/docker/id'), 'known\n');
      fakes.put('containers', `known ${fakes.lab}\nunknown ${fakes.lab}\nlost ${gone()}\n`);
      listed();
    });
    const removed = (): readonly string[] => fakes.calls().filter((call) => call.startsWith('docker rm'));

    it('of a folder that is gone or knows nothing of them', async () => {
      assert.deepEqual(await kinds(), ['container lab', 'container gone']);
      await clean();
      assert.deepEqual(removed(), ['docker rm --force --volumes unknown', 'docker rm --force --volumes lost']);
    });

    it('not while a labgen is at work there', async () => {
      lock({});
      assert.deepEqual(await kinds(), ['container gone']);
    });

    it('not on an engine of another machine, where these folders are none', async () => {
      process.env['DOCKER_HOST'] = 'tcp://far:2376';
      assert.deepEqual(await kinds(), []);
    });

    it('not on an engine of another machine, which a context of Docker names', async () => {
      fakes.answer('docker-context', 'echo ssh://me@far');
      assert.deepEqual(await kinds(), []);
      fakes.answer('docker-context', 'echo unix:///run/user/1000/docker.sock');
      assert.deepEqual(await kinds(), ['container lab', 'container gone']);
      // Of a docker that knows no contexts nobody can tell.
      fakes.answer('docker-context', 'exit 1');
      process.env['DOCKER_CONTEXT'] = 'far';
      assert.deepEqual(await kinds(), []);
    });

    it("not of a folder that cannot be looked into, such as another user's", async () => {
      rmSync(join(fakes.lab, '.vagrant/machines'), { recursive: true });
      symlinkSync('machines', join(fakes.lab, '.vagrant/machines'));
      assert.deepEqual(await kinds(), ['container gone']);
    });

    it('not where Docker does not run', async () => assert.deepEqual(await found(false), []));
  });

  it('domains of libvirt by their description, with their disks; not those a folder knows, nor others\'', async () => {
    const domains = { known: fakes.lab, unknown: fakes.lab, lost: gone(), theirs: undefined };
    mkdirSync(join(fakes.lab, '.vagrant/machines/n1/libvirt'), { recursive: true });
    writeFileSync(join(fakes.lab, '.vagrant/machines/n1/libvirt/id'), 'uuid-known\n');
    fakes.put('domains', Object.keys(domains).map((name) => `${name}\n`).join(''));
    fakes.put('volumes', ` Name  Path\n${Object.keys(domains).map((name) => ` ${name}.img  /x/${name}.img\n`).join('')}`);
    for (const [name, folder] of Object.entries(domains)) fakes.put(`desc-${name}`, folder === undefined ? 'a web server\n' : `labgen.folder=${folder}\n`);
    writeFileSync(join(fakes.folder, 'bin/virsh'), '#!/bin/sh\nshift 2\necho "call virsh config= virsh $*" >>"$LABGEN_FAKE/log"\ncase $1 in\n  list) cat "$LABGEN_FAKE/domains" ;;\n  desc) cat "$LABGEN_FAKE/desc-$2" ;;\n  domuuid) echo "uuid-$2" ;;\n  undefine)\n    while read -r each; do [ "$each" = "$2" ] || echo "$each"; done <"$LABGEN_FAKE/domains" >"$LABGEN_FAKE/rest"\n    mv "$LABGEN_FAKE/rest" "$LABGEN_FAKE/domains" ;;\n  dumpxml) cat "$LABGEN_FAKE/networks-of-$3" ;;\n  net-dumpxml) cat "$LABGEN_FAKE/network-$2" ;;\n  vol-list) cat "$LABGEN_FAKE/volumes" ;;\nesac\n', { mode: 0o755 });
    // Of the folder that is gone: one it was the last on, one with another's machine on it, and two that were there before it.
    fakes.put('networks-of-lost', ['gone0', 'gone1', 'gone-net', 'default'].map((name) => `<source network='${name}' bridge='virbr1'/>\n`).join(''));
    fakes.put('networks-of-unknown', "<source network='lab0'/>\n");
    fakes.put('networks-of-theirs', "<source network='gone1'/>\n");
    for (const name of ['gone0', 'gone1', 'gone-net', 'default', 'lab0']) fakes.put(`network-${name}`, `<network>\n  <name>${name}</name>\n`);
    const left = await found(false, true);
    assert.deepEqual(left.map(({ kind, what }) => `${kind} ${what}`), ['domain unknown', 'domain lost']);
    for (const each of left) await each.remove();
    assert.deepEqual(fakes.calls().filter((call) => /destroy|undefine|vol-delete/.test(call)), [...['unknown', 'lost'].flatMap((name) => [`virsh destroy ${name}`, `virsh undefine ${name}`, `virsh vol-delete --pool default ${name}.img`]), 'virsh net-destroy gone0', 'virsh net-undefine gone0']);
  });

  it('machines in Vagrant\'s index, of folders that were labgen\'s; others\' stay, and the index stays Vagrant\'s', async () => {
    const index = join(fakes.folder, 'home/.vagrant.d/data/machine-index/index');
    const entry = (folder: string, name: string) => ({ local_data_path: join(folder, '.vagrant'), name, provider: 'docker', state: 'running', vagrantfile_path: folder, extra_data: { box: {} } });
    const machines = { 11: entry(gone(), 'n1'), 22: entry(join(fakes.folder, 'theirs'), 'web'), 33: entry(fakes.lab, 'n1'), 44: entry(fakes.lab, 'n2') };
    mkdirSync(join(index, '..'), { recursive: true });
    writeFileSync(index, JSON.stringify({ version: 1, machines }));
    mkdirSync(join(fakes.lab, '.vagrant/machines/n1/docker'), { recursive: true });
    writeFileSync(join(fakes.lab, '.vagrant/machines/n1/docker/index_uuid'), '33');
    assert.deepEqual(await kinds(), [], 'labgen was never there');
    for (const folder of [gone(), fakes.lab]) noteFolder(cache(), folder);
    assert.deepEqual(await kinds(), ['vagrant index gone', 'vagrant index lab', 'note gone']);
    await clean();
    const { 22: theirs, 33: running } = machines;
    assert.deepEqual(JSON.parse(readFileSync(index, 'utf8')), { version: 1, machines: { 22: theirs, 33: running } });
    assert.deepEqual(await kinds(), []);
    assert.deepEqual(notedFolders(cache()), [fakes.lab]);
  });

  it('half of a node image whose build was killed; not one that is being built', async () => {
    const boxes = join(cache(), 'boxes');
    for (const name of ['.build-aaaaaa', '.build-bbbbbb', '.build-cccccc', '.build-dddddd', '.build-theirs-too']) mkdirSync(join(boxes, name), { recursive: true });
    cpSync('/bin/sleep', join(boxes, '.build-bbbbbb/step'));
    children.push(spawn(join(boxes, '.build-bbbbbb/step'), ['600'], { stdio: 'ignore' }));
    // Between two of its steps only the builder itself is there.
    for (const [name, its] of [['.build-cccccc', {}], ['.build-dddddd', dead]] as const) {
      mkdirSync(join(boxes, name, '.labgen'));
      writeFileSync(join(boxes, name, LOCK), holder(its));
    }
    assert.deepEqual(await kinds(), ['half a box cache/boxes/.build-aaaaaa', 'half a box cache/boxes/.build-dddddd']);
    await clean();
    assert.deepEqual(['.build-aaaaaa', '.build-bbbbbb', '.build-cccccc', '.build-dddddd', '.build-theirs-too'].filter((name) => existsSync(join(boxes, name))), ['.build-bbbbbb', '.build-cccccc', '.build-theirs-too']);
  });

  it('the disk of a look at KVM that was killed; not one in use, nor a file that only has such a name', () => {
    const put = (name: string, content: string | Uint8Array, secondsAgo: number): void => {
      writeFileSync(join(fakes.folder, name), content);
      utimesSync(join(fakes.folder, name), new Date(), new Date(Date.now() - secondsAgo * 1000));
    };
    put('labgen-kvm-01234567.img', bootSector(), 120);
    put('labgen-kvm-01234568.img', bootSector(), 1);
    put('labgen-kvm-01234569.img', 'somebody else\'s', 120);
    put('labgen-kvm-mine.img', bootSector(), 120);
    symlinkSync('labgen-kvm-01234567.img', join(fakes.folder, 'labgen-kvm-0123456a.img'));
    assert.deepEqual(leftDisks(Date.now(), fakes.folder), [join(fakes.folder, 'labgen-kvm-01234567.img')]);
  });

  it('a folder is noted from "up" to "down", and the report says what is left, safe to print', async () => {
    const labgen = (...args: string[]) => labgenIn({ env: process.env, uid: process.getuid?.() ?? 0 }, fakes.folder, ...args);
    assert.equal((await labgen('up', './lab.yaml', '-o', 'lab', '--no-verify')).code, 0);
    assert.deepEqual(notedFolders(cache()), [realpathSync(fakes.lab)]);
    assert.equal((await labgen('down', '-o', 'lab')).code, 0);
    assert.deepEqual(notedFolders(cache()), []);
    noteFolder(cache(), join(fakes.folder, 'g\u001b[2Jone'));
    assert.match((await labgen('doctor')).out, /^Leftovers of dead runs \(labgen doctor --clean takes them away\)\n(?: {2}.*\n)* {2}note {11}\S+\/g\\x1b\[2Jone: the folder is gone without a "labgen down"\n/m);
  });
});
