/** The one room that speaks SSH: one connection a node, at most eight channels at once on it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult } from '../model/check.js';
import { NodeUnreachable, type Connections, type Observation, type RunOptions, type Streaming } from '../model/connections.js';
import { Slots } from '../model/slots.js';
import { algorithmsFor } from './known-hosts.js';
import { pasteable } from './run-command.js';
import type { SshHost } from './ssh-config.js';
import { knownKeys, privateKeys, strangerAt } from './ssh-identity.js';

export interface SshOptions {
  /** Milliseconds to go on trying to reach a node that does not answer. Default 30 s. */
  readonly connectWithinMs?: number;
  /** Milliseconds between two tries. */
  readonly retryMs?: number;
  readonly signal?: AbortSignal;
}

/** sshd's MaxSessions is 10. */
const CHANNELS = 8;
const OPEN_TRIES = 20;
const OPEN_PAUSE_MS = 250;
const KEEPALIVE_MS = 10_000;
const COMMAND_MS = 60_000;
/** What a node may say in one command; the rest is left out. */
const OUTPUT_LIMIT = 4 * 1024 * 1024;
/** A refused key is final, but not while a machine is still booting (pam_nologin, keys not yet inserted). */
const AUTH_PATIENCE_MS = 5_000;

/** What we use of ssh2's client and channel; the package has no types of its own. */
interface Client {
  destroy(): void;
  exec(line: string, done: (error: Error | undefined, channel: Channel) => void): void;
  on(event: 'error' | 'close', listener: (error?: Error) => void): void;
}
interface Channel {
  on(event: 'data', listener: (chunk: Buffer) => void): void;
  on(event: 'exit', listener: (code: number | null) => void): void;
  on(event: 'close' | 'error', listener: () => void): void;
  pause(): void;
  resume(): void;
  readonly stderr: { on(event: 'data', listener: (chunk: Buffer) => void): void };
  end(input?: string): void;
  close(): void;
}

export function connectSsh(hosts: readonly SshHost[], options: SshOptions = {}): Connections & Streaming {
  const links = new Map(hosts.map((host) => [host.node, new Link(host, options)]));
  const linkTo = (node: string): Link => {
    const link = links.get(node);
    if (link === undefined) throw new NodeUnreachable(node, 'there is no SSH address for it', `Known are: ${[...links.keys()].join(', ') || 'none'}. Is the machine up?`);
    return link;
  };
  return {
    run: async (node, argv, more = {}) => (await linkTo(node).start(argv, more)).ended,
    observe: async (node, argv, more = {}) => linkTo(node).start(argv, more, 'ready'),
    stream: async (node, argv, into, more) => linkTo(node).stream(argv, into, more),
    close: async () => {
      for (const link of links.values()) link.close();
    },
  };
}

/** One node's connection; made when first needed, made again after it broke (a reboot). */
class Link {
  private client: Promise<Client> | undefined;
  private closed = false;
  private dispose: () => void = () => {};
  private readonly slots = new Slots(CHANNELS);

  constructor(
    private readonly host: SshHost,
    private readonly options: SshOptions,
  ) {}

  close(): void {
    this.closed = true;
    this.dispose();
  }

