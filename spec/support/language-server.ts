/** A real YAML language server as an editor runs it: a child that speaks LSP over its streams, without a network. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { CompletionItem, CompletionList, Diagnostic, Hover, MarkupContent, PublishDiagnosticsParams } from 'vscode-languageserver-protocol';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node.js';

const server = createRequire(import.meta.url).resolve('yaml-language-server/bin/yaml-language-server');

/** Where schemas come from by themselves is off: the lab's own line has to be enough. */
const SETTINGS = { validate: true, hover: true, completion: true, schemaStore: { enable: false }, kubernetesCRDStore: { enable: false } };

/** Whoever reaches for the network is gone, and no test goes on. */
const OFFLINE = 'import { Socket } from "node:net"; Socket.prototype.connect = () => { process.stderr.write("the language server reached for the network\\n"); process.exit(77); };';

const CAPABILITIES = {
  workspace: { configuration: true },
  textDocument: {
    completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] } },
    hover: { contentFormat: ['markdown'] },
    publishDiagnostics: {},
  },
};

/** A place in a text: where it has the mark. */
export const CURSOR = '¦';

export interface Editor {
  /** What is wrong with the file of this path and text. */
  diagnostics(path: string, text: string): Promise<readonly Diagnostic[]>;
  /** What is offered at the cursor. */
  completions(path: string, text: string): Promise<readonly CompletionItem[]>;
  /** What is shown of the word at the cursor. */
  hover(path: string, text: string): Promise<string>;
  /** URLs the server asked its editor to fetch for it. */
  readonly asked: readonly string[];
  /** Its exit code, once it has ended. */
  close(): Promise<number | null>;
}

export async function openEditor(): Promise<Editor> {
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(OFFLINE)}`, server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  // One that does not begin or end by itself is ended: nothing waits for it for ever, and it is not left behind.
  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    const late = setTimeout(() => child.kill('SIGKILL'), 45_000);
    return work.finally(() => clearTimeout(late));
  };
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const waiting = new Map<string, (found: readonly Diagnostic[]) => void>();
  const asked: string[] = [];
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }: PublishDiagnosticsParams) => waiting.get(uri)?.(diagnostics));
  connection.onRequest('workspace/configuration', ({ items }: { items: readonly { section: string }[] }) => items.map(({ section }) => (section === 'yaml' ? SETTINGS : {})));
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('vscode/content', (url: string) => (asked.push(url), '{}'));
  connection.listen();
  // What is still asked then is refused.
  void ended.then(() => connection.dispose());
  await inTime(connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: CAPABILITIES }));
  await connection.sendNotification('initialized', {});

  const open = async (path: string, text: string): Promise<{ at: { textDocument: { uri: string }; position: { line: number; character: number } }; found: Promise<readonly Diagnostic[]> }> => {
    const [before = '', after = ''] = text.split(CURSOR);
    const lines = before.split('\n');
    const uri = pathToFileURL(path).href;
    const found = new Promise<readonly Diagnostic[]>((resolve) => waiting.set(uri, resolve));
    await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text: before + after } });
    return { at: { textDocument: { uri }, position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } }, found };
  };
  // Once this one was looked at, the server has asked for its settings.
  await inTime((await open('/settings.yaml', '')).found);

  return {
    asked,
    diagnostics: async (path, text) => await (await open(path, text)).found,
    async completions(path, text) {
      const { at } = await open(path, text);
      return (await connection.sendRequest<CompletionList>('textDocument/completion', at)).items;
    },
    async hover(path, text) {
      const { at } = await open(path, text);
      const shown = await connection.sendRequest<Hover | null>('textDocument/hover', at);
      return (shown?.contents as MarkupContent | undefined)?.value ?? '';
    },
    async close() {
      return inTime(connection.sendRequest('shutdown').then(() => connection.sendNotification('exit')).then(() => ended));
    },
  };
}
