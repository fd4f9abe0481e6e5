/** A report as one HTML file that asks nobody for anything: its style and program are known by their hashes, its data is no markup. */
import type { ReportData } from './data.js';

/** The page's own parts, bundled when labgen was built. */
export interface PageParts {
  readonly style: string;
  readonly script: string;
  /** `sha256-…`, as a Content-Security-Policy names them. */
  readonly styleHash: string;
  readonly scriptHash: string;
}

export interface PageOptions {
  /** It asks where it came from for news. */
  readonly live?: boolean;
}

/** The same without a header for a page out of a file, with one for a page that is served. */
export function policyOf({ styleHash, scriptHash }: PageParts, { live = false }: PageOptions): string {
  return [
    "default-src 'none'",
    `script-src '${scriptHash}'`,
    `style-src '${styleHash}'`,
    ...(live ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

export function pageHtml(data: ReportData, parts: PageParts, options: PageOptions = {}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(parts, options)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="labgen ${text(data.by)}">
<title>${text(`${data.lab}: ${data.title}`)}</title>
<style>${parts.style}</style>
</head>
<body${options.live === true ? ' data-live' : ''}>
<div id="page"></div>
<noscript><p>This report is drawn by the program inside this file; it needs JavaScript, and asks nobody for anything.</p></noscript>
<script type="application/json" id="data">${jsonInHtml(data)}</script>
<script>${parts.script}</script>
</body>
</html>
`;
}

/** JSON that no parser of HTML or JavaScript takes for anything else. */
export function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ' ');
}
