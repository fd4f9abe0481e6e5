/** One JSON Schema (draft-07) for the command line and the editor, put together from the features' fragments. */
import type { Feature } from '../features/feature.js';
import type { JsonSchema } from '../model/schema.js';
import { VARIABLE_TYPES } from '../model/variable-types.js';
import { address, address6, addressOrAuto, choice, cidr, cidr6, duration, mapOf, name, object, text } from './patterns.js';

/** Blocks whose members have defaults. For editors, a member may leave out what these give, and take away with null. */
const FILLED: readonly string[] = ['nodes', 'containers'];

/** A check, wherever one is written. */
const CHECK: JsonSchema = { $ref: '#/definitions/check' };
/** What is changed in a named check, by the one that uses it or by a stage. */
const PART: JsonSchema = { $ref: '#/definitions/check-in-part' };
/** For editors: the command line checks it where it has come to, in the whole that it makes with the named one. */
const CHECK_OR_PART: JsonSchema = { if: { required: ['use'] }, then: PART, else: CHECK };

const within = (): JsonSchema => duration('How long to ask again until it holds, in seconds unless it says otherwise; a negative check must hold throughout.');

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
    vars: mapOf(name('A variable.', 'mtu'), variableSchema(), { title: 'Variables', description: 'Values used as {var: name} anywhere in the lab; changed by --set vars.name=value, or by a file for --vars.', examples: [{ mtu: 1400 }] }),
    networks: mapOf(name('A network between nodes.', 'lan'), networkSchema(), {
      title: 'Networks between nodes',
      description: 'Each has a subnet. Left out: one network "lan", 192.168.56.0/24. VirtualBox takes addresses in 192.168.56.0/21 only.',
      examples: [{ underlay: { subnet: '192.168.56.0/24' } }],
    }),
    nodes: mapOf(name('A node: a machine of the lab.'), nodeSchema(nodeKeys), { title: 'Nodes', minProperties: 1, maxProperties: 20000, description: 'The machines of the lab. "docker: false" makes a plain host.', examples: [{ 'net-1': null }] }),
    ...blocks,
    checks: { type: 'array', title: 'Checks', description: 'What must hold on the running lab, in every stage.', examples: [[{ ping: { from: 'c1', to: 'c2' }, expect: 'unreachable', why: 'Docker drops what it does not know.' }]], items: overlays ? CHECK_OR_PART : CHECK },
    groups: mapOf(name('A group of nodes.', 'routers'), { type: 'array', minItems: 1, maxItems: 20000, uniqueItems: true, description: 'Its members: nodes, groups made by "count", or other groups.', examples: [['net-1', 'net-2']], items: name('A node or a group.') }, { title: 'Groups', description: 'Names that stand for several nodes, wherever a node or a group may stand.', examples: [{ routers: ['net-1', 'net-2'] }] }),
    namedChecks: mapOf(name('A check.', 'across'), CHECK, { title: 'Named checks', description: 'Checks that are asked only where "checks" uses them by name: the same question in several stages.', examples: [{ across: { ping: { from: 'c1', to: 'c2' } } }] }),
  };
  if (overlays) for (const block of FILLED) body[block] = { ...body[block], additionalProperties: overlayOf(body[block]?.['additionalProperties']) };
  body['defaults'] = defaultsSchema(body, overlays);
  const demands = overlays ? takeDemands(body) : {};
  const check = checkSchema(features);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://labgen.dev/lab.schema.json',
    definitions: { check, ...(overlays ? { 'check-in-part': overlayOf(check) as JsonSchema } : {}) },
    title: 'A labgen lab',
    ...object(
      {
        lab: name('The name of the lab.', 'my-lab'),
        title: text('One line: what the lab is.', 'A GRE tunnel between two Docker hosts'),
        summary: { type: 'string', description: 'A few sentences: what it shows and why.', examples: ['Two Docker hosts, joined by a GRE tunnel. Containers reach each other by their own addresses.'], maxLength: 20000, pattern: '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]*$', form: 'text without control characters' },
        ...body,
        include: { type: 'array', title: 'Include', description: 'Files with parts of a lab, beneath this one: what this file says wins. Paths count from this file and lead to files beside it, or in folders below.', examples: [['shared/networks.yaml']], items: { type: 'string', description: 'A file beside this one, or in a folder below.', examples: ['shared/networks.yaml'] } },
        stages: {
          type: 'array', title: 'Stages', minItems: 1,
          description: 'What the lab looks like at each point of the lesson. Each is an overlay on the lab itself: maps merge, lists replace, checks are added, null removes. The last one is the lab.', examples: [[{ name: 'closed', nodes: { 'net-1': { docker: { icc: false } } } }, { name: 'open' }]],
          items: object(
            { name: name('The name of the stage.', 'open'), title: text('What this stage shows.', 'Accept what arrives through the tunnel'), summary: text('More about it.', 'Now containers reach each other.'), ...(overlays ? (overlayOf(body, true) as Record<string, JsonSchema>) : {}) },
            { required: ['name'], title: 'Stage', description: 'A name, and what is otherwise than in the lab itself.', ...(overlays ? {} : { additionalProperties: true }) },
          ),
        },
      },
      overlays ? { required: ['lab'], if: { required: ['include'] }, else: { required: ['nodes'], properties: demands } } : { required: ['lab', 'nodes'] },
    ),
  };
}

