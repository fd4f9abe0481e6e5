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
};

/** `what` cannot be written: a failure (exit 3) where the error is the system's refusal, else the error itself. */
export function refusal(error: unknown, what: string, hint: string): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
  return reason === undefined ? error : new Failure(3, `${what} cannot be written: ${reason}`, hint);
}
