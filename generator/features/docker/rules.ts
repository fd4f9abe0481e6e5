/** dockerd settings that exclude each other, or lie outside their network. */
import { contains, formatSubnet, overlap, parseCidr, sizeOf } from '../../model/ipv4.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { SETTINGS } from './settings.js';

export function eachDocker(context: RuleContext, visit: (docker: Tree, path: Path) => void): void {
  for (const [name, node] of Object.entries(isTree(context.source['nodes']) ? context.source['nodes'] : {})) {
    const docker = isTree(node) ? node['docker'] : undefined;
    if (isTree(docker)) visit(docker, ['nodes', name, 'docker']);
  }
}

/** A setting whose own shape is sound. */
export function sound(context: RuleContext, docker: Tree, path: Path, key: string): string | undefined {
  const value = docker[key];
  return value !== undefined && context.isSound([...path, key]) ? String(value) : undefined;
}

export function bridgeExcludesBip(context: RuleContext): void {
  eachDocker(context, (docker, path) => {
    if (sound(context, docker, path, 'bridge') === undefined) return;
    for (const key of ['bip', 'fixedCidr', 'bip6']) {
      if (docker[key] === undefined || (key === 'fixedCidr' && docker['bip'] !== undefined)) continue;
      context.error('LG050', [...path, key], `"${key}" and "bridge" exclude each other`, 'dockerd takes the network from the bridge it is given; keep one of the two.');
    }
  });
}

export function bipIsAHost(context: RuleContext): void {
  eachDocker(context, (docker, path) => {
    const bip = parseCidr(sound(context, docker, path, 'bip') ?? '');
    if (!bip) return;
    const offset = bip.address - bip.subnet.base;
    if (bip.subnet.prefix > 30 || offset === 0 || offset === sizeOf(bip.subnet.prefix) - 1) {
      context.error('LG051', [...path, 'bip'], `${String(docker['bip'])} is not a host address with room for containers`, 'bip is the address of docker0 itself with the prefix of its network, such as 172.17.0.1/24.');
    }
    for (const network of context.ground.networks) {
      const lab = parseCidr(network.subnet)?.subnet;
      if (lab && overlap(lab, bip.subnet)) context.error('LG031', [...path, 'bip'], `${String(docker['bip'])} overlaps the network "${network.name}" (${network.subnet})`, 'Containers and nodes need networks of their own; choose another bip.');
    }
  });
}

export function fixedCidrInsideBip(context: RuleContext): void {
  eachDocker(context, (docker, path) => {
    const fixed = parseCidr(sound(context, docker, path, 'fixedCidr') ?? '');
    const bip = parseCidr(sound(context, docker, path, 'bip') ?? '');
    if (!fixed) return;
    if (fixed.address !== fixed.subnet.base) context.error('LG030', [...path, 'fixedCidr'], `${String(docker['fixedCidr'])} has host bits set`, `Give the network itself: ${formatSubnet(fixed.subnet)}.`);
    else if (bip && (!contains(bip.subnet, fixed.subnet.base) || fixed.subnet.prefix < bip.subnet.prefix)) {
      context.error('LG051', [...path, 'fixedCidr'], `${String(docker['fixedCidr'])} is not inside the network of bip ${String(docker['bip'])}`, 'Containers get their addresses from a part of the bridge network.');
    }
  });
}

export function iptablesOffNeedsIccOn(context: RuleContext): void {
  eachDocker(context, (docker, path) => {
    if (docker['iptables'] === false && docker['icc'] === false && context.isSound([...path, 'icc'])) {
      context.error('LG050', [...path, 'icc'], '"icc: false" needs iptables', 'dockerd refuses to start so; leave iptables on, or icc.');
    }
  });
}

export function flagsAreNotSettings(context: RuleContext): void {
  eachDocker(context, (docker, path) => {
    const flags = Array.isArray(docker['flags']) ? (docker['flags'] as unknown[]) : [];
    flags.forEach((flag, index) => {
      const name = /^--([a-z0-9-]+)/.exec(String(flag))?.[1];
      const setting = SETTINGS.find((each) => each.flag === name);
      const at = [...path, 'flags', index];
      if (setting && context.isSound(at)) context.error('LG050', at, `${String(flag)} is the setting "${setting.key}"`, `Say "${setting.key}:" instead, so that labgen can check it.`);
      else if ((name === 'host' || name === 'config-file') && context.isSound(at)) context.error('LG050', at, `--${name} is labgen's own`, 'The drop-in says -H fd:// and uses no configuration file.');
    });
  });
}
