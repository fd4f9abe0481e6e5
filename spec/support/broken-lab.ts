/** A running lab of two plain hosts for a spec: an SSH server plays both, and knows what is broken. */
import { join } from 'node:path';
import { inFolder, labgenIn, type Ran } from './context.js';
import { SshServer } from './ssh-server.js';
import { writeInto } from './trees.js';

const BREAK = (name: string, more = ''): string => `  ${name}: { title: Title of ${name}, about: Because of ${name}, on: n2, run: "break ${name}", repair: "mend ${name}", hints: [Where ${name}, What ${name}, How ${name}]${more} }\n`;

/** Three checks that tell, each with the breaks it tells of, and one that never does. */
export const LAB = `lab: small
nodes: { n1: { docker: false }, n2: { docker: false } }
breaks:
${BREAK('route')}${BREAK('rule')}${BREAK('silent')}checks:
  - { command: { node: n1, run: ask-route-rule }, within: 0s, why: It is the way. }
  - { command: { node: n1, run: ask-route }, within: 0s, why: Another way. }
  - { command: { node: n2, run: ask-other }, within: 0s, why: Something else. }
`;

export class BrokenLab {
  readonly server = new SshServer();
  /** What is broken now. */
  readonly broken = new Set<string>();
  /** Scripts that were given to nodes. */
  readonly scripts: string[] = [];
  /** Seconds since 1970. */
  now = 1000;

  constructor(readonly folder: string) {
    this.server.answer = (command, input) => {
      if (SshServer.SCRIPT.test(command)) return this.obey(input);
      const asked = /ask-([a-z-]+)/.exec(command)?.[1]?.split('-') ?? [];
      return { code: asked.some((each) => this.broken.has(each)) ? 1 : 0 };
    };
  }

  private obey(script: string): { readonly code?: number; readonly stderr?: string } {
    this.scripts.push(script);
    const [, verb, name = ''] = /^(break|mend) (\w+)$/m.exec(script) ?? [];
    if (verb === undefined) return { code: 2, stderr: 'no script was given' };
    if (verb === 'break') this.broken.add(name);
    else this.broken.delete(name);
    return {};
  }

  labgen(...args: readonly string[]): Promise<Ran> {
    return labgenIn({ now: () => new Date(this.now * 1000) }, this.folder, ...args);
  }
}

/** The lab, rendered and running. */
export async function withBrokenLab<T>(work: (lab: BrokenLab) => Promise<T>, text = LAB): Promise<T> {
  return inFolder(async (folder) => {
    const lab = new BrokenLab(folder);
    await lab.server.start();
    try {
      writeInto(folder, 'lab.yaml', text);
      await lab.labgen('render', './lab.yaml');
      writeInto(folder, '.labgen/key', lab.server.key, 0o600);
      writeInto(folder, '.labgen/known_hosts', `small ${lab.server.hostKey}\n`);
      writeInto(folder, '.labgen/ssh-config', ['n1', 'n2'].map((node) => `Host ${node}\n  HostName 127.0.0.1\n  User u\n  Port ${lab.server.port}\n  IdentityFile ${join(folder, '.labgen/key')}\n  HostKeyAlias small\n  UserKnownHostsFile ${join(folder, '.labgen/known_hosts')}\n`).join('\n'));
      return await work(lab);
    } finally {
      await lab.server.stop();
    }
  });
}
