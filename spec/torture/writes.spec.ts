/** A short run of what `npm run torture` does at length. */
import assert from 'node:assert/strict';
import { title, torture } from './writes.js';

describe(title, function () {
  this.timeout(240_000);

  it('each file is the old one or the new one, what the user had is there, and the next render makes it whole', async () => {
    const figures = await torture(1, () => undefined);
    assert.ok((figures['kills'] ?? 0) > 20 && (figures['temporary files cleared up'] ?? 0) > 0 && (figures['refusals'] ?? 0) > 5 && (figures['renders at once'] ?? 0) > 5, JSON.stringify(figures));
  });
});
