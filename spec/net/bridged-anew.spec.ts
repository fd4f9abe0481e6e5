/** A new destination behind the bridge that a packet came in by: bridged where the bridge filters, routed where it does not. */
import assert from 'node:assert/strict';
import type { Space, World, WorldInterface } from '../../generator/model/world.js';
import type { Question } from '../../generator/predict/question.js';
import { simulator } from '../../generator/predict/simulate.js';
import { disagreement, isNotMeasured } from '../../generator/verify/matrix.js';
import { RealWorld } from '../support/realise.js';
import { rule, space } from '../support/world-parts.js';

const container = (name: string, address: string, more: Partial<Space> = {}): Space => space(name, { node: 'h', interfaces: [{ name: 'eth0', kind: 'ethernet', mtu: 1500, wire: name, addresses: [address] }], routes: [{ to: '0.0.0.0/0', via: '10.0.0.1' }], ...more });

/** c1 and c2 on a bridge of h, which sends 192.0.2.1:8080 to c1 and masquerades. */
function made({ filters, forwards, hairpin }: { readonly filters: boolean; readonly forwards: boolean; readonly hairpin: boolean }): World {
  const port = (name: string, wire: string): WorldInterface => ({ name, kind: 'ethernet', mtu: 1500, addresses: [], master: 'br0', wire, ...(hairpin && { hairpin }) });
  return {
    gaps: [],
    endpoints: ['c1', 'c2'].map((name) => ({ name, kind: 'container', space: name, addresses: [] })),
    spaces: [
      space('h', {
        interfaces: [{ name: 'br0', kind: 'bridge', mtu: 1500, addresses: ['10.0.0.1/24'] }, port('p1', 'c1'), port('p2', 'c2')],
        forwards: { 4: forwards, 6: false }, filtersBridges: { 4: filters, 6: filters },
        chains: [
          { family: 4, table: 'nat', name: 'PREROUTING', rules: [rule({ protocol: { is: 'tcp' }, destination: { is: '192.0.2.1/32' }, destinationPort: 8080 }, { kind: 'dnat', address: '10.0.0.2', port: 80 })] },
          { family: 4, table: 'nat', name: 'POSTROUTING', rules: [rule({ source: { is: '10.0.0.0/24' } }, { kind: 'masquerade' })] },
        ],
      }),
      container('c1', '10.0.0.2/24', { listeners: [{ protocol: 'tcp', port: 80, what: 'httpd' }] }),
      container('c2', '10.0.0.3/24'),
    ],
  };
}

const CASES = [
  [{ filters: true, forwards: true, hairpin: true }, ['reached', 'reached'], 'bridged'],
  [{ filters: true, forwards: false, hairpin: true }, ['stopped', 'stopped'], 'routed'],
  [{ filters: true, forwards: true, hairpin: false }, ['stopped', 'reached'], 'bridged'],
  [{ filters: false, forwards: true, hairpin: false }, ['reached', 'reached'], 'routed'],
  [{ filters: false, forwards: false, hairpin: true }, ['stopped', 'stopped'], 'routed'],
] as const;

describe('a new destination behind the same bridge', function () {
  this.timeout(120_000);

  for (const [how, verdicts, by] of CASES) {
    it(`${Object.entries(how).map(([name, on]) => `${on ? '' : 'not '}${name}`).join(', ')}: ${verdicts.join(' and ')}, ${by}`, async () => {
      const world = made(how);
      const predictor = simulator(world);
      const questions = ['c1', 'c2'].map((from): Question => ({ from, to: 'c1', address: '192.0.2.1', protocol: 'tcp', port: 8080, family: 4 }));
      assert.deepEqual(questions.map((question) => predictor.ask(question).verdict), verdicts);
      const real = await RealWorld.make(world);
      try {
        const measured = await real.measure(questions);
        for (const [index, question] of questions.entries()) {
          const found = measured[index];
          assert.ok(found && !isNotMeasured(found), JSON.stringify(found));
          assert.equal(disagreement(predictor.ask(question), found), undefined, JSON.stringify(found));
          const traced = await real.trace(question, { waitMs: 1500 });
          assert.deepEqual(traced.differences, []);
          const upTo = traced.points.some((point) => point.interface === 'br0' && !point.may);
          if (verdicts[index] === 'reached') assert.equal(upTo, by === 'routed', 'what is routed passes the bridge\'s own interface');
        }
      } finally {
        real.end();
      }
    });
  }
});
