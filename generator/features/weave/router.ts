/** weave: a router runs, and its connections to the others are as they should be. */
import type { CheckKind, CommandResult, Reading, Subject } from '../../model/check.js';
import { lastLine, notAsked, word } from '../../model/probe.js';
import { choice, object, reference } from '../../schema/patterns.js';

/** `-> 192.168.56.12:6783   established encrypted   fastdp 02:6c:…(host-2) encrypted=true mtu=1376`. */
const LINE = /^(?:->|<-)\s+(\S+)\s+(\w+)\s+(encrypted|unencrypted)?\s*(fastdp|sleeve)?/;

export const weave: CheckKind = {
  name: 'weave',
  schema: () => object(
    {
      node: reference('The node.', 'host-1'),
      connections: { type: 'integer', minimum: 0, maximum: 1000, description: 'How many connections are established.', examples: [1] },
      encrypted: { type: 'boolean', description: 'Whether all of them are encrypted.', examples: [true] },
      datapath: choice('How packets travel.', { fastdp: 'In the kernel.', sleeve: "Through weave's own process." }, { examples: ['fastdp'] }),
    },
    { title: 'Weave router', required: ['node'], description: "The node's weave router runs, and its connections are as the keys say.", examples: [{ node: 'host-1', connections: 1, datapath: 'fastdp' }] },
  ),
  references: { node: 'node' },
  expects: { unreachable: false, values: [], patterns: false },
  describe: (subject) => `weave ${word(subject, 'node')}${(['connections', 'encrypted', 'datapath'] as const).filter((key) => subject[key] !== undefined).map((key) => ` ${key} ${word(subject, key)}`).join('')}`,
  probe: (subject) => ({ command: { node: word(subject, 'node'), argv: ['/var/lib/labgen/labgen-weave.sh', 'connections'] }, read: (result) => read(result, subject) }),
  mutation(subject) {
    const node = word(subject, 'node');
    return { title: `pause the router of ${node}`, break: { node, argv: ['docker', 'pause', 'weave'] }, mend: { node, argv: ['docker', 'unpause', 'weave'] } };
  },
};

function read(result: CommandResult, subject: Subject): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  if (result.code !== 0) return { state: 'unreachable', seen: lastLine(result.stderr) || 'the router does not answer' };
  const found = result.stdout.replaceAll('\r', '').split('\n').flatMap((line) => {
    const [, peer, state, secrecy, datapath] = LINE.exec(line.trim()) ?? [];
    return peer !== undefined && state === 'established' ? [{ peer, encrypted: secrecy === 'encrypted', datapath }] : [];
  });
  const good = (subject['connections'] === undefined || found.length === subject['connections']) && found.every((each) => (subject['encrypted'] === undefined || each.encrypted === subject['encrypted']) && (subject['datapath'] === undefined || each.datapath === subject['datapath']));
  return { state: good ? 'works' : 'differs', value: found.length, seen: found.map((each) => `${each.peer} ${each.encrypted ? 'encrypted' : 'unencrypted'} ${each.datapath ?? ''}`.trim()).join(', ') || 'no connection is established' };
}
