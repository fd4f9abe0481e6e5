/** What the system says where nothing can be written, in a sentence. */
import { Failure } from '../model/failure.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'your share of the disk is used up',
  EFBIG: 'the file would be larger than the system allows',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'the system does not permit it',
  EIO: 'the disk has an error',
  ENOTDIR: 'a file lies where a folder would have to be',
  EISDIR: 'a folder lies in its place',
  EEXIST: 'something else lies in its place, such as a link that leads nowhere',
  ELOOP: 'links on the way lead round in a ring',
  ENAMETOOLONG: 'the name is too long',
};

/** In words what the system has against it; undefined for a code that is no answer to a user's path. */
export function reasonOf(error: unknown): string | undefined {
  return REASONS[(error as NodeJS.ErrnoException).code ?? ''];
}

/** `what` cannot be written: a failure (exit 3) where the error is the system's refusal, else the error itself. */
export function refusal(error: unknown, what: string, hint: string): unknown {
  const reason = reasonOf(error);
  return reason === undefined ? error : new Failure(3, `${what} cannot be written: ${reason}`, hint);
}
