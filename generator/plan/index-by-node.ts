/** Lists of the lab by node, made once: asking each list for each node would grow with the square of the lab. */
import type { Container, DaemonFlag, DaemonVariable, KernelModule, Lab, Link, Package, Removal, Route, Sweep, Sysctl } from '../model/lab.js';
import { addTo } from '../model/lists-by-key.js';
import type { Rule } from '../model/rule.js';

export interface NodeParts {
  readonly links: readonly Link[];
  readonly removals: readonly Removal[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  readonly sysctls: readonly Sysctl[];
  readonly flags: readonly DaemonFlag[];
  readonly modules: readonly KernelModule[];
  readonly packages: readonly Package[];
  readonly containers: readonly Container[];
  readonly sweeps: readonly Sweep[];
  readonly variables: readonly DaemonVariable[];
}

export function partsByNode(lab: Lab): (node: string) => NodeParts {
  const group = <T extends { readonly node: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> => {
    const map = new Map<string, T[]>();
    for (const item of items) addTo(map, item.node, item);
    return map;
  };
  const removals = group(lab.removals);
  const [links, routes, rules, sysctls] = [group(lab.links), group(lab.routes), group(lab.rules), group(lab.sysctls)];
  const [flags, modules, packages, containers] = [group(lab.daemonFlags), group(lab.modules), group(lab.packages), group(lab.containers)];
  const [sweeps, variables] = [group(lab.sweeps), group(lab.daemonVariables)];
  return (node) => ({
    links: links.get(node) ?? [],
    removals: removals.get(node) ?? [],
    routes: routes.get(node) ?? [],
    rules: rules.get(node) ?? [],
    sysctls: sysctls.get(node) ?? [],
    flags: flags.get(node) ?? [],
    modules: modules.get(node) ?? [],
    packages: packages.get(node) ?? [],
    containers: containers.get(node) ?? [],
    sweeps: sweeps.get(node) ?? [],
    variables: variables.get(node) ?? [],
  });
}
