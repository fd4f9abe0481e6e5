/** docs/errors.md: every problem code, from the same data as `labgen help CODE`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explanations } from '../../generator/generated/explanations.js';
import { root } from './context.js';

const PAGE = join(root, 'docs/errors.md');

export function errorsPage(): string {
  const list = explanations.map(({ code, title }) => `- [${code}](#${code.toLowerCase()}): ${title}`).join('\n');
  const parts = explanations.map(({ code, title, text, wrong, right }) => `## ${code}\n\n**${title}.** ${text}\n\nWrong:\n\n\`\`\`yaml\n${wrong}\`\`\`\n\nRight:\n\n\`\`\`yaml\n${right}\`\`\`\n`);
  return `# What labgen says of a lab\n\nEach problem has a code that stays the same, with a place, a message and what to do. \`labgen help LG012\` shows the same as\nthis page. In the wrong labs \`# <-\` marks the line that labgen points at. Made from \`codes/\` by \`npm run golden -- --update\`.\n\n${list}\n\n${parts.join('\n')}`;
}

export function keptErrorsPage(): string | undefined {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch {
    return undefined;
  }
}

export function updateErrorsPage(): void {
  writeFileSync(PAGE, errorsPage());
}
