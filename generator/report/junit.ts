/** Verdicts as JUnit XML: one suite for everyone who asks, one case a check. */
import type { Verdict, Verdicts } from '../model/verdict.js';
import { labTitle } from './plain.js';
import { junitXml, type JunitCase } from './xml.js';

export function verdictsJunit(verdicts: Verdicts): string {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts.verdicts) groups.set(verdict.check.from, [...(groups.get(verdict.check.from) ?? []), verdict]);
  const suites = [...groups].map(([from, members]) => ({
    name: from,
    cases: members.map((verdict) => testCase(verdict, `${labTitle(verdicts)} ${from}`)),
    seconds: members.reduce((longest, verdict) => Math.max(longest, verdict.seconds), 0),
  }));
  return junitXml(labTitle(verdicts), suites, verdicts.seconds);
}

/** A check that was not run is an error, not "skipped": CI shows skipped ones as green. */
export function testCase(verdict: Verdict, classname: string): JunitCase {
  const head = { classname, name: verdict.check.id, seconds: verdict.seconds };
  if (verdict.state === 'passed') return { ...head, state: 'passed' };
  const failed = verdict.state === 'failed';
  const body = [['node', verdict.node], ['command', verdict.command], ['expected', verdict.expected], ['seen', verdict.seen], ['why', verdict.why]];
  return {
    ...head,
    state: failed ? 'failed' : 'error',
    type: verdict.check.kind,
    message: failed ? `expected ${verdict.expected}; seen: ${verdict.seen}` : `not run: ${verdict.seen}`,
    text: body.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`).join('\n'),
  };
}
