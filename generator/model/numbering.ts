/**
 * Which host number a node gets in a network, so that it is always the same: adding a node at the end,
 * or changing a `count`, never renumbers another node.
 *
 * Single nodes count up from `first` (11, as labs are used to; .1 is the host's). Nodes made by `count` live
 * in blocks of their own, each half of what the blocks before it left over.
 */

export interface NumberingRequest {
  /** Unique; the same key always gets the same number while earlier groups stay. */
  readonly groups: readonly { readonly name: string; readonly members: number; readonly counted: boolean }[];
  /** Host numbers 1 … size-2 are usable. */
  readonly size: number;
  /** Numbers given by the user, which computed ones step around. */
  readonly taken: ReadonlySet<number>;
}

/** A host number for each member of each group; undefined where a region is exhausted. */
export function numbering(request: NumberingRequest): ReadonlyMap<string, readonly (number | undefined)[]> {
  const { size } = request;
  const first = size >= 128 ? 11 : 2;
  const last = size - 2;
  const blocksFrom = size >= 256 ? 101 : first + Math.max(1, Math.floor((last - first + 1) * 0.4));
  const anyCounted = request.groups.some((group) => group.counted);
  const singlesTo = anyCounted ? blocksFrom - 1 : last;
  const used = new Set(request.taken);
  const numbers = new Map<string, readonly (number | undefined)[]>();
  let single = first;
  let block = blocksFrom;
  for (const group of request.groups) {
    const own: (number | undefined)[] = [];
    const end = group.counted ? block + Math.ceil((last - block + 1) / 2) - 1 : singlesTo;
    let next = group.counted ? block : single;
    for (let member = 0; member < group.members; member++) {
      while (next <= end && used.has(next)) next++;
      if (next > end) {
        own.push(undefined);
        continue;
      }
      used.add(next);
      own.push(next++);
    }
    if (group.counted) block = end + 1;
    else single = next;
    numbers.set(group.name, own);
  }
  return numbers;
}
