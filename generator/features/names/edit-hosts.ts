/** Breaking what /etc/hosts says, and mending it. Docker mounts a container's file, so it is written in place. */
import type { Mutation, NodeCommand } from '../../model/check.js';
import type { Place } from '../../model/probe.js';

const KEEP = 'root=$1 name=$2 kept=/run/labgen/mutation-hosts-$3; mkdir -p /run/labgen && cp "$root/etc/hosts" "$kept" &&';
const WITHOUT = `${KEEP} awk -v name="$name" '{ for (i = 2; i <= NF; i++) if ($i == name) next; print }' "$kept" >"$kept.new" && cat "$kept.new" >"$root/etc/hosts"`;
const WITH = `${KEEP} echo "$4 $name" >>"$root/etc/hosts"`;
const BACK = 'kept=/run/labgen/mutation-hosts-$3; cat "$kept" >"$1/etc/hosts" && rm -f "$kept" "$kept.new"';

/** Documentation address (RFC 5737): nobody's. */
export const NOBODY = '198.51.100.1';

export function withoutName(place: Place, root: string, name: string): Mutation {
  return { title: `take ${name} out of ${place.name}'s /etc/hosts`, break: script(place, WITHOUT, root, name), mend: script(place, BACK, root, name) };
}

export function withName(place: Place, root: string, name: string): Mutation {
  return { title: `write ${name} into ${place.name}'s /etc/hosts`, break: script(place, WITH, root, name), mend: script(place, BACK, root, name) };
}

/** On the node itself: a container's files are reached by its process. */
function script(place: Place, text: string, root: string, name: string): NodeCommand {
  return { node: place.node, argv: ['sh', '-c', text, 'sh', root, name, place.name, NOBODY] };
}
