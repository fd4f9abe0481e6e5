/** Secrets of a lab do not leave it in a report: wherever one stands, in whatever quotes, there are dots instead. */
const DOTS = '•••';

/** What stands under these keys is labgen's own, and never a lab's: a password `passed` changes no check's state. */
const OUR_WORDS = new Set(['state', 'kind']);

/** A copy of plain data in which no text holds any of the secrets, as it is or quoted for a shell, YAML, JSON or XML. */
export function withoutSecrets<Data>(data: Data, secrets: readonly string[]): Data {
  const forms = [...new Set(secrets.filter((secret) => secret !== '').flatMap(formsOf))].sort((a, b) => b.length - a.length);
  return forms.length === 0 ? data : (cleaned(data, forms) as Data);
}

function cleaned(value: unknown, forms: readonly string[]): unknown {
  if (typeof value === 'string') return forms.reduce((text, form) => text.replaceAll(form, DOTS), value);
  if (Array.isArray(value)) return value.map((each) => cleaned(each, forms));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, OUR_WORDS.has(key) ? each : cleaned(each, forms)]));
}

function formsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  return [secret, secret.replaceAll("'", `'\\''`), json, json.replaceAll('#', '\\#'), secret.replaceAll('%', '%%').replaceAll('$', '$$$$'), secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')];
}
