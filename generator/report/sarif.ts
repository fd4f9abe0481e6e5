/** SARIF 2.1.0 (OASIS, 2020), as code scanning takes it. */
import type { Finding } from '../model/finding.js';

export interface SarifRule {
  readonly id: string;
  readonly title?: string;
  readonly text?: string;
  readonly help?: { readonly text: string; readonly markdown: string };
}

export interface SarifRun {
  readonly tool: string;
  readonly version?: string;
  /** Those that tell more than their id. */
  readonly rules: readonly SarifRule[];
  /** A file is relative to where labgen was run, or absolute; where no line is known, its first one stands for it. */
  readonly results: readonly Finding[];
  /** Why the tool could not be run. */
  readonly notRun?: string;
}

export function sarif(runs: readonly SarifRun[]): string {
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: runs.map(runOf) };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function runOf({ tool, version, rules, results, notRun }: SarifRun): unknown {
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  const ids = [...new Set(results.map((result) => result.rule))];
  return {
    tool: { driver: { name: tool, ...(version === undefined ? {} : { version }), rules: ids.map((id) => ruleOf(known.get(id) ?? { id })) } },
    invocations: [{ executionSuccessful: notRun === undefined, ...(notRun === undefined ? {} : { toolExecutionNotifications: [{ level: 'warning', message: { text: `not run: ${notRun}` } }] }) }],
    // As editors count; JavaScript does, too.
    columnKind: 'utf16CodeUnits',
    results: results.map((result) => resultOf(result, ids.indexOf(result.rule))),
  };
}

function ruleOf({ id, title, text, help }: SarifRule): unknown {
  return { id, ...(title === undefined ? {} : { shortDescription: { text: title } }), ...(text === undefined ? {} : { fullDescription: { text } }), ...(help === undefined ? {} : { help }) };
}

function resultOf({ rule, level, file, line, column, message }: Finding, ruleIndex: number): unknown {
  const region = line > 0 ? { startLine: line, ...(column > 0 ? { startColumn: column } : {}) } : { startLine: 1 };
  return { ruleId: rule, ruleIndex, level, message: { text: message }, locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) }, region } }] };
}

/** A path as a reference of RFC 3986: relative ones stay so. */
export function uriOf(path: string): string {
  const parts = path.replaceAll('\\', '/').split('/').filter((part, index) => part !== '.' && (part !== '' || index === 0));
  const encoded = parts.map((part) => encodeURIComponent(part)).join('/');
  return encoded.startsWith('/') ? `file://${encoded}` : encoded;
}