/**
 * For editors: what blocks and their members cannot do without is asked of a lab that includes no other files, which
 * may have said it. Takes it out of `body` and gives it back.
 */
function takeDemands(body: Record<string, JsonSchema>): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(body).flatMap(([block, schema]): [string, JsonSchema][] => {
    const [own, ownDemand] = apart(schema);
    const [member, memberDemand] = apart((schema['additionalProperties'] ?? {}) as JsonSchema);
    body[block] = memberDemand ? { ...own, additionalProperties: member } : own;
    const demand = { ...ownDemand, ...(memberDemand && { additionalProperties: memberDemand }) };
    return Object.keys(demand).length === 0 ? [] : [[block, { type: schema['type'], ...demand }]];
  }));
}

/** A schema without what it requires, and that; undefined where it requires nothing. */
function apart(schema: JsonSchema): readonly [JsonSchema, JsonSchema | undefined] {
  const { required, ...rest } = schema;
  if (required !== undefined) return [rest, { required }];
  const { required: then, ...shape } = (schema['then'] ?? {}) as JsonSchema;
  return then === undefined || schema['else'] !== undefined ? [schema, undefined] : [{ ...schema, then: shape }, { if: schema['if'], then: { required: then } }];
}

/** One of the two subnets is needed. */
function networkSchema(): JsonSchema {
  const subnet = cidr('The subnet, without host bits. Left out beside subnet6: the first /24 of 192.168.56.0/21 that is free.', '192.168.56.0/24');
  const { description, examples } = subnet;
  return object(
    {
      subnet,
      subnet6: cidr6('The IPv6 subnet, without host bits; nodes have an address of either family then.', 'fd00:56::/64'),
      mtu: { type: 'integer', minimum: 576, maximum: 9216, description: 'The largest IP packet on it, in bytes; what nodes and containers build on it follows. Below 1280 there is no IPv6 on it. Left out: 1500.', examples: [9000] },
    },
    { title: 'Network between nodes', description: 'What nodes are plugged into.', if: { not: { required: ['subnet6'] } }, then: { required: ['subnet'], properties: { subnet: { description, examples } } } },
  );
}

function nodeSchema(nodeKeys: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return object(
    {
      address: address('Address in the lab\'s sole network. Left out: taken from the subnet, always the same.'),
      address6: { ...address6('IPv6 address in the lab\'s sole network; a list of them for several, each in the subnet of one. Left out: the digits of the IPv4 host number.'), type: ['string', 'array'], items: address6('An IPv6 address.'), minItems: 1 },
      networks: mapOf(name('A network of the lab.', 'lan'), addressOrAuto('The node\'s address there: an IPv4 address of that network, or auto.'), { title: 'Networks of the node', description: 'For a node on several networks: its address on each, or auto.', examples: [{ lan: '10.0.0.11', dmz: 'auto' }] }),
      count: { type: 'integer', minimum: 1, maximum: 10000, description: 'How many there are of it: NAME-1 to NAME-count. The name then stands for all of them.', examples: [3] },
      memory: { type: 'integer', minimum: 256, maximum: 65536, default: 1024, description: 'Memory in MiB.', examples: [2048] },
      cpus: { type: 'integer', minimum: 1, maximum: 64, default: 1, examples: [2], description: 'Virtual processors.' },
      ...nodeKeys,
    },
    { type: ['object', 'null'], title: 'Node', description: 'A machine of the lab.' },
  );
}

