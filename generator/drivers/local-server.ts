/** The one room that listens: pages for this machine's own user, at an address that cannot be guessed. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LocalServing {
  /** 0: any that is free. */
  readonly port: number;
  /** The first part of every path. */
  readonly token: string;
  /** By what stands behind the token: `` for the page itself; undefined: there is no such thing. */
  answer(path: string): Promise<Answer | undefined> | Answer | undefined;
  /** The path of the stream of events, and what a new listener is told first. */
  readonly stream: string;
  before(): readonly unknown[];
}

export interface LocalServer {
  readonly port: number;
  push(event: unknown): void;
  close(): Promise<void>;
}

const HOSTS = ['127.0.0.1', '::1'] as const;
const MOST_LISTENERS = 32;
/** So that a listener that is gone is noticed. Milliseconds. */
const STILL_THERE = 15_000;

/** On the loopback alone, of both families where there are both. */
export async function serveLocally(serving: LocalServing): Promise<LocalServer> {
  const listeners = new Set<ServerResponse>();
  const handle = (request: IncomingMessage, response: ServerResponse): void => void respond(request, response, serving, servers, listeners);
  const first = await listen(handle, HOSTS[0], serving.port);
  const servers: Server[] = [first];
  const { port } = first.address() as AddressInfo;
  // A machine without IPv6 has no such address; one where another program has the port there does without.
  const second = await listen(handle, HOSTS[1], port).catch(() => undefined);
  if (second) servers.push(second);
  const beat = setInterval(() => listeners.forEach((each) => each.write(':\n\n')), STILL_THERE);
  return {
    port,
    push: (event) => listeners.forEach((each) => each.write(eventText(event))),
    async close() {
      clearInterval(beat);
      for (const each of listeners) each.end();
      await Promise.all(servers.map((server) => new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      })));
    },
  };
}

function listen(handle: (request: IncomingMessage, response: ServerResponse) => void, host: string, port: number): Promise<Server> {
  return new Promise((done, failed) => {
    const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, handle);
    server.maxConnections = 100;
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      server.on('error', () => {});
      done(server);
    });
  });
}

async function respond(request: IncomingMessage, response: ServerResponse, serving: LocalServing, servers: readonly Server[], listeners: Set<ServerResponse>): Promise<void> {
  const refuse = (status: number, headers: Readonly<Record<string, string>> = {}): void => void response.writeHead(status, { ...ALWAYS, 'Content-Type': 'text/plain; charset=utf-8', ...headers }).end(`${status}\n`);
  if (request.method !== 'GET') return refuse(405, { Allow: 'GET' });
  // A name of somebody else's that leads here (DNS rebinding) is not ours.
  if (!isOurs(request.headers.host, servers)) return refuse(421);
  // Another site's page may know the address and cannot read what it asks for; it is not told that either.
  if (request.headers['sec-fetch-site'] === 'cross-site' && request.headers['sec-fetch-mode'] !== 'navigate') return refuse(403);
  const [, token = '', ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
  if (!same(token, serving.token) || rest.length === 0) return refuse(404);
  const path = rest.join('/');
  if (path === serving.stream) {
    if (listeners.size >= MOST_LISTENERS) return refuse(503);
    response.writeHead(200, { ...ALWAYS, 'Content-Type': 'text/event-stream' });
    response.write(`retry: 2000\n\n${serving.before().map(eventText).join('')}`);
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
    return undefined;
  }
  let answer: Answer | undefined;
  try {
    answer = await serving.answer(path);
  } catch {
    return refuse(500);
  }
  if (!answer) return refuse(404);
  response.writeHead(200, { ...ALWAYS, 'Content-Type': answer.type, ...answer.headers }).end(answer.body);
  return undefined;
}

const ALWAYS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;

function isOurs(host: string | undefined, servers: readonly Server[]): boolean {
  const port = (servers[0]?.address() as AddressInfo | null)?.port;
  return host !== undefined && [`127.0.0.1:${port}`, `[::1]:${port}`, `localhost:${port}`].includes(host.toLowerCase());
}

function same(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function eventText(event: unknown): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
