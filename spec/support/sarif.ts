/** What SARIF 2.1.0 asks of a log, as far as labgen writes one: names, required keys and values as in OASIS' own schema, and no key beside them. */
import { Ajv } from 'ajv';

const object = (properties: Readonly<Record<string, unknown>>, required: readonly string[] = []): unknown => ({ type: 'object', additionalProperties: false, properties, required });
const list = (items: unknown, unique = false): unknown => ({ type: 'array', items, uniqueItems: unique });
const text = { type: 'string' };
const natural = { type: 'integer', minimum: 1 };
const level = { enum: ['none', 'note', 'warning', 'error'] };
const message = object({ text }, ['text']);
const both = object({ text, markdown: text }, ['text']);
const rule = object({ id: text, shortDescription: both, fullDescription: both, help: both }, ['id']);
const notification = object({ level, message }, ['message']);
const region = object({ startLine: natural, startColumn: natural, endLine: natural, endColumn: natural }, ['startLine']);
const place = object({ artifactLocation: object({ uri: text }, ['uri']), region }, ['artifactLocation']);
/** GitHub wants a place for each result, and an id. */
const result = object({ ruleId: text, ruleIndex: { type: 'integer', minimum: -1 }, level, message, locations: { ...(list(object({ physicalLocation: place }, ['physicalLocation'])) as object), minItems: 1 } }, ['message', 'ruleId', 'locations']);
const run = object({
  tool: object({ driver: object({ name: text, version: text, rules: list(rule, true) }, ['name']) }, ['driver']),
  invocations: list(object({ executionSuccessful: { type: 'boolean' }, toolExecutionNotifications: list(notification) }, ['executionSuccessful'])),
  columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
  results: list(result),
}, ['tool']);
const log = object({ $schema: text, version: { const: '2.1.0' }, runs: list(run) }, ['version', 'runs']);

export interface SarifLog {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string; readonly help?: { readonly text: string } }[] } };
    readonly invocations: readonly { readonly executionSuccessful: boolean }[];
    readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number; readonly level: string; readonly message: { readonly text: string }; readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: { readonly startLine: number; readonly startColumn?: number } } }[] }[];
  }[];
}

/** @throws where it is no valid log, or points at rules, or out of its own repository. */
export function sarifOf(out: string): SarifLog {
  const value = JSON.parse(out) as SarifLog;
  const ajv = new Ajv({ strict: false, allErrors: true });
  if (!ajv.validate(log as object, value)) throw new Error(ajv.errorsText());
  for (const { tool, results } of value.runs) {
    for (const { ruleId, ruleIndex, locations } of results) {
      if (tool.driver.rules[ruleIndex]?.id !== ruleId) throw new Error(`${ruleId} is not rule ${ruleIndex}`);
      // What URL takes for one.
      for (const { physicalLocation } of locations) new URL(physicalLocation.artifactLocation.uri, 'file:///repository/');
    }
  }
  return value;
}

/** `b.yaml:3:12 LG010`. */
export function placesOf({ runs }: SarifLog): readonly string[] {
  return runs.flatMap(({ results }) => results.map(({ ruleId, locations }) => {
    const { artifactLocation, region } = locations[0]?.physicalLocation ?? { artifactLocation: { uri: '' }, region: { startLine: 0 } };
    return `${artifactLocation.uri}:${region.startLine}${region.startColumn === undefined ? '' : `:${region.startColumn}`} ${ruleId}`;
  }));
}
