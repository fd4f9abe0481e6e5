/** On which TCP ports a container of the toolbox listens, as far as its command tells. */
import type { Tree } from '../../model/merge.js';

/** Undefined where the command may do anything. */
export function listensOn(container: Tree): readonly number[] | undefined {
  if (String(container['image'] ?? 'toolbox') !== 'toolbox') return undefined;
  const { command } = container;
  // The toolbox by itself sleeps.
  if (command === undefined || command === null) return [];
  const words = Array.isArray(command) ? command.map(String) : /^[\w ./-]+$/.test(String(command)) ? String(command).split(/ +/) : [];
  if (words[0] === 'sleep') return [];
  return words[0] === 'httpd' ? portOfHttpd(words.slice(1)) : undefined;
}

/** busybox: httpd -f [-v] [-p PORT] [-h FOLDER]; others of its flags are left to whoever uses them. */
function portOfHttpd(words: readonly string[]): readonly number[] | undefined {
  let port = 80;
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === '-p') port = Number(words[++index]);
    else if (word === '-h') index++;
    else if (!/^-f?v*f?$/.test(word ?? '')) return undefined;
  }
  return words.some((word) => /^-v*f/.test(word)) && Number.isInteger(port) ? [port] : undefined;
}