  async start(argv: readonly string[], options: RunOptions, readyWord?: string): Promise<Observation> {
    const timeoutMs = options.timeoutMs ?? COMMAND_MS;
    const release = await this.slots.take();
    try {
      const client = await this.connected();
      const observation = await this.patientExec(client, remoteLine(argv, timeoutMs, options.sudo ?? true), { ...options, timeoutMs }, readyWord);
      observation.ended.then(release, release);
      return observation;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** What a command says, as it comes; `until` ends its standard input, and it ends by that. */
  async stream(argv: readonly string[], into: (bytes: Uint8Array) => Promise<void>, { timeoutMs, until }: { readonly timeoutMs: number; readonly until: AbortSignal }): Promise<CommandResult> {
    const release = await this.slots.take();
    try {
      const client = await this.connected();
      return await new Promise<CommandResult>((resolve, reject) => {
        client.exec(remoteLine(argv, timeoutMs, true), (error, channel) => {
          if (error) reject(new NodeUnreachable(this.host.node, error.message));
          else pour(channel, this.host.node, into, until).then(resolve, reject);
        });
      });
    } finally {
      release();
    }
  }

  /** sshd counts a session until its process is reaped, which may be after we saw its channel close: refused, it is asked again. */
  private async patientExec(client: Client, line: string, options: RunOptions & { readonly timeoutMs: number }, readyWord: string | undefined): Promise<Observation> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.exec(client, line, options, readyWord);
      } catch (error) {
        if (!/channel open failure/i.test((error as Error).message) || tries >= OPEN_TRIES) throw error;
        await sleep(OPEN_PAUSE_MS);
      }
    }
  }

  private connected(): Promise<Client> {
    if (this.closed) throw new NodeUnreachable(this.host.node, 'the connection was closed');
    this.client ??= this.connect();
    // A failure stands: whoever asks next is told at once instead of waiting through another time limit.
    return this.client;
  }

  private async connect(): Promise<Client> {
    const { host, options } = this;
    const { NodeSSH } = await import('node-ssh');
    const [keys, known] = [await privateKeys(host), await knownKeys(host)];
    const begun = Date.now();
    const limit = begun + (options.connectWithinMs ?? 30_000);
    let reason = 'no answer';
    for (;;) {
      for (const key of keys) {
        if (options.signal?.aborted || this.closed) throw new NodeUnreachable(host.node, 'interrupted');
        const ssh = new NodeSSH();
        // One that does not answer would not answer a farewell either.
        this.dispose = () => (ssh.connection as Client | null)?.destroy();
        let stranger = false;
        try {
          await ssh.connect({
            host: host.address, port: host.port, username: host.user, privateKey: key,
            algorithms: { serverHostKey: algorithmsFor(known) },
            hostVerifier: (shown: Buffer) => !(stranger = !known.some((each) => each.key === shown.toString('base64'))),
            readyTimeout: Math.max(1000, Math.min(10_000, limit - Date.now())), keepaliveInterval: KEEPALIVE_MS, keepaliveCountMax: 3,
          });
          const client = ssh.connection as Client | null;
          if (client === null) throw new Error('the connection ended at once');
          this.dispose = () => ssh.dispose();
          if (this.closed) throw new Error('the connection was closed');
          client.on('error', () => {}); // told by the channels that end with it; unheard it would end labgen
          client.on('close', () => (this.client = undefined));
          return client;
        } catch (error) {
          ssh.dispose();
          reason = (error as Error).message;
          if (stranger || /no matching host key format/i.test(reason)) throw strangerAt(host);
        }
      }
      const refused = /authentication methods failed|no supported authentication/i.test(reason);
      if (refused) reason = `the key was refused for ${host.user}@${host.address} (${host.identityFiles.join(', ')})`;
      const end = refused ? Math.min(limit, begun + AUTH_PATIENCE_MS) : limit;
      const pause = options.retryMs ?? 1000;
      if (Date.now() + pause >= end) throw new NodeUnreachable(host.node, `${host.user}@${host.address} port ${host.port}: ${reason}`);
      await sleep(pause);
    }
  }

  private exec(client: Client, line: string, options: RunOptions & { readonly timeoutMs: number }, readyWord: string | undefined): Promise<Observation> {
    const node = this.host.node;
    return new Promise((resolve, reject) => {
      const lost = setTimeout(() => reject(new NodeUnreachable(node, 'it stopped answering')), options.timeoutMs + 10_000);
      client.exec(line, (error, channel) => {
        clearTimeout(lost);
        if (error) {
          reject(new NodeUnreachable(node, error.message));
          return;
        }
        const observation = follow(channel, node, options, readyWord, (ready) => resolve({ ready, ended: observation, stop: () => channel.close() }));
        // Whoever awaits it hears the failure; nobody awaiting it must not end labgen.
        observation.catch(() => {});
        if (readyWord === undefined) resolve({ ready: true, ended: observation, stop: () => channel.close() });
      });
    });
  }
}

