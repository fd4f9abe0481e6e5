/** A file that grows while somebody may read it already, such as a capture. */
import { closeSync, openSync, writeSync } from 'node:fs';

export interface Appender {
  add(bytes: Uint8Array): void;
  close(): void;
}

/** @throws EEXIST where something is there. */
export function appender(path: string, mode = 0o644): Appender {
  const file = openSync(path, 'wx', mode);
  return {
    add(bytes) {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    },
    close: () => closeSync(file),
  };
}
