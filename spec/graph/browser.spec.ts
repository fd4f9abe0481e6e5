/** Pictures in a real browser: letters are no wider than was reckoned, whatever the theme, and what is drawn can be read against its ground. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { svgOf } from '../../generator/graph/svg.js';
import { topologyOf } from '../../generator/graph/topology.js';
import { features } from '../../generator/plan/pipeline.js';
import { worldOf } from '../../generator/plan/world.js';
import { launch, look } from '../support/browser.js';
import { inFolder } from '../support/context.js';
import { labOf, labText } from '../support/labs.js';
import { readSvg } from '../support/svg.js';

interface Seen {
  readonly text: string;
  readonly width: number;
  readonly colour: string;
  readonly ground: string;
}

/** Each text as it is shown: run in the page. */
const SEEN = `[...document.querySelectorAll('text')].map((text) => {
  const box = text.getBoundingClientRect();
  const grounds = [...document.querySelectorAll('rect')].filter((rect) => { const own = rect.getBoundingClientRect(); return own.left <= box.left && own.right >= box.right && own.top <= box.top + 2 && own.bottom >= box.bottom - 2 && getComputedStyle(rect).fill !== 'none'; });
  return { text: text.textContent, width: text.getComputedTextLength(), colour: getComputedStyle(text).fill, ground: getComputedStyle(grounds.at(-1) ?? document.documentElement).fill };
})`;

/** WCAG 2's ratio of two colours such as \`rgb(1, 2, 3)\`. */
function contrast(...colours: readonly string[]): number {
  const [one = 0, other = 0] = colours.map((colour) => {
    const [r = 0, g = 0, b = 0] = (colour.match(/\d+/g) ?? []).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

describe('pictures in a browser', function () {
  this.timeout(240_000);
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`texts fit, and stand out from their ground, in ${colorScheme}`, () => inFolder(async (folder) => {
      for (const name of ['gre', 'swarm', 'everything']) {
        const lab = labOf(labText(name));
        const svg = svgOf(topologyOf(lab, worldOf(lab, features)));
        writeFileSync(join(folder, 'lab.svg'), svg);
        const { page, faults } = await look(browser, pathToFileURL(join(folder, 'lab.svg')).href, { colorScheme });
        const seen = await page.evaluate<readonly Seen[]>(SEEN);
        const reckoned = readSvg(svg).texts;
        assert.deepEqual(seen.map((each) => each.text), reckoned.map((each) => each.text));
        for (const [index, { text, width, colour, ground }] of seen.entries()) {
          const most = reckoned[index]?.width ?? 0;
          assert.ok(width <= most && width > most * 0.7, `${name}: "${text}" is ${width} wide, and was reckoned as ${most}`);
          assert.ok(contrast(colour, ground) >= 4.5, `${name}: "${text}" is ${colour} on ${ground}`);
        }
        assert.deepEqual(faults, []);
        await page.context().close();
      }
    }));
  }
});