/** Collects what a channel says until it closes. */
function follow(channel: Channel, node: string, options: RunOptions & { readonly timeoutMs: number }, readyWord: string | undefined, onReady: (ready: boolean) => void): Promise<CommandResult> {
  const [out, err] = [new Output(), new Output()];
  const begun = Date.now();
  let code: number | undefined;
  let exited = false;
  let late = false;
  let waiting = readyWord !== undefined;
  // The node ends the command itself; this is for a node that no longer answers.
  const timer = setTimeout(() => {
    late = true;
    channel.close();
  }, options.timeoutMs + 5_000);
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      const timedOut = late || ((code === 124 || code === 137) && Date.now() - begun >= options.timeoutMs);
      if (!exited && !late) reject(new NodeUnreachable(node, 'the connection broke while a command ran'));
      else resolve({ code: timedOut ? undefined : code, stdout: out.text(), stderr: err.text() });
      if (waiting) onReady(false);
      waiting = false;
    };
    channel.on('data', (chunk) => {
      out.add(chunk);
      if (!waiting || !out.text().split('\n').slice(0, -1).includes(readyWord ?? '')) return;
      waiting = false;
      out.forget(`${readyWord}\n`);
      onReady(true);
    });
    channel.stderr.on('data', (chunk) => err.add(chunk));
    channel.on('exit', (status) => {
      exited = true;
      code = status ?? undefined;
    });
    channel.on('error', () => {});
    channel.on('close', finish);
    channel.end(options.input);
  });
}

/** Takes no more than what `into` has room for. */
function pour(channel: Channel, node: string, into: (bytes: Uint8Array) => Promise<void>, until: AbortSignal): Promise<CommandResult> {
  const err = new Output();
  const end = (): void => channel.end();
  let code: number | undefined;
  let exited = false;
  let written: Promise<void> = Promise.resolve();
  until.addEventListener('abort', end, { once: true });
  return new Promise((resolve, reject) => {
    channel.on('data', (chunk) => {
      channel.pause();
      written = into(chunk).then(() => channel.resume());
      written.catch((reason: unknown) => {
        channel.close();
        reject(reason instanceof Error ? reason : new Error(String(reason)));
      });
    });
    channel.stderr.on('data', (chunk) => err.add(chunk));
    channel.on('exit', (status) => {
      exited = true;
      code = status ?? undefined;
    });
    channel.on('error', () => {});
    channel.on('close', () => {
      until.removeEventListener('abort', end);
      written.then(() => {
        if (exited) resolve({ code, stdout: '', stderr: err.text() });
        else reject(new NodeUnreachable(node, 'the connection broke while a command ran'));
      }, reject);
    });
    if (until.aborted) end();
  });
}

/** Bytes until the end, so that a letter cut in two by a packet stays whole. */
class Output {
  private chunks: Buffer[] = [];
  private size = 0;

  add(chunk: Buffer): void {
    if (this.size < OUTPUT_LIMIT) this.chunks.push(chunk.subarray(0, OUTPUT_LIMIT - this.size));
    this.size += chunk.length;
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }

  forget(part: string): void {
    this.chunks = [Buffer.from(this.text().replace(part, ''))];
  }
}

/** The line for the login shell: messages in English, an end even if we are gone, and never an option out of a word of the command. */
export function remoteLine(argv: readonly string[], timeoutMs: number, sudo: boolean): string {
  const seconds = String(Math.ceil(timeoutMs / 1000));
  return pasteable([...(sudo ? ['sudo', '-n', '--'] : []), 'env', 'LC_ALL=C', 'timeout', '-k', '2', seconds, ...argv]);
}
