/** Reading what the tools say: which file, which line, what. Where a tool gives no place, all it said is one finding. Pure. */
import type { Finding } from '../model/finding.js';

export type ReadFindings = (said: string, folder: string, files: readonly string[]) => readonly Finding[];

const LEVELS: Readonly<Record<string, Finding['level']>> = { error: 'error', warning: 'warning', note: 'note' };

/** One finding for each match of the first pattern that has any. Its groups: file, message, and where there are such line, column, level, rule. */
function reader(tool: string, ...patterns: readonly RegExp[]): ReadFindings {
  return (said, folder, files) => {
    const text = said.replaceAll(`${folder}/`, '');
    for (const pattern of patterns) {
      const found = [...text.matchAll(pattern)].map(({ groups = {} }): Finding => ({
        rule: groups['rule'] ?? tool,
        level: LEVELS[groups['level'] ?? ''] ?? 'error',
        file: groups['file'] ?? files[0] ?? '',
        line: Number(groups['line'] ?? 0),
        column: Number(groups['column'] ?? 0),
        message: (groups['message'] ?? '').trim(),
      }));
      // Vagrant says a syntax error of Ruby twice.
      if (found.length > 0) return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
    }
    return [faultIn(tool, files[0] ?? '', 0, text.trim())];
  };
}

/** What a tool says of a line that it has no name for; 0: of none. */
export function faultIn(tool: string, file: string, line: number, message: string): Finding {
  return { rule: tool, level: 'error', file, line, column: 0, message };
}

/** Ruby 3.4 and later puts its own name before the file's. */
export const readRuby = reader('ruby', /^(?:ruby: )?(?<file>Vagrantfile):(?<line>\d+): (?<message>.*)$/gm);
/** A syntax error has a line; a setting that Vagrant does not know has none. */
export const readVagrant = reader('vagrant', /^(?<file>Vagrantfile):(?<line>\d+): (?<message>.*)$/gm, /^\* (?<message>.*)$/gm);
/** `--format=gcc`. */
export const readShellcheck = reader('shellcheck', /^(?<file>[^:\r\n\u2028\u2029]+):(?<line>\d+):(?<column>\d+): (?<level>\w+): (?<message>.*) \[(?<rule>SC\d+)\]$/gm);
/** The place stands below the message, up to ansible-core 2.18 in words, later as `Origin: FILE:LINE:COLUMN`. */
export const readPlaybook = reader(
  'ansible-playbook',
  /^ERROR! (?<message>.*)\n(?:(?!ERROR!).*\n)*?The error appears to be in '(?<file>[^'\n]+)': line (?<line>\d+), column (?<column>\d+)/gm,
  /^\[ERROR\]: (?<message>.*)\n(?:(?!\[ERROR\]).*\n)*?Origin: (?<file>[^:\r\n\u2028\u2029]+):(?<line>\d+):(?<column>\d+)/gm,
);
/** `-f pep8`. */
export const readAnsibleLint = reader('ansible-lint', /^(?<file>[^:\s]+):(?<line>\d+)(?::(?<column>\d+))?: (?<rule>[\w-]+(?:\[[^\]\n]+\])?): (?<message>.*)$/gm);
/** `--format parsable`. */
export const readYamllint = reader('yamllint', /^(?<file>[^:\r\n\u2028\u2029]+):(?<line>\d+):(?<column>\d+): \[(?<level>\w+)\] (?<message>.*?)(?: \((?<rule>[\w-]+)\))?$/gm);