/** A declared variable is told from a plain value by being a map with a type. */
function variableSchema(): JsonSchema {
  const about = { description: 'A plain value; a map declares a variable: {type: integer, default: 1400}.', examples: [1400, { type: 'integer', default: 1400 }] };
  return {
    ...about,
    if: { type: 'object', required: ['type'] },
    then: object(
      {
        type: choice('What it may be.', Object.fromEntries(Object.entries(VARIABLE_TYPES).map(([type, { words }]) => [type, `${words.charAt(0).toUpperCase()}${words.slice(1)}.`])), { examples: ['integer'] }),
        default: { description: 'Its value where nobody gives another. Left out: it has to be given.', examples: [1400] },
        description: text('What it is for.', 'MTU of the tunnel, in bytes'),
        enum: { type: 'array', minItems: 1, description: 'The only values it may have.', examples: [['gre', 'vxlan']] },
      },
      { required: ['type'], title: 'Declared variable', description: 'What a variable may be, and its value where nobody gives another.' },
    ),
    else: { type: ['string', 'number', 'boolean', 'array'], ...about },
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
      nodes: { ...member('nodes', ['address', 'address6', 'count']), examples: [{ memory: 2048 }] },
      containers: { ...member('containers', ['hostname', 'address', 'address6']), examples: [{ image: 'toolbox' }] },
      checks: object({ within: within() }, { title: 'Defaults of checks', description: 'What each written check has unless it says otherwise.', examples: [{ within: '60s' }] }),
    },
    { title: 'Defaults', description: 'What every node, container or check has unless it says otherwise.', examples: [{ nodes: { memory: 2048 } }] },
  );
}

function checkSchema(features: readonly Feature[]): JsonSchema {
  const kinds = features.flatMap((feature) => feature.checkKinds ?? []);
  return object({
    ...Object.fromEntries(kinds.map((kind) => [kind.name, kind.schema()])),
    expect: {
      type: ['string', 'number', 'boolean', 'array'], minItems: 1, maxItems: 50, uniqueItems: true, items: { type: ['string', 'number', 'boolean'], description: 'One of several: a text, a number, true or false.', examples: ['refused'] },
      description: 'What comes of it: "unreachable", a value, a pattern /…/, a number, a range of numbers (1..5, 3.., ..5), or a list: one of these is enough. Left out: it works.', examples: ['unreachable', 200, '/hello/', '200..299', ['refused', 'timeout']],
    },
    within: within(),
    why: text('One sentence, shown when the check fails.', 'Docker drops what it does not know.'),
    use: name('A check of "namedChecks"; what else is written here is changed in it.', 'across'),
  }, { title: 'Check', description: 'One kind of check, and what is expected of it.', minProperties: 1 });
}

/** Keywords whose values are no schemas, and items: lists replace. */
const AS_IT_IS = ['items', 'examples', 'enum', 'enumDescriptions', 'default'];

/** A stage says only what differs: nothing is required, and null removes. */
function overlayOf(schema: unknown, inMap = false): unknown {
  if (Array.isArray(schema)) return schema.map((item) => overlayOf(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  if ((schema as JsonSchema)['$ref'] === CHECK['$ref']) return { anyOf: [PART, { type: 'null' }] };
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!inMap && (key === 'required' || key === 'minProperties')) continue;
    copy[key] = !inMap && AS_IT_IS.includes(key) ? value : overlayOf(value, !inMap && key === 'properties');
  }
  if (!inMap && typeof copy['type'] === 'string' && copy['type'] !== 'null') copy['type'] = copy['type'] === 'array' ? 'array' : [copy['type'], 'null'];
  else if (!inMap && Array.isArray(copy['type']) && !copy['type'].includes('null')) copy['type'] = [...(copy['type'] as unknown[]), 'null'];
  if (!inMap && Array.isArray(copy['enum']) && !copy['enum'].includes(null)) {
    copy['enum'] = [...(copy['enum'] as unknown[]), null];
    copy['enumDescriptions'] = [...(copy['enumDescriptions'] as unknown[]), 'As if it were left out.'];
  }
  return copy;
}
