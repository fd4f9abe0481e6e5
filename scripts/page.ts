/** The program and the style of a report's page, made from page/ into one text each; their hashes are what the page's own policy lets in. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

async function bundled(entry: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({ entryPoints: [join(root, 'page', entry)], absWorkingDir: root, bundle: true, write: false, minify: true, legalComments: 'none', charset: 'ascii', logLevel: 'warning', ...options });
  return (outputFiles?.[0]?.text ?? '').trimEnd();
}

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** The source of generator/generated/page.ts. */
export async function pageModule(): Promise<string> {
  // Both stand inside HTML: neither may hold what ends its element.
  const script = (await bundled('main.ts', { format: 'iife', target: 'es2022' })).replaceAll('</script', '<\\/script');
  const style = await bundled('style.css', { loader: { '.css': 'css' }, target: ['chrome123', 'firefox121', 'safari17.5'] });
  if (/<\/style|<!--/i.test(style) || /<!--/.test(script)) throw new Error('page/ holds what HTML would take for its own');
  const parts = { style, script, styleHash: hashOf(style), scriptHash: hashOf(script) };
  return `// Made by scripts/page.ts from page/.\nimport type { PageParts } from '../report/page/html.js';\n\nexport const parts: PageParts = ${JSON.stringify(parts, null, 2)};\n`;
}
