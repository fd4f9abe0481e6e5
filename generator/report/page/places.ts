/** Lines of rendered files that make what happens to a packet: rules and routes word by word, interfaces and containers where they are made. */
import type { Event } from '../../predict/packet.js';

/** A text file of the rendered folder. */
export interface TextFile {
  readonly path: string;
  readonly content: string;
}

export type Place = readonly [file: number, line: number];

export type PlacesOf = (event: Event) => readonly Place[];

/** `nodeOf`: the machine a namespace is on. */
export function placesIn(files: readonly TextFile[], nodeOf: (space: string) => string): PlacesOf {
  const lines = files.map(({ content }) => content.split('\n'));
  const index = new Map(files.map(({ path }, at) => [path, at]));
  const known = new Map<string, readonly Place[]>();
  const where = (path: string, fits: (line: string) => boolean): readonly Place[] => {
    const file = index.get(path);
    const line = file === undefined ? -1 : (lines[file] ?? []).findIndex((each) => fits(each.trim()));
    return file === undefined || line === -1 ? [] : [[file, line + 1]];
  };
  const once = (key: string, look: () => readonly Place[]): readonly Place[] => {
    const found = known.get(key) ?? look();
    known.set(key, found);
    return found;
  };
  return (event) => once(keyOf(event), () => placesOf(event, nodeOf(event.space), where));
}

type Where = (path: string, fits: (line: string) => boolean) => readonly Place[];

function placesOf(event: Event, node: string, where: Where): readonly Place[] {
  const network = `nodes/${node}/labgen-network.sh`;
  const made = (name: string): readonly Place[] => madeAt(name, event.space, node, where);
  switch (event.kind) {
    case 'rule': {
      const { file, text } = event.rule;
      return file === undefined ? [] : where(file, (line) => line.endsWith(` ${text}`));
    }
    case 'route': {
      if (event.space !== node) return [];
      const { prefix, via, port } = event.way;
      const to = prefix.length === 0 ? 'default' : prefix.text;
      const words = via === undefined ? `route ${to} dev ${port.name}` : `route ${to} via ${via.text}`;
      const told = where(network, (line) => `${line} `.startsWith(`${words} `));
      return told.length > 0 ? told : made(port.name);
    }
    case 'enter':
    case 'leave':
    case 'wrap':
    case 'unwrap': return made(event.interface);
    case 'cross': return made(event.bridge);
    case 'arrive': return event.interface === undefined ? [] : made(event.interface);
    case 'local':
    case 'policy':
    case 'translate':
    case 'stop': return [];
  }
}

/** Where an interface of labgen's is made; docker0 is what dockerd is told; a container's own comes with the container. */
function madeAt(name: string, space: string, node: string, where: Where): readonly Place[] {
  if (space !== node) {
    const piped = where(`nodes/${node}/labgen-pipework.sh`, (line) => line.startsWith('"$@" ') && line.split(/\s+/).includes(space));
    return name === 'eth0' || piped.length === 0 ? where(`nodes/${node}/labgen-containers.sh`, (line) => line.startsWith(`container ${space} `)) : piped;
  }
  const link = where(`nodes/${node}/labgen-network.sh`, (line) => line.startsWith(`link ${name} `) || `${line} `.startsWith(`ovs_bridge ${name} `));
  if (link.length > 0 || name !== 'docker0') return link;
  const dropIn = `nodes/${node}/docker.service.d/50-labgen.conf`;
  const bip = where(dropIn, (line) => line.startsWith('--bip='));
  return bip.length > 0 ? bip : where(dropIn, (line) => line.startsWith('ExecStart=dockerd'));
}

function keyOf(event: Event): string {
  switch (event.kind) {
    case 'rule': return `rule ${event.rule.file ?? ''} ${event.rule.text}`;
    case 'route': return `route ${event.space} ${event.way.prefix.text} ${event.way.via?.text ?? ''} ${event.way.port.name}`;
    case 'cross': return `made ${event.space} ${event.bridge}`;
    case 'enter':
    case 'leave':
    case 'wrap':
    case 'unwrap':
    case 'arrive': return `made ${event.space} ${event.interface ?? ''}`;
    case 'local':
    case 'policy':
    case 'translate':
    case 'stop': return 'none';
  }
}
