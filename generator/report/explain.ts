/** Explanations of problem codes as text for people. */
import type { Explanation } from '../model/explanation.js';

export function explanationText({ code, title, text, wrong, right }: Explanation): string {
  return `${code}: ${title}\n\n${text}\n\nWrong:\n\n${inset(wrong)}\nRight:\n\n${inset(right)}`;
}

/** One line each. */
export function codeList(explanations: readonly Explanation[]): string {
  return explanations.map(({ code, title }) => `${code}  ${title}\n`).join('');
}

function inset(lab: string): string {
  return lab.replaceAll(/^(?=.)/gm, '    ');
}
