/** What `labgen fault` is told, and which fault of a lab is meant. */
import assert from 'node:assert/strict';
import { chooseFault } from '../../generator/faults/choose.js';
import { offeredFaults } from '../../generator/faults/offered.js';
import { amountOf, readWords, secondsOf } from '../../generator/faults/words.js';
import { Failure } from '../../generator/model/failure.js';
import { features } from '../../generator/plan/pipeline.js';
import { labOf } from '../support/labs.js';

const LAB = labOf('lab: t\nnetworks: { lan: { subnet: 192.168.56.0/24 }, dmz: { subnet: 192.168.57.0/24 } }\nnodes:\n  net-1: { networks: { lan: auto, dmz: auto } }\n  net-2: { networks: { lan: auto } }\n  alone: { docker: false, networks: { dmz: auto } }\ncontainers: { web: { node: net-2 } }\n');
const OFFERED = offeredFaults(LAB, features);

/** The words of the fault, or how it is refused. */
function chosen(line: string, network?: string): string {
  try {
    const fault = chooseFault(LAB, readWords(line.split(' ')), network, OFFERED);
    return fault.words.join(' ');
  } catch (error) {
    assert.ok(error instanceof Failure);
    return `${error.exitCode} ${error.message} | ${error.hint ?? ''}`;
  }
}

describe('faults/words', () => {
  it('takes a lab before what is to be done, or none', () => {
    assert.deepEqual(readWords(['cut', 'net-1']), { lab: undefined, action: 'cut', words: ['net-1'] });
    assert.deepEqual(readWords(['gre', 'kill', 'net-1', 'dockerd']), { lab: 'gre', action: 'kill', words: ['net-1', 'dockerd'] });
    assert.deepEqual(readWords(['kill', 'drain', 'dockerd']), { lab: undefined, action: 'kill', words: ['drain', 'dockerd'] });
    assert.equal(readWords([]).action, 'list');
    assert.throws(() => readWords(['gre', 'kil', 'net-1']), (error: Failure) => error.exitCode === 2 && /Did you mean "kill"\?/.test(error.hint ?? ''));
  });

  it('knows times and amounts, and nothing else', () => {
    assert.deepEqual(['30s', '2m', '1h', '45', '24h'].map(secondsOf), [30, 120, 3600, 45, 86_400]);
    assert.deepEqual(['0', '0s', '-1s', '25h', '30 s', '1d', '1e3', '', 'infinity', '999999'].map(secondsOf), Array(10).fill(undefined));
    assert.deepEqual(['100ms', '2s'].map((text) => amountOf('delay', text)), ['100ms', '2s']);
    assert.deepEqual(['20%', '0.5%', '100%'].map((text) => amountOf('loss', text)), ['20%', '0.5%', '100%']);
    assert.deepEqual(['100', '0ms', '-1ms', '100ms;id', '$(id)ms', ''].map((text) => amountOf('delay', text)), Array(6).fill(undefined));
    assert.deepEqual(['20', '0%', '00.00%', '101%', '100.5%', '1%%'].map((text) => amountOf('loss', text)), Array(6).fill(undefined));
  });

  it('finds the fault that is meant, and the network of it', () => {
    assert.equal(chosen('cut net-1'), 'cut net-1 --network lan');
    assert.equal(chosen('cut net-1', 'dmz'), 'cut net-1 --network dmz');
    assert.equal(chosen('cut net-2'), 'cut net-2');
    assert.equal(chosen('delay net-2 100ms'), 'delay net-2 100ms');
    assert.equal(chosen('kill net-2 container web'), 'kill net-2 container web');
    assert.equal(chosen('kill net-1 dockerd'), 'kill net-1 dockerd');
  });

  it('says what there is where there is no such fault', () => {
    assert.match(chosen('cut'), /^2 cut: which node\? \| Known are: net-1, net-2, alone\.$/);
    assert.match(chosen('cut net-3'), /^2 there is no node "net-3" \| Did you mean "net-1"\?/);
    assert.match(chosen('cut net-2', 'dmz'), /^2 net-2 is not on the network "dmz" \| .*lan/);
    assert.match(chosen('cut net-2 net-1'), /^2 "net-1" is too much for "cut"/);
    assert.match(chosen('delay net-2'), /^2 how much delay\? \| .*100ms/);
    assert.match(chosen('loss net-2 20'), /^2 "20" is no loss \| .*20%/);
    assert.match(chosen('loss net-2 20% x'), /^2 "x" is too much/);
    assert.match(chosen('kill net-2 container wed'), /^2 there is no "kill net-2 container wed" in this lab \| Did you mean "kill net-2 container web"\?/);
    assert.match(chosen('kill alone dockerd'), /^2 there is no "kill alone dockerd"/);
    assert.match(chosen('drain net-1'), /^2 .* \| Nothing in it can be troubled by "drain"/);
    assert.match(chosen('kill net-1 dockerd', 'lan'), /^2 "kill" has nothing to do with a network/);
  });
});
