/** Following what happens in a folder: the journal of a verb at work, and whether anything a report shows has changed. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson, textOf } from '../model/foreign.js';
import { isTree } from '../model/merge.js';
import type { LiveEvent } from '../report/page/data.js';
import { readPlain, standingAt } from '../write/look.js';
import { JOURNAL } from './journal.js';
import { RESULTS } from './results.js';

/** As many are told to who comes later. */
const MOST_EVENTS = 400;

export interface Following {
  /** What the verb that was begun last has said so far. */
  readonly events: readonly LiveEvent[];
  /** Looks again; what is new since. */
  look(): readonly LiveEvent[];
}

export function follow(folder: string): Following {
  let events: LiveEvent[] = [];
  let read = '';
  let state = stateOf(folder);
  return {
    get events() {
      return events;
    },
    look() {
      const told: LiveEvent[] = [];
      const file = standingAt(folder, JOURNAL) === 'plain' ? readPlain(join(folder, JOURNAL)) : undefined;
      const text = typeof file === 'object' ? file.content.toString() : '';
      // Another verb has begun a journal of its own.
      const fresh = !text.startsWith(read);
      const added = fresh ? text : text.slice(read.length);
      const whole = added.slice(0, added.lastIndexOf('\n') + 1);
      read = fresh ? whole : read + whole;
      for (const line of whole.split('\n')) {
        const event = eventOf(line);
        if (event) told.push(event);
      }
      const begin = told.findLastIndex((event) => event.kind === 'begin');
      events = (begin === -1 ? [...events, ...told] : told.slice(begin)).slice(-MOST_EVENTS);
      const now = stateOf(folder);
      if (now !== state) told.push({ kind: 'data' });
      state = now;
      return told;
    },
  };
}

/** Of all files that a report is made of. */
function stateOf(folder: string): string {
  const of = (path: string): string => {
    const stat = statSync(join(folder, path), { throwIfNoEntry: false });
    return stat === undefined ? '' : `${stat.mtimeMs} ${stat.size}`;
  };
  let names: readonly string[] = [];
  try {
    names = readdirSync(join(folder, RESULTS)).filter((name) => name.endsWith('.json')).sort();
  } catch {
    // Nothing was measured yet.
  }
  return JSON.stringify(['.labgen/lab.yaml', '.labgen/render.json', '.labgen/manifest.json', '.labgen/ssh-config', ...names.map((name) => `${RESULTS}/${name}`)].map(of));
}

/** Undefined for a line that labgen would not write. */
function eventOf(line: string): LiveEvent | undefined {
  const value = line === '' ? undefined : parseJson(line);
  if (!isTree(value)) return undefined;
  const [verb, lab, stage, name, text, id, state, code] = [textOf(value['verb']), textOf(value['lab']), textOf(value['stage']), textOf(value['name']), textOf(value['text']), textOf(value['id']), value['state'], value['code']];
  switch (value['kind']) {
    case 'begin': return verb === undefined || lab === undefined ? undefined : { kind: 'begin', verb, lab, ...(stage !== undefined && { stage }) };
    case 'phase': return name === undefined ? undefined : { kind: 'phase', name };
    case 'line':
    case 'detail': return text === undefined ? undefined : { kind: value['kind'], text };
    case 'check': return id === undefined || (state !== 'passed' && state !== 'failed' && state !== 'not-run') ? undefined : { kind: 'check', id, state };
    case 'end': return typeof code === 'number' ? { kind: 'end', code } : undefined;
    default: return undefined;
  }
}
