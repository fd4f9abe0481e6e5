/** A canary: a lab whose password is known goes through every verb; where it may stand it stands for its owner only, and nowhere else. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labgenIn, type Ran } from '../support/context.js';
import { Fakes } from '../support/fakes.js';
import { SshServer } from '../support/ssh-server.js';

const CANARY = 'canary-7f3a91c2-never-sing';
const SECOND = 'canary-0b55d6e8-never-sing';
const WEAVE = 'echo weave\n';
const NODES = ['a', 'b'];

const lab = (password: string): string => `lab: caged
nodes: { a: {}, b: {} }
vars: { password: { type: string, default: nothing-of-the-kind } }
artifacts: { weave: { url: "https://files.lab/weave", version: v1, sha256: ${createHash('sha256').update(WEAVE).digest('hex')} } }
weave: { version: 2.9.0, fastDatapath: false, password: ${password} }
checks: [{ command: { node: a, run: "true" } }]
`;

describe('a secret of a lab', function () {
  this.timeout(180_000);
  let fakes: Fakes;
  let server: SshServer;
  const said: string[] = [];

  beforeEach(async () => {
    fakes = new Fakes();
    server = new SshServer();
    await server.start();
    fakes.prepareLab(server.port, server.key);
    fakes.put('ssh-config', NODES.map((node) => `Host ${node}\n  HostName 127.0.0.1\n  Port ${server.port}\n  IdentityFile ${join(fakes.lab, `.vagrant/machines/${node}/private_key`)}\n  HostKeyAlias n1\n  UserKnownHostsFile ${join(fakes.lab, '.labgen/known_hosts')}\n`).join('\n'));
    fakes.put('known_hosts', `n1 ${server.hostKey}\n`);
    process.env['LABGEN_FAKE_NODES'] = NODES.join(' ');
    writeFileSync(join(fakes.folder, 'bin/VBoxManage'), '#!/bin/sh\n', { mode: 0o755 });
    mkdirSync(join(fakes.folder, 'cache/artifacts'), { recursive: true });
    writeFileSync(join(fakes.folder, 'cache/artifacts/weave-v1'), WEAVE);
    said.length = 0;
  });
  afterEach(async () => {
    await server.stop();
    fakes.end();
  });

  const run = async (...args: string[]): Promise<Ran> => {
    const ran = await labgenIn({ env: process.env }, fakes.folder, ...args);
    said.push(`$ labgen ${args[0] ?? ''}\n${ran.out}${ran.err}`);
    return ran;
  };
  const write = (password: string): void => writeFileSync(join(fakes.folder, 'lab.yaml'), lab(password));
  const holders = (text = CANARY): readonly string[] => (readdirSync(fakes.lab, { recursive: true }) as string[]).sort()
    .filter((path) => statSync(join(fakes.lab, path)).isFile() && readFileSync(join(fakes.lab, path), 'utf8').includes(text));
  const modes = (paths: readonly string[]): readonly number[] => [...new Set(paths.map((path) => statSync(join(fakes.lab, path)).mode & 0o777))];
  const ofTheNodes = NODES.map((node) => `nodes/${node}/weave-secret.env`);

  for (const [how, args, kept] of [
    ['in the lab file', [], ['.labgen/lab.yaml']],
    ['by --set', ['--set', `weave.password=${CANARY}`], ['.labgen/render.json']],
    ['in a file of --vars', ['--vars', './vars.yaml'], ['.labgen/vars/1.yaml']],
  ] as const) {
    it(`given ${how}: only files for the owner alone hold it, and no verb says it`, async () => {
      write(how === 'in the lab file' ? CANARY : how === 'by --set' ? SECOND : '{var: password}');
      writeFileSync(join(fakes.folder, 'vars.yaml'), `password: ${CANARY}\n`);
      fakes.answer('vagrant-up', 'cp=$(cat .labgen/lock); echo "$cp" >>"$log"');
      const up = await run('up', './lab.yaml', '-o', 'lab', '--provider', 'virtualbox', '--no-verify', ...args);
      assert.equal(up.code, 0, up.out + up.err);
      assert.deepEqual(holders(), [...kept, ...ofTheNodes]);
      assert.deepEqual(modes(['.labgen/lab.yaml', '.labgen/render.json', ...holders()]), [0o600]);
      assert.match(fakes.log(), /"command":"?.*labgen up/);
      for (const format of ['text', 'json', 'junit', 'tap']) await run('verify', '-o', 'lab', '--only', 'command a', '--format', format);
      for (const format of ['text', 'json', 'github']) await run('validate', './lab.yaml', '--format', format);
      assert.match((await run('report', './lab.yaml', '-o', 'elsewhere', '--file', 'report.html', ...args)).out, /^report caged: report\.html /m);
      const page = join(fakes.folder, 'report.html');
      assert.match(readFileSync(page, 'utf8'), /WEAVE_PASSWORD=•••/, 'the file it is in is shown, without it');
      assert.ok(!readFileSync(page, 'utf8').includes(CANARY));
      assert.equal(statSync(page).mode & 0o777, 0o600);
      for (const more of [['status'], ['exec', 'a', 'true'], ['fetch']]) await run(...more, '-o', 'lab');
      assert.ok(server.commands.length > 0);
      const all = [...said, fakes.log(), server.commands.join('\n')].join('\n');
      assert.ok(!all.includes(CANARY), all.slice(Math.max(0, all.indexOf(CANARY) - 300), all.indexOf(CANARY) + 100));
    });
  }

  it('is not shown by a diff, whatever its form: neither the old one nor the new', async () => {
    write(CANARY);
    assert.equal((await run('render', './lab.yaml', '-o', 'lab')).code, 0);
    write(SECOND);
    for (const format of ['text', 'json', 'github', 'junit']) {
      const { code, out, err } = await run('diff', './lab.yaml', '-o', 'lab', '--format', format);
      assert.equal(code, 1);
      for (const path of ofTheNodes) assert.ok(out.includes(path), out);
      assert.ok(![CANARY, SECOND].some((secret) => (out + err).includes(secret)), out);
    }
  });

  it('is taken away with the stage that had it, and its text stays for the owner only', async () => {
    write(CANARY);
    writeFileSync(join(fakes.folder, 'lab.yaml'), `${lab(CANARY)}stages: [{ name: with }, { name: without, weave: null }]\n`);
    assert.equal((await run('render', './lab.yaml', '-o', 'lab', '--stage', 'with')).code, 0);
    assert.equal((await run('render', './lab.yaml', '-o', 'lab')).code, 0);
    assert.deepEqual([holders(), modes(holders())], [['.labgen/lab.yaml'], [0o600]]);
  });

  it('a lab without one is readable as it always was', async () => {
    writeFileSync(join(fakes.folder, 'lab.yaml'), 'lab: open\nnodes: { a: {} }\n');
    assert.equal((await run('render', './lab.yaml', '-o', 'lab')).code, 0);
    assert.deepEqual(modes(['.labgen/lab.yaml', '.labgen/render.json']), [0o644]);
  });
});
