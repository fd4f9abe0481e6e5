/** What docker run would refuse, said before anything runs. */
import { familyOf } from '../../model/family.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { parsePort } from './ports.js';
import { containerSources, hostsOf } from './resolve.js';

function each(context: RuleContext, visit: (name: string, value: Tree, path: Path) => void): void {
  for (const { name, value } of containerSources(context.source)) visit(name, value, ['containers', name]);
}

export function nodeIsThereWithDocker(context: RuleContext): void {
  const dockerNodes = context.ground.nodes.filter((node) => node.docker).map((node) => node.name);
  each(context, (name, value, path) => {
    const at = [...path, 'node'];
    if (!context.isSound(at)) return;
    const written = value['node'];
    if (written === undefined) {
      if (dockerNodes.length !== 1) context.error('LG011', at, `"${name}" does not say which node it runs on`, context.nearest('', dockerNodes, 'node with Docker'));
      return;
    }
    const members = context.ground.members(String(written));
    if (!members) context.error('LG040', at, `there is no node "${String(written)}"`, context.nearest(String(written), context.ground.names, 'node'));
    else if (members.some((node) => !node.docker)) context.error('LG052', at, `"${String(written)}" has no Docker`, `Take "docker: false" from it, or use one of: ${dockerNodes.join(', ')}.`);
  });
}

export function namesAreUnique(context: RuleContext): void {
  const taken = new Map<string, string>(context.ground.nodes.map((node) => [node.name, 'a node']));
  each(context, (name, _value, path) => {
    const owner = taken.get(name);
    if (owner) context.error('LG041', path, `"${name}" is also ${owner}`, 'Nodes and containers share one set of names, so that checks can name either.');
    taken.set(name, 'a container');
  });
}

/** Networks of the nodes' Docker, and overlays of the swarm. */
function networkNames(source: Tree): readonly string[] {
  const swarm = isTree(source['swarm']) ? source['swarm']['networks'] : undefined;
  return [source['dockerNetworks'], swarm].flatMap((block) => Object.keys(isTree(block) ? block : {}));
}

export function networkFits(context: RuleContext): void {
  const all = containerSources(context.source);
  const own = networkNames(context.source);
  each(context, (name, value, path) => {
    const network = String(value['network'] ?? 'bridge');
    const at = [...path, 'network'];
    if (!context.isSound(at)) return;
    const shared = /^container:(.*)$/.exec(network)?.[1];
    if (shared !== undefined) {
      const other = all.find((each) => each.name === shared);
      if (!other) context.error('LG040', at, `there is no container "${shared}"`, context.nearest(shared, all.map((each) => each.name), 'container'));
      else if (context.isSound(['containers', shared]) && hostsOf(context.ground, other.value)[0] !== hostsOf(context.ground, value)[0]) context.error('LG070', at, `"${shared}" is on another node`, 'Containers can share a network namespace on the same node only.');
      else if (all.findIndex((each) => each.name === shared) > all.findIndex((each) => each.name === name)) context.error('LG070', at, `"${shared}" is started later`, 'Put it before this container.');
    } else if (!['bridge', 'none', 'host', ...own].includes(network)) {
      context.error('LG040', at, `there is no Docker network "${network}"`, context.nearest(network, ['bridge', 'none', 'host', ...own], 'Docker network'));
    }
    if (Array.isArray(value['ports']) && value['ports'].length > 0 && network !== 'bridge' && ['none', 'host'].includes(network)) context.error('LG070', [...path, 'ports'], `ports cannot be published with "network: ${network}"`, network === 'host' ? 'With the host network its ports are the host\'s own.' : 'Without a network nothing can reach them.');
    if (shared !== undefined) {
      for (const key of ['ports', 'hostname', 'aliases', 'expose']) if (value[key] !== undefined) context.error('LG070', [...path, key], `"${key}" belongs to "${shared}", whose network is shared`, `Say it there.`);
    }
  });
}

/** Whether two host addresses, left out for all, have one in common; 0.0.0.0 and :: are all of one family. */
function sharesAddress(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return true;
  return familyOf(a) === familyOf(b) && [a, b].some((each) => each === '0.0.0.0' || each === '::');
}

export function portsAreFree(context: RuleContext): void {
  const taken = new Map<string, { readonly address: string | undefined; readonly name: string }[]>();
  each(context, (name, value, path) => {
    (Array.isArray(value['ports']) ? (value['ports'] as unknown[]) : []).forEach((text, index) => {
      const at = [...path, 'ports', index];
      if (!context.isSound(at)) return;
      const port = parsePort(String(text));
      if (!port) {
        context.error('LG014', at, `${JSON.stringify(text)} is not a port`, 'Ports go from 1 to 65535.');
        return;
      }
      if (port.hostPort === undefined) return;
      for (const node of hostsOf(context.ground, value)) {
        const key = `${node.name} ${port.hostPort}/${port.protocol}`;
        const address = port.hostAddress;
        const others = taken.get(key) ?? [];
        const owner = others.find((other) => sharesAddress(other.address, address))?.name;
        if (owner !== undefined) {
          context.error('LG071', at, `port ${port.hostPort}/${port.protocol} of ${node.name} is already published by "${owner}"`, 'Use another host port.');
          break;
        }
        taken.set(key, [...others, { address, name }]);
      }
    });
  });
}

/** A NUL ends a word early for every program there is; YAML can write one. */
export function environmentIsText(context: RuleContext): void {
  each(context, (_name, value, path) => {
    if (!isTree(value['env'])) return;
    for (const [key, each] of Object.entries(value['env'])) {
      if (typeof each === 'string' && /[\u0000\r\n]/.test(each) && context.isSound([...path, 'env', key])) context.error('LG101', [...path, 'env', key], `the value of ${key} has a line break`, 'docker run --env takes one line.');
    }
  });
}
