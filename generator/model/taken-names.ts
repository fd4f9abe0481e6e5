/** Names that something else has already, wherever a lab is rendered to or played from. */

/** Folders of nodes and images are named after them; Windows keeps these for devices, in any folder and with any ending. */
const DEVICES = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

const OTHERS: Readonly<Record<string, string>> = {
  all: 'Ansible\'s group of all hosts',
  ungrouped: 'Ansible\'s group of hosts without a group',
  localhost: 'the machine that Ansible runs on, and what every node calls itself',
};

/** Whose a node's name is; undefined where it is free. */
export function takenNode(name: string): string | undefined {
  return Object.hasOwn(OTHERS, name) ? OTHERS[name] : takenFolder(name);
}

/** Whose the name of a folder is; undefined where it is free. */
export function takenFolder(name: string): string | undefined {
  return DEVICES.test(name) ? 'a device of Windows, where the rendered folder could not be unpacked' : undefined;
}
