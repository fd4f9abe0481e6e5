/** One JSON Schema (draft-07) for the command line and the editor, put together from the features' fragments. */
import type { Feature } from '../features/feature.js';
import type { JsonSchema } from '../model/schema.js';
import { VARIABLE_TYPES } from '../model/variable-types.js';
import { address, address6, cidr, cidr6, duration, mapOf, name, object, reference, text } from './patterns.js';

/** A check, wherever one is written. */
const CHECK: JsonSchema = { $ref: '#/definitions/check' };

/**
 * The schema labs are checked against. `overlays`: with what a stage may say spelled out, for editors; the
 * command line checks a stage merged into its lab instead, by this same schema.
 */
export function assembleSchema(features: readonly Feature[], overlays: boolean): JsonSchema {
  const blocks: Record<string, JsonSchema> = {};
  const nodeKeys: Record<string, JsonSchema> = {};
  for (const feature of features) {
    for (const [key, make] of Object.entries(feature.blocks ?? {})) blocks[key] = make();
    for (const [key, make] of Object.entries(feature.nodeKeys ?? {})) nodeKeys[key] = make();
  }
  const body: Record<string, JsonSchema> = {
    vars: mapOf(name('A variable.'), variableSchema(), { title: 'Variables', description: 'Values used as {var: name} anywhere in the lab; changed by --set vars.name=value, or by a file for --vars.', examples: [{ mtu: 1400 }] }),
    networks: mapOf(name('A network between nodes.'), networkSchema(), {
      title: 'Networks between nodes',
      description: 'Each has a subnet. Left out: one network "lan", 192.168.56.0/24. VirtualBox takes addresses in 192.168.56.0/21 only.',
      examples: [{ underlay: { subnet: '192.168.56.0/24' } }],
    }),
    nodes: mapOf(name('A node: a machine of the lab.'), nodeSchema(nodeKeys), { title: 'Nodes', minProperties: 1, maxProperties: 20000, description: 'The machines of the lab. "docker: false" makes a plain host.', examples: [{ 'net-1': null }] }),
    ...blocks,
    checks: { type: 'array', title: 'Checks', description: 'What must hold on the running lab, in every stage.', items: CHECK },
    groups: mapOf(name('A group of nodes.'), { type: 'array', minItems: 1, maxItems: 20000, uniqueItems: true, description: 'Its members: nodes, groups made by "count", or other groups.', examples: [['net-1', 'net-2']], items: name('A node or a group.') }, { title: 'Groups', description: 'Names that stand for several nodes, wherever a node or a group may stand.', examples: [{ routers: ['net-1', 'net-2'] }] }),
    namedChecks: mapOf(name('A check.'), CHECK, { title: 'Named checks', description: 'Checks that are asked only where "checks" uses them by name: the same question in several stages.', examples: [{ across: { ping: { from: 'c1', to: 'c2' } } }] }),
  };
  body['defaults'] = defaultsSchema(body, overlays);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://labgen.dev/lab.schema.json',
    definitions: { check: checkSchema(features) },
    title: 'A labgen lab',
    ...object(
      {
        lab: name('The name of the lab.'),
        title: text('One line: what the lab is.'),
        summary: { type: 'string', description: 'A few sentences: what it shows and why.', maxLength: 20000, pattern: '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]*$', form: 'text without control characters' },
        ...body,
        include: { type: 'array', title: 'Include', description: 'Files with parts of a lab, beneath this one: what this file says wins. Paths count from this file and lead to files beside it, or in folders below.', examples: [['shared/networks.yaml']], items: { type: 'string', description: 'A file beside this one.', examples: ['shared/networks.yaml'] } },
        stages: {
          type: 'array', title: 'Stages', minItems: 1,
          description: 'What the lab looks like at each point of the lesson. Each is an overlay on the lab itself: maps merge, lists replace, checks are added, null removes. The last one is the lab.',
          items: object(
            { name: name('The name of the stage.'), title: text('What this stage shows.'), summary: text('More about it.'), ...(overlays ? (overlayOf(body, true) as Record<string, JsonSchema>) : {}) },
            { required: ['name'], ...(overlays ? {} : { additionalProperties: true }) },
          ),
        },
      },
      { required: ['lab', 'nodes'] },
    ),
  };
}

