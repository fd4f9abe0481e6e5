/** Lines of a stream as they come, in whatever pieces that is: a sign of several bytes may be cut, and a line may be long. */
import { StringDecoder } from 'node:string_decoder';

export interface LineReader {
  take(chunk: Uint8Array): void;
  /** The last line may have no end. */
  end(): void;
}

export function lineReader(onLine: (line: string) => void): LineReader {
  const decoder = new StringDecoder('utf8');
  /** Of the line that has no end yet; put together once. */
  let pieces: string[] = [];
  const whole = (): string => pieces.join('');
  const take = (text: string): void => {
    const [first = '', ...more] = text.split('\n');
    pieces.push(first);
    for (const next of more) {
      const line = whole();
      onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
      pieces = [next];
    }
  };
  return {
    take: (chunk) => take(decoder.write(Buffer.from(chunk))),
    end: () => {
      take(decoder.end());
      if (whole() !== '') onLine(whole());
      pieces = [];
    },
  };
}
