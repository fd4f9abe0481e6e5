/** An SSH server inside the spec: takes any key, and answers every command with success, or not at all. */
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';

/* The package has no types of its own; it is the one node-ssh stands on. */
const { Server, utils } = createRequire(createRequire(import.meta.url).resolve('node-ssh'))('ssh2');

/* ssh2 could make ed25519 keys itself; one in many of those it cannot read again. */
const newKey = (): string => generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'pkcs1', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' } }).privateKey;

/** A client or a session. */
interface Emitter {
  on(event: string, listener: (...args: never[]) => void): void;
  end(): void;
}

export class SshServer {
  /** While true, commands are heard and never answered. */
  holds = false;
  /** The same for some of them. */
  hangs: (command: string) => boolean = () => false;
  readonly commands: string[] = [];
  /** What a command says and how it ends; nothing, and well, unless told. */
  answer: (command: string, input: string) => { readonly code?: number; readonly stdout?: string; readonly stderr?: string } = () => ({});
  /** Which commands are scripts on standard input: these are answered when all of it has come. */
  static readonly SCRIPT = / sh -\S+ -s$/;
  private static made: string | undefined;
  /** A private key, the server's own and good for the client as well. */
  readonly key = (SshServer.made ??= newKey());
  port = 0;
  /** Its host key as a line of known_hosts has it. */
  readonly hostKey = `ssh-rsa ${utils.parseKey(this.key).getPublicSSH().toString('base64')}`;
  private readonly clients = new Set<Emitter>();
  private server = this.serverWith(this.key);

  async start(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    this.port = this.server.address().port;
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.end();
    await new Promise((done) => this.server.close(done));
  }

  /** From now on another one answers at the same address, with a host key of its own. */
  async usurp(): Promise<void> {
    await this.stop();
    this.server = this.serverWith(newKey());
    await new Promise<void>((done) => this.server.listen(this.port, '127.0.0.1', done));
  }

  private serverWith(key: string) {
    return new Server({ hostKeys: [key] }, (client: Emitter) => this.serve(client));
  }

  private serve(client: Emitter): void {
    this.clients.add(client);
    client.on('error', () => {});
    client.on('close', () => this.clients.delete(client));
    client.on('authentication', (asked: { accept(): void }) => asked.accept());
    client.on('session', (accept: () => Emitter) => {
      accept().on('exec', (acceptExec: () => { on(event: string, listener: (data: Buffer) => void): void; write(text: string): void; readonly stderr: { write(text: string): void }; exit(code: number): void; end(): void }, _reject: unknown, { command }: { command: string }) => {
        this.commands.push(command);
        const channel = acceptExec();
        if (this.holds || this.hangs(command)) return;
        const answer = (input: string): void => {
          const { code = 0, stdout = '', stderr = '' } = this.answer(command, input);
          if (stdout !== '') channel.write(stdout);
          if (stderr !== '') channel.stderr.write(stderr);
          channel.exit(code);
          channel.end();
        };
        if (!SshServer.SCRIPT.test(command)) return answer('');
        let input = '';
        channel.on('data', (data) => (input += data.toString()));
        channel.on('end', () => answer(input));
      });
    });
  }
}