/** One of the two subnets is needed. */
function networkSchema(): JsonSchema {
  const subnet = cidr('The subnet, without host bits. Left out beside subnet6: the first /24 of 192.168.56.0/21 that is free.');
  const { description, examples } = subnet;
  return object(
    {
      subnet,
      subnet6: cidr6('The IPv6 subnet, without host bits; nodes have an address of either family then.'),
      mtu: { type: 'integer', minimum: 576, maximum: 9216, description: 'The largest IP packet on it, in bytes; what nodes and containers build on it follows. Below 1280 there is no IPv6 on it. Left out: 1500.', examples: [9000] },
    },
    { if: { not: { required: ['subnet6'] } }, then: { required: ['subnet'], properties: { subnet: { description, examples } } } },
  );
}

function nodeSchema(nodeKeys: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return object(
    {
      address: address('Address in the lab\'s sole network. Left out: taken from the subnet, always the same.'),
      address6: { ...address6('IPv6 address in the lab\'s sole network; a list of them for several, each in the subnet of one. Left out: the digits of the IPv4 host number.'), type: ['string', 'array'], items: address6('An IPv6 address.'), minItems: 1 },
      networks: mapOf(name('A network of the lab.'), { type: 'string', pattern: `^(auto|[0-9.]+)$`, form: 'an IPv4 address, or auto', description: 'The node\'s address there, or auto.', examples: ['auto'] }, { description: 'For a node on several networks.', examples: [{ lan: '10.0.0.11', dmz: 'auto' }] }),
      count: { type: 'integer', minimum: 1, maximum: 10000, description: 'Makes NAME-1 … NAME-count.', examples: [3] },
      memory: { type: 'integer', minimum: 256, maximum: 65536, default: 1024, description: 'MiB.', examples: [1024] },
      cpus: { type: 'integer', minimum: 1, maximum: 64, default: 1, examples: [1], description: 'Virtual processors.' },
      ...nodeKeys,
    },
    { type: ['object', 'null'], description: 'A machine of the lab.' },
  );
}

/** A declared variable is told from a plain value by being a map with a type. */
function variableSchema(): JsonSchema {
  const examples = [1400, { type: 'integer', default: 1400 }];
  return {
    if: { type: 'object', required: ['type'] },
    then: object(
      {
        type: { type: 'string', enum: Object.keys(VARIABLE_TYPES), description: 'What it may be.', examples: ['integer'] },
        default: { description: 'Its value where nobody gives another. Left out: it has to be given.' },
        description: text('What it is for.'),
        enum: { type: 'array', minItems: 1, description: 'The only values it may have.', examples: [['gre', 'vxlan']] },
      },
      { required: ['type'] },
    ),
    else: { type: ['string', 'number', 'boolean', 'array'], description: 'A plain value; a map declares a variable: {type: integer, default: 1400}.', examples },
  };
}

/** What members have unless they say otherwise. The command line checks it where it has come to: in each member. */
function defaultsSchema(body: Readonly<Record<string, JsonSchema>>, spelled: boolean): JsonSchema {
  const member = (block: string, without: readonly string[]): JsonSchema => {
    const { properties, ...schema } = (body[block]?.['additionalProperties'] ?? {}) as JsonSchema;
    const kept = Object.entries((properties ?? {}) as Readonly<Record<string, JsonSchema>>).filter(([key]) => !without.includes(key));
    const about = { type: 'object', title: `Defaults of ${block}`, description: `What each of the ${block} has unless it says otherwise: maps merge, null takes away.` };
    return spelled ? { ...(overlayOf({ ...schema, properties: Object.fromEntries(kept) }) as JsonSchema), ...about } : about;
  };
  return object(
    {
      nodes: { ...member('nodes', ['address', 'count']), examples: [{ memory: 2048 }] },
      containers: { ...member('containers', ['hostname']), examples: [{ image: 'toolbox' }] },
      checks: object({ within: duration('Poll until it holds; a negative check must hold throughout.') }, { title: 'Defaults of checks', description: 'What each written check has unless it says otherwise.', examples: [{ within: '60s' }] }),
    },
    { title: 'Defaults', description: 'What every node, container or check has unless it says otherwise.', examples: [{ nodes: { memory: 2048 } }] },
  );
}

