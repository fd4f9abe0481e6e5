/** The one room that fetches over the network: https only, to the end of every redirect, within a time and a size. */
import { Failure } from '../model/failure.js';

export type Fetch = (url: string, init: { readonly redirect: 'manual'; readonly signal: AbortSignal }) => Promise<Response>;

export interface DownloadOptions {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly interrupt?: AbortSignal;
  /** Left out: Node's own. */
  readonly fetch?: Fetch;
}

const REDIRECTS = 5;

/** The bytes of a URL as they come. @throws Failure (exit 3) that says what happened. */
export async function* download(url: string, options: DownloadOptions): AsyncGenerator<Uint8Array> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.interrupt ? AbortSignal.any([timeout, options.interrupt]) : timeout;
  try {
    const response = await follow(url, options.fetch ?? fetch, signal);
    const announced = Number(response.headers.get('content-length') ?? 0);
    let bytes = 0;
    for await (const piece of announced > options.maxBytes ? tooLarge(url, options) : pieces(response)) {
      bytes += piece.length;
      if (bytes > options.maxBytes) tooLarge(url, options);
      yield piece;
    }
    // A connection that is cut may look like an end.
    if (announced > bytes && response.headers.get('content-encoding') === null) throw new Failure(3, `${url} ended after ${bytes} of ${announced} bytes`, 'Try again.');
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (timeout.aborted) throw new Failure(3, `${url} took longer than ${Math.round(options.timeoutMs / 1000)} s`);
    const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
    throw new Failure(3, `${url} cannot be fetched: ${cause?.code ?? cause?.message ?? message}`);
  }
}

async function follow(first: string, get: Fetch, signal: AbortSignal): Promise<Response> {
  let url = first;
  for (let hops = 0; hops <= REDIRECTS; hops++) {
    const { protocol, host, username, password } = new URL(url);
    // Of where it leads the host is said alone: the rest may be a signature that lets one in.
    if (protocol !== 'https:') throw new Failure(3, `${first} leads to ${protocol}//${host}, which is not https`);
    if (username !== '' || password !== '') throw new Failure(3, `${first} leads to ${host} with a user's name in the URL`);
    const response = await get(url, { redirect: 'manual', signal });
    const next = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && next !== null) {
      await response.body?.cancel();
      url = new URL(next, url).href;
      continue;
    }
    if (response.status !== 200) throw new Failure(3, `${first} answered ${response.status}`);
    return response;
  }
  throw new Failure(3, `${first} was redirected more than ${REDIRECTS} times`);
}

function pieces(response: Response): AsyncIterable<Uint8Array> {
  return (response.body ?? []) as unknown as AsyncIterable<Uint8Array>;
}

function tooLarge(url: string, { maxBytes }: DownloadOptions): never {
  throw new Failure(3, `${url} is larger than ${maxBytes >> 20} MiB`);
}
