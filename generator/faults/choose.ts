/** The fault that is meant, of those a lab can have. */
import { Failure } from '../model/failure.js';
import type { Fault } from '../model/fault.js';
import type { Attachment, Lab, Node } from '../model/lab.js';
import { suggest } from '../model/nearest.js';
import { cut, netem } from './links.js';
import { amountOf, type FaultWords } from './words.js';

/** @throws Failure (exit 2), saying what there is, where there is no such fault. */
export function chooseFault(lab: Lab, { action, words }: Pick<FaultWords, 'action' | 'words'>, network: string | undefined, offered: readonly Fault[]): Fault {
  const [name = '', ...rest] = words;
  const node = namedNode(lab, name, action);
  if (action === 'cut' || action === 'delay' || action === 'loss') {
    const attachment = attachmentOf(node, network);
    if (action === 'cut') {
      if (rest.length > 0) throw tooMuch(action, rest);
      return cut(lab, node, attachment);
    }
    const amount = amountOf(action, rest[0] ?? '');
    if (amount === undefined) throw new Failure(2, rest[0] === undefined ? `how much ${action}?` : `"${rest[0]}" is no ${action}`, action === 'delay' ? 'Give milliseconds: labgen fault delay NODE 100ms' : 'Give a share: labgen fault loss NODE 20%');
    if (rest.length > 1) throw tooMuch(action, rest.slice(1));
    return netem(lab, node, attachment, [action, amount]);
  }
  if (network !== undefined) throw new Failure(2, `"${action}" has nothing to do with a network`, 'Leave --network out.');
  const wanted = [action, ...words].join(' ');
  const fault = offered.find((each) => each.words.join(' ') === wanted);
  if (fault) return fault;
  const here = offered.filter((each) => each.words[0] === action).map((each) => each.words.join(' '));
  throw new Failure(2, `there is no "${wanted}" in this lab`, here.length === 0 ? `Nothing in it can be troubled by "${action}"; "labgen fault list" tells what can.` : suggest(wanted, here, 'fault'));
}

/** @throws Failure (exit 2) with the nearest name. */
export function namedNode(lab: Lab, name: string, action: string): Node {
  const names = lab.nodes.map((each) => each.name);
  const node = lab.nodes.find((each) => each.name === name);
  if (!node) throw new Failure(2, name === '' ? `${action}: which node?` : `there is no node "${name}"`, suggest(name, names, 'node'));
  return node;
}

/** The first one is the node's address. */
function attachmentOf(node: Node, network: string | undefined): Attachment {
  const attachment = network === undefined ? node.attachments[0] : node.attachments.find((each) => each.network === network);
  if (!attachment) throw new Failure(2, network === undefined ? `${node.name} is on no network of the lab` : `${node.name} is not on the network "${network}"`, network === undefined ? undefined : suggest(network, node.attachments.map((each) => each.network), 'network of it'));
  return attachment;
}

function tooMuch(action: string, words: readonly string[]): Failure {
  return new Failure(2, `"${words.join(' ')}" is too much for "${action}"`, 'See "labgen help fault".');
}