function checkSchema(features: readonly Feature[]): JsonSchema {
  const kinds = features.flatMap((feature) => feature.checkKinds ?? []);
  return object({
    ...Object.fromEntries(kinds.map((kind) => [kind.name, kind.schema()])),
    expect: {
      type: ['string', 'number', 'boolean', 'array'], minItems: 1, maxItems: 50, uniqueItems: true, items: { type: ['string', 'number', 'boolean'] },
      description: 'Left out: it works. "unreachable", a value, a pattern /…/, a number, a range of numbers (1..5, 3.., ..5), or a list: one of these is enough.', examples: ['unreachable', 200, '/hello/', '200..299', ['refused', 'timeout']],
    },
    within: duration('Poll until it holds; a negative check must hold throughout.'),
    why: text('One sentence, shown when the check fails.'),
    use: name('A check of "namedChecks"; what else is written here is changed in it.'),
  }, { description: 'One kind of check, and what is expected of it.', minProperties: 1 });
}

/** A stage says only what differs: nothing is required, and null removes. */
function overlayOf(schema: unknown, inMap = false): unknown {
  if (Array.isArray(schema)) return schema.map((item) => overlayOf(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!inMap && (key === 'required' || key === 'minProperties')) continue;
    copy[key] = key === 'items' || key === 'examples' || key === 'enum' || key === 'default' ? value : overlayOf(value, key === 'properties');
  }
  if (!inMap && typeof copy['type'] === 'string') copy['type'] = copy['type'] === 'array' ? 'array' : [copy['type'], 'null'];
  else if (!inMap && Array.isArray(copy['type']) && !copy['type'].includes('null')) copy['type'] = [...(copy['type'] as unknown[]), 'null'];
  if (!inMap && Array.isArray(copy['enum']) && !copy['enum'].includes(null)) copy['enum'] = [...(copy['enum'] as unknown[]), null];
  return copy;
}

/** True for a text, a number, a boolean, or a choice of these and lists; a map could not be told from a variable. */
function isScalar(schema: unknown): boolean {
  const type = (schema as JsonSchema | undefined)?.['type'];
  const types = Array.isArray(type) ? (type as unknown[]) : [type];
  return types.some((each) => ['string', 'integer', 'number', 'boolean'].includes(String(each))) && !types.includes('object');
}

/** For editors: a variable may stand where a scalar does, and our own words are taken out. */
export function editorSchema(schema: JsonSchema): JsonSchema {
  const variable = { type: 'object', required: ['var'], additionalProperties: false, properties: { var: reference('A variable of the lab.') } };
  const walk = (node: unknown, isNameSchema = false): unknown => {
    if (Array.isArray(node)) return node.map((item) => walk(item));
    if (typeof node !== 'object' || node === null) return node;
    const { form: _form, ...rest } = node as Record<string, unknown>;
    const copy: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(rest)) {
      copy[key] = key === 'examples' || key === 'enum' || key === 'default' || key === 'required' || key === 'const' ? value : walk(value, key === 'propertyNames');
    }
    if (isNameSchema || !(isScalar(copy) || (copy['type'] === 'array' && isScalar((node as JsonSchema)['items'])))) return copy;
    const { title, description, examples, default: standard, ...shape } = copy;
    const about = Object.fromEntries(Object.entries({ title, description, examples, default: standard }).filter(([, value]) => value !== undefined));
    return { ...about, if: { type: 'object' }, then: { $ref: '#/definitions/variable' }, else: shape };
  };
  const walked = walk(schema) as Record<string, unknown>;
  return { ...walked, definitions: { ...(walked['definitions'] as object), variable } };
}
