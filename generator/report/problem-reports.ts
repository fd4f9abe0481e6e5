/** Problems of some labs as SARIF and as JUnit: what tells of labs without problems, too, or tells what a code means. */
import type { Explanation } from '../model/explanation.js';
import type { Finding } from '../model/finding.js';
import type { Problem } from '../model/problem.js';
import { explanationText } from './explain.js';
import { plain } from './plain.js';
import { formatProblems } from './problems.js';
import { sarif, type SarifRule } from './sarif.js';
import { junitXml, type JunitCase } from './xml.js';

export interface LabProblems {
  /** The lab file as it was named. */
  readonly file: string;
  /** Of this file and those it is made from, by their names. */
  readonly texts: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

export function problemsSarif(labs: readonly LabProblems[], explanations: readonly Explanation[], version: string): string {
  return sarif([{ tool: 'labgen', version, rules: explanations.map(ruleOf), results: labs.flatMap(({ file, problems }) => problems.map((problem) => resultOf(file, problem))) }]);
}

function ruleOf(explanation: Explanation): SarifRule {
  const { code, title, text, wrong, right } = explanation;
  const block = (lab: string): string => `\`\`\`yaml\n${lab}\`\`\``;
  return { id: code, title, text, help: { text: explanationText(explanation), markdown: `${text}\n\nWrong:\n\n${block(wrong)}\n\nRight:\n\n${block(right)}\n` } };
}

/** What `--set` says wrong stands in no file: it is told of the lab. */
function resultOf(file: string, { code, severity, file: where, line, column, message, hint }: Problem): Finding {
  const inFile = line > 0 || where === file;
  const text = [inFile ? message : `${where}: ${message}`, hint].filter(Boolean).join('. ');
  return { rule: code, level: severity, file: inFile ? where : file, line, column, message: plain(text) };
}

/** One case a lab. */
export function problemsJunit(labs: readonly LabProblems[]): string {
  const cases = labs.map(({ file, texts, problems }): JunitCase => {
    const failed = problems.filter((problem) => problem.severity === 'error');
    const head = { classname: 'validate', name: file, seconds: 0, text: formatProblems(problems, texts, false) };
    return failed.length === 0 ? { ...head, state: 'passed' } : { ...head, state: 'failed', type: failed[0]?.code ?? '', message: `${failed.length} ${failed.length === 1 ? 'error' : 'errors'}` };
  });
  return junitXml('validate', [{ name: 'validate', cases, seconds: 0 }], 0);
}
