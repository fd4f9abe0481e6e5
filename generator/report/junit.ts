/** Verdicts as JUnit XML: one suite for everyone who asks, one case a check. */
import type { Verdict, Verdicts } from '../model/verdict.js';
import { labTitle, oneLine, plain } from './plain.js';

export function verdictsJunit(verdicts: Verdicts): string {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts.verdicts) groups.set(verdict.check.from, [...(groups.get(verdict.check.from) ?? []), verdict]);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${attributes({ name: `labgen ${labTitle(verdicts)}`, ...counts(verdicts.verdicts), time: seconds(verdicts.seconds) })}>`];
  for (const [from, members] of groups) {
    const time = members.reduce((longest, verdict) => Math.max(longest, verdict.seconds), 0);
    lines.push(`  <testsuite${attributes({ name: from, ...counts(members), time: seconds(time) })}>`);
    for (const verdict of members) lines.push(...testCase(verdict, `${labTitle(verdicts)} ${from}`));
    lines.push('  </testsuite>');
  }
  return [...lines, '</testsuites>', ''].join('\n');
}

/** A check that was not run is an error, not "skipped": CI shows skipped ones as green. */
function counts(verdicts: readonly Verdict[]): Record<string, string> {
  const count = (state: Verdict['state']): string => String(verdicts.filter((verdict) => verdict.state === state).length);
  return { tests: String(verdicts.length), failures: count('failed'), errors: count('not-run'), skipped: '0' };
}

function testCase(verdict: Verdict, classname: string): readonly string[] {
  const head = `    <testcase${attributes({ classname, name: verdict.check.id, time: seconds(verdict.seconds) })}`;
  if (verdict.state === 'passed') return [`${head}/>`];
  const element = verdict.state === 'failed' ? 'failure' : 'error';
  const message = verdict.state === 'failed' ? `expected ${verdict.expected}; seen: ${verdict.seen}` : `not run: ${verdict.seen}`;
  const body = [['node', verdict.node], ['command', verdict.command], ['expected', verdict.expected], ['seen', verdict.seen], ['why', verdict.why]];
  const text = body.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`).join('\n');
  return [`${head}>`, `      <${element}${attributes({ message: oneLine(message), type: verdict.check.kind })}>${escape(text)}</${element}>`, '    </testcase>'];
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
