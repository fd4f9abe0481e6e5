/** Lists by key: looked up once each, where asking a whole list for each key would grow with the square of the lab. */
export function addTo<Key, T>(lists: Map<Key, T[]>, key: Key, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
