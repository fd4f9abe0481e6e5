/** What a declared variable may be: the word for it in a lab, in messages, and which values it takes. */
import { parseAddress, parseCidr } from './ipv4.js';
import { isTree } from './merge.js';

interface VariableType {
  /** `5 is not …` */
  readonly words: string;
  readonly example: string;
  fits(value: unknown): boolean;
}

const isWhole = (value: unknown): value is number => Number.isInteger(value);
const isText = (value: unknown): value is string => typeof value === 'string';

export const VARIABLE_TYPES: Readonly<Record<string, VariableType>> = {
  string: { words: 'a text', example: 'hello', fits: isText },
  integer: { words: 'a whole number', example: '1400', fits: isWhole },
  number: { words: 'a number', example: '0.5', fits: (value) => typeof value === 'number' && Number.isFinite(value) },
  boolean: { words: 'true or false', example: 'true', fits: (value) => typeof value === 'boolean' },
  list: { words: 'a list', example: '[a, b]', fits: (value) => Array.isArray(value) },
  map: { words: 'a map of keys', example: '{key: value}', fits: isTree },
  address: { words: 'an IPv4 address', example: '192.168.56.11', fits: (value) => isText(value) && parseAddress(value) !== undefined },
  cidr: { words: 'an IPv4 address and a prefix length', example: '172.17.0.1/24', fits: (value) => isText(value) && value.includes('/') && parseCidr(value) !== undefined },
  port: { words: 'a port', example: '8080', fits: (value) => isWhole(value) && value >= 1 && value <= 65535 },
  duration: { words: 'a duration', example: '30s', fits: (value) => (isText(value) && /^[0-9]{1,4}(s|m)$/.test(value)) || (isWhole(value) && value >= 0 && value <= 3600) },
};
