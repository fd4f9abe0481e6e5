/** One JSON Schema (draft-07) for the command line and the editor, put together from the features' fragments. */
import type { Feature } from '../features/feature.js';
import type { JsonSchema } from '../model/schema.js';
import { cidr, address, duration, mapOf, name, object, text } from './patterns.js';

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
    vars: mapOf(name('A variable.', 'mtu'), { type: ['string', 'number', 'boolean', 'array'], description: 'A text, a number, true or false, or a list.', examples: [1400] }, { title: 'Variables', description: 'Values used as {var: name} anywhere in the lab; changed by --set vars.name=value.', examples: [{ mtu: 1400 }] }),
    networks: mapOf(name('A network between nodes.', 'lan'), object({ subnet: cidr('The subnet, without host bits.', '192.168.56.0/24') }, { required: ['subnet'], title: 'Network between nodes', description: 'What nodes are plugged into.' }), {
      title: 'Networks between nodes',
      description: 'Each has a subnet. Left out: one network "lan", 192.168.56.0/24. VirtualBox takes addresses in 192.168.56.0/21 only.',
      examples: [{ underlay: { subnet: '192.168.56.0/24' } }],
    }),
    nodes: mapOf(name('A node: a machine of the lab.'), nodeSchema(nodeKeys), { title: 'Nodes', minProperties: 1, maxProperties: 20000, description: 'The machines of the lab. "docker: false" makes a plain host.', examples: [{ 'net-1': null }] }),
    ...blocks,
    checks: { type: 'array', title: 'Checks', description: 'What must hold on the running lab, in every stage.', examples: [[{ ping: { from: 'c1', to: 'c2' }, expect: 'unreachable', why: 'Docker drops what it does not know.' }]], items: checkSchema(features) },
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://labgen.dev/lab.schema.json',
    title: 'A labgen lab',
    ...object(
      {
        lab: name('The name of the lab.', 'my-lab'),
        title: text('One line: what the lab is.', 'A GRE tunnel between two Docker hosts'),
        summary: { type: 'string', description: 'A few sentences: what it shows and why.', examples: ['Two Docker hosts, joined by a GRE tunnel. Containers reach each other by their own addresses.'], maxLength: 20000, pattern: '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]*$', form: 'text without control characters' },
        ...body,
        stages: {
          type: 'array', title: 'Stages', minItems: 1,
          description: 'What the lab looks like at each point of the lesson. Each is an overlay on the lab itself: maps merge, lists replace, checks are added, null removes. The last one is the lab.', examples: [[{ name: 'closed', nodes: { 'net-1': { docker: { icc: false } } } }, { name: 'open' }]],
          items: object(
            { name: name('The name of the stage.', 'open'), title: text('What this stage shows.', 'Accept what arrives through the tunnel'), summary: text('More about it.', 'Now containers reach each other.'), ...(overlays ? (overlayOf(body, true) as Record<string, JsonSchema>) : {}) },
            { required: ['name'], title: 'Stage', description: 'A name, and what is otherwise than in the lab itself.', ...(overlays ? {} : { additionalProperties: true }) },
          ),
        },
      },
      { required: ['lab', 'nodes'] },
    ),
  };
}

function nodeSchema(nodeKeys: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return object(
    {
      address: address('Address in the lab\'s sole network. Left out: taken from the subnet, always the same.'),
      networks: mapOf(name('A network of the lab.', 'lan'), { type: 'string', pattern: `^(auto|[0-9.]+)$`, form: 'an IPv4 address, or auto', description: 'The node\'s address there, or auto.', examples: ['auto', '10.0.0.11'] }, { title: 'Networks of the node', description: 'For a node on several networks: its address on each, or auto.', examples: [{ lan: '10.0.0.11', dmz: 'auto' }] }),
      count: { type: 'integer', minimum: 1, maximum: 10000, description: 'How many there are of it: NAME-1 to NAME-count. The name then stands for all of them.', examples: [3] },
      memory: { type: 'integer', minimum: 256, maximum: 65536, default: 1024, description: 'Memory in MiB.', examples: [2048] },
      cpus: { type: 'integer', minimum: 1, maximum: 64, default: 1, examples: [2], description: 'Virtual processors.' },
      ...nodeKeys,
    },
    { type: ['object', 'null'], title: 'Node', description: 'A machine of the lab.' },
  );
}

function checkSchema(features: readonly Feature[]): JsonSchema {
  const kinds = features.flatMap((feature) => feature.checkKinds ?? []);
  return object({
    ...Object.fromEntries(kinds.map((kind) => [kind.name, kind.schema()])),
    expect: { type: ['string', 'number', 'boolean'], description: 'What comes of it: "unreachable", a value, a pattern /…/ or a number. Left out: it works.', examples: ['unreachable', 200, '/hello/'] },
    within: duration('How long to ask again until it holds, in seconds unless it says otherwise; a negative check must hold throughout.'),
    why: text('One sentence, shown when the check fails.', 'Docker drops what it does not know.'),
  }, { title: 'Check', description: 'One kind of check, and what is expected of it.', minProperties: 1 });
}

/** A stage says only what differs: nothing is required, and null removes. */
function overlayOf(schema: unknown, inMap = false): unknown {
  if (Array.isArray(schema)) return schema.map((item) => overlayOf(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!inMap && (key === 'required' || key === 'minProperties')) continue;
    copy[key] = key === 'items' || key === 'examples' || key === 'enum' || key === 'enumDescriptions' || key === 'default' ? value : overlayOf(value, key === 'properties');
  }
  if (!inMap && typeof copy['type'] === 'string') copy['type'] = copy['type'] === 'array' ? 'array' : [copy['type'], 'null'];
  else if (!inMap && Array.isArray(copy['type']) && !copy['type'].includes('null')) copy['type'] = [...(copy['type'] as unknown[]), 'null'];
  if (!inMap && Array.isArray(copy['enum'])) {
    copy['enum'] = [...(copy['enum'] as unknown[]), null];
    copy['enumDescriptions'] = [...(copy['enumDescriptions'] as unknown[]), 'Not in this stage.'];
  }
  return copy;
}
