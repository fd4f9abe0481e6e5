/** A world made small: everything is taken away without which two answers still differ. */
import type { Chain, Space, World } from '../../generator/model/world.js';

/** Worlds with one thing less, larger things first. `keep`: the namespaces of who asks and is asked. */
export function* smaller(world: World, keep: readonly string[]): Generator<World> {
  const { spaces } = world;
  const without = (space: Space, change: Partial<Space>): World => ({ ...world, spaces: spaces.map((each) => (each === space ? { ...space, ...change } : each)) });
  for (const space of spaces) {
    if (keep.includes(space.name)) continue;
    yield { ...world, spaces: spaces.filter((each) => each !== space), endpoints: world.endpoints.filter((each) => each.space !== space.name) };
  }
  for (const space of spaces) {
    if (space.chains.length > 0) yield without(space, { chains: [] });
    for (const chain of space.chains) yield without(space, { chains: dropChain(space.chains, chain) });
    if (space.routes.length > 1) yield without(space, { routes: [] });
    if (space.listeners.length > 1) yield without(space, { listeners: [] });
    for (const each of space.interfaces) {
      if (each.kind === 'bridge' && space.interfaces.some(({ master }) => master === each.name)) continue;
      yield without(space, { interfaces: space.interfaces.filter((other) => other !== each) });
    }
  }
  for (const space of spaces) {
    for (const route of space.routes) yield without(space, { routes: space.routes.filter((each) => each !== route) });
    for (const listener of space.listeners) yield without(space, { listeners: space.listeners.filter((each) => each !== listener) });
    for (const chain of space.chains) {
      const put = (change: Partial<Chain>): World => without(space, { chains: space.chains.map((each) => (each === chain ? { ...chain, ...change } : each)) });
      if (chain.policy === 'DROP') yield put({ policy: 'ACCEPT' });
      for (const rule of chain.rules) {
        yield put({ rules: chain.rules.filter((each) => each !== rule) });
        for (const key of Object.keys(rule.match)) {
          const match = Object.fromEntries(Object.entries(rule.match).filter(([name]) => name !== key));
          yield put({ rules: chain.rules.map((each) => (each === rule ? { ...rule, match } : each)) });
        }
      }
    }
    if (space.filtersBridges[4] || space.filtersBridges[6]) yield without(space, { filtersBridges: { 4: false, 6: false } });
    if (space.reversePathFilter !== 0) yield without(space, { reversePathFilter: 0 });
    if (space.interfaces.some(({ mtu, kind }) => mtu !== 1500 && kind !== 'tunnel')) yield without(space, { interfaces: space.interfaces.map((each) => (each.kind === 'tunnel' ? each : { ...each, mtu: 1500 })) });
    for (const family of ['.', ':']) {
      const routes = space.routes.filter(({ to }) => !to.includes(family));
      const interfaces = space.interfaces.map((each) => ({ ...each, addresses: each.addresses.filter((cidr) => !cidr.includes(family)) }));
      if (routes.length < space.routes.length || interfaces.some((each, at) => each.addresses.length < (space.interfaces[at]?.addresses.length ?? 0))) yield without(space, { routes, interfaces });
    }
  }
}

function dropChain(chains: readonly Chain[], gone: Chain): readonly Chain[] {
  const calls = (chain: Chain): Chain => ({ ...chain, rules: chain.rules.filter(({ target }) => target.kind !== 'jump' || target.chain !== gone.name) });
  return chains.filter((each) => each !== gone).map((each) => (each.table === gone.table && each.family === gone.family ? calls(each) : each));
}

/** Goes on until nothing can be taken away, or so many worlds were tried. One that cannot be built does not count as differing. */
export async function smallest(world: World, keep: readonly string[], differs: (world: World) => Promise<boolean>, tries = 250): Promise<World> {
  let best = world;
  let left = tries;
  for (let found = true; found && left > 0; ) {
    found = false;
    for (const candidate of smaller(best, keep)) {
      if (left-- <= 0) break;
      if (!(await differs(candidate).catch(() => false))) continue;
      best = candidate;
      found = true;
      break;
    }
  }
  return best;
}
