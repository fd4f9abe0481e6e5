/** JUnit XML, whatever its cases are. */
import { oneLine, plain } from './plain.js';

export interface JunitCase {
  readonly classname: string;
  readonly name: string;
  readonly seconds: number;
  /** CI shows a skipped one as green; an error is what could not be judged and had to be. */
  readonly state: 'passed' | 'failed' | 'error' | 'skipped';
  readonly type?: string;
  /** One line of why, and all of it. Of a passed one: what else was said. */
  readonly message?: string;
  readonly text?: string;
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
  readonly seconds: number;
  /** What else is to be known of it, by name. */
  readonly properties?: Readonly<Record<string, string>>;
}

export function junitXml(name: string, suites: readonly JunitSuite[], total: number): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${attributes({ name: `labgen ${name}`, ...counts(suites.flatMap((suite) => suite.cases)), time: seconds(total) })}>`];
  for (const suite of suites) {
    lines.push(`  <testsuite${attributes({ name: suite.name, ...counts(suite.cases), time: seconds(suite.seconds) })}>`);
    if (suite.properties) lines.push('    <properties>', ...Object.entries(suite.properties).map(([name, value]) => `      <property${attributes({ name, value })}/>`), '    </properties>');
    for (const each of suite.cases) lines.push(...testCase(each));
    lines.push('  </testsuite>');
  }
  return [...lines, '</testsuites>', ''].join('\n');
}

function counts(cases: readonly JunitCase[]): Record<string, string> {
  const count = (state: JunitCase['state']): string => String(cases.filter((each) => each.state === state).length);
  return { tests: String(cases.length), failures: count('failed'), errors: count('error'), skipped: count('skipped') };
}

const ELEMENTS = { failed: 'failure', error: 'error', skipped: 'skipped' } as const;

function testCase({ classname, name, seconds: took, state, type, message = '', text = '' }: JunitCase): readonly string[] {
  const head = `    <testcase${attributes({ classname, name, time: seconds(took) })}`;
  if (state === 'passed') return text === '' ? [`${head}/>`] : [`${head}>`, `      <system-out>${escape(text)}</system-out>`, '    </testcase>'];
  const element = ELEMENTS[state];
  const about = attributes({ message: oneLine(message), ...(type === undefined ? {} : { type }) });
  return [`${head}>`, text === '' ? `      <${element}${about}/>` : `      <${element}${about}>${escape(text)}</${element}>`, '    </testcase>'];
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, value]) => ` ${name}="${escape(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`).join('');
}

function escape(text: string): string {
  return plain(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&apos;');
}

function seconds(value: number): string {
  return value.toFixed(3);
}
