/**
 * Another container in the place of one, for as long as a mutation lasts: what a process was started with cannot be
 * changed, but the name can be given to another. The real one runs on under another name.
 */
import type { Facts, Mutation } from '../../model/check.js';

const BREAK = 'name=$1 image=$2; shift 2; docker rename "$name" "$name-labgen-mutation" && docker run --detach --name "$name" --label labgen.mutation=yes --entrypoint sleep "$@" "$image" 600 >/dev/null';
const MEND = 'docker rm --force "$1" >/dev/null && docker rename "$1-labgen-mutation" "$1"';

/** `words` go to docker run. Undefined where the image may have no `sleep`. */
export function standIn(container: string, title: string, words: readonly string[], facts: Facts): Mutation | undefined {
  const found = facts.lab.containers.find((each) => each.name === container);
  const image = facts.lab.containers.find((each) => each.node === found?.node && each.image === 'toolbox')?.image;
  if (!found || image === undefined || facts.pid(container) <= 0) return undefined;
  return { title, break: { node: found.node, argv: ['sh', '-c', BREAK, 'sh', container, image, ...words] }, mend: { node: found.node, argv: ['sh', '-c', MEND, 'sh', container] } };
}
