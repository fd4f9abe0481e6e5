/** The page of a report in a real browser: by mouse, by keyboard, for a screen reader, in both themes, with hostile content. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launch, look, type Looked } from '../support/browser.js';
import { labgen } from '../support/context.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

describe('the page of a report', function () {
  this.timeout(120_000);
  let folder: string;
  let browser: Browser;
  const urlOf = (name: string): string => pathToFileURL(join(folder, name)).href;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'labgen-page-'));
    for (const lab of ['gre', 'forwarding', 'ipv6']) assert.equal((await labgen(folder, 'report', lab, '--file', `${lab}.html`)).code, 0);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function at<Result>(name: string, hash: string, work: (looked: Looked) => Promise<Result>, options: Parameters<typeof look>[2] = {}): Promise<Result> {
    const looked = await look(browser, `${urlOf(name)}${hash}`, options);
    try {
      return await work(looked);
    } finally {
      await looked.page.context().close();
    }
  }

  /** The page's policy lets no script in; what comes from outside it is not bound by that. */
  async function axe(page: Page): Promise<readonly string[]> {
    await page.evaluate(AXE);
    const violations = await page.evaluate<readonly Violation[]>('axe.run(document).then((found) => found.violations)');
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
  }

  it('asks nobody for anything, and complains of nothing', () => at('gre.html', '', async ({ page, faults }) => {
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'A GRE tunnel between two Docker hosts');
    assert.equal(await page.getByRole('list', { name: 'Verdict' }).textContent(), '○ Predicted only: the lab is not running');
    assert.deepEqual(faults, []);
  }));

  it('by mouse: a pair of the grid has its way, its address, and lines of the rendered files', () => at('gre.html', '', async ({ page, faults }) => {
    await page.getByRole('gridcell', { name: /^c1 to c2: ping arrives, up to 1476 bytes, seen as 172\.17\.0\.2; tcp 80 arrives/ }).click();
    assert.equal(new URL(page.url()).hash, '#stage=open&from=c1&to=c2&by=ping');
    const way = page.getByRole('region', { name: 'c1 → c2' });
    const hops = way.locator('.column', { hasText: 'There' }).locator('.hops > li > strong');
    assert.deepEqual(await hops.allTextContents(), ['c1', 'net-1', 'net-2', 'c2']);
    await way.getByRole('button', { name: /^nodes\/net-2\/labgen-firewall\.sh:\d+$/ }).first().click();
    const line = page.locator('.code li.now');
    assert.match(await line.textContent() ?? '', /^ {2}rule filter LABGEN-FORWARD -s 172\.17\.0\.0\/17 -d 172\.17\.128\.0\/17 -i bar -o docker0 -j ACCEPT3$/);
    assert.ok((await line.getAttribute('class'))?.includes('hit'));
    // In the other stage the same pair is stopped, and it is said by what, and what would open it.
    await page.getByRole('tab', { name: 'closed' }).click();
    assert.match(await way.textContent() ?? '', /stops at net-2: .*FORWARD.*This would open it.*on net-2: iptables -I DOCKER-USER/s);
    assert.deepEqual(faults, []);
  }));

  it('by keyboard alone: stages, grid, way, zoom, help', () => at('gre.html', '', async ({ page, faults }) => {
    const focused = (): Promise<string> => page.evaluate<string>('document.activeElement.textContent');
    await page.getByRole('tab', { selected: true }).focus();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await page.getByRole('tab', { selected: true }).getAttribute('id'), 'tab-0');
    await page.keyboard.press('End');
    assert.match(page.url(), /html$/, 'the current stage needs no address');
    await page.locator('[role=grid] [tabindex="0"]').focus();
    assert.equal(await page.locator('[role=grid] [tabindex="0"]').count(), 1, 'the grid is one stop of the Tab key');
    await page.keyboard.press('Control+End');
    assert.match(await focused(), /^c2 itself/);
    await page.keyboard.press('ArrowLeft');
    assert.match(await focused(), /^c2 to c1: /);
    await page.keyboard.press('Enter');
    assert.equal(await page.getByRole('gridcell', { selected: true }).count(), 1);
    assert.equal(await page.getByRole('heading', { level: 3, name: 'c2 → c1' }).count(), 1);
    assert.match(await focused(), /^c2 to c1: /, 'focus stays where it was');
    await page.keyboard.press('b');
    assert.match(page.url(), /way=back/);
    await page.keyboard.press('?');
    assert.equal(await page.getByRole('dialog', { name: 'Keys' }).isVisible(), true);
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('dialog').count(), 0);
    assert.match(page.url(), /from=c2/, 'the first Esc closes the dialog alone');
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('gridcell', { selected: true }).count(), 0);
    assert.deepEqual(faults, []);
  }));

  it('an address leads to the view it was taken from; one that leads nowhere to the usual one', async () => {
    await at('ipv6.html', '', async ({ page }) => {
      await page.getByRole('button', { name: 'IPv6' }).click();
      await page.locator('[role=grid] td:not(.self)').first().click();
      const [address, title] = [new URL(page.url()).hash, await page.locator('#way-title').textContent()];
      assert.match(address, /family=6/);
      await at('ipv6.html', address, async (other) => {
        assert.equal(await other.page.locator('#way-title').textContent(), title);
        assert.equal(await other.page.getByRole('button', { name: 'IPv6', pressed: true }).count(), 1);
      });
    });
    await at('gre.html', '#stage=none&from=nobody&to=c1&family=6&by=%3Cimg%3E', async ({ page, faults }) => {
      assert.equal(await page.getByRole('tab', { selected: true }).getAttribute('id'), 'tab-1');
      assert.equal(await page.getByRole('gridcell', { selected: true }).count(), 0);
      assert.deepEqual(faults, []);
    });
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 390]) {
      it(`has nothing that axe finds fault with, ${colorScheme}, ${width} pixels wide`, () => at('forwarding.html', '#stage=hands-off&from=web&to=outside&by=ping', async ({ page }) => {
        assert.deepEqual(await axe(page), []);
        const wider = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        assert.ok(wider <= 0, `the page is ${wider} pixels wider than the window`);
      }, { colorScheme, viewport: { width, height: 900 } }));
    }
  }

  it('the switch goes over what the system has', () => at('gre.html', '', async ({ page }) => {
    const paper = (): Promise<string> => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const [dark, theme] = [await paper(), page.getByRole('button', { name: /^Colours: / })];
    await theme.click();
    assert.notEqual(await paper(), dark);
    await theme.click();
    assert.equal(await paper(), dark);
  }, { colorScheme: 'dark' }));
});
