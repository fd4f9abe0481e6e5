/** The page of a report in a real browser: by mouse, by keyboard, for a screen reader, in both themes, with hostile content. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { main } from '../../generator/cli/main.js';
import { parts } from '../../generator/generated/page.js';
import type { ReportData } from '../../generator/report/page/data.js';
import { pageHtml } from '../../generator/report/page/html.js';
import { launch, look, type Looked } from '../support/browser.js';
import { contextOf, labgen, root } from '../support/context.js';
import { reportFrom } from '../support/report.js';

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

  it('the picture follows the way: what it touches is lit, hops are numbered, a click picks an end', () => at('gre.html', '#stage=open&from=c1&to=c2&by=ping', async ({ page, faults }) => {
    const lit = (attribute: string): Promise<readonly string[]> => page.evaluate<readonly string[]>(`[...document.querySelectorAll('.picture [${attribute}].lit')].map((each) => each.getAttribute('${attribute}'))`);
    for (const link of ['c1/eth0 net-1/veth-c1', 'net-1/foo net-2/bar', 'net-1/eth1 net-2/eth1 outside/eth1']) assert.ok((await lit('data-link')).includes(link), link);
    assert.ok(!(await lit('data-interface')).includes('outside/eth1'));
    assert.ok(!(await lit('data-end')).includes('outside/eth1'), 'a network is lit as far as the packet went');
    assert.deepEqual(await page.locator('.picture .number text').allTextContents(), ['1', '2', '3', '4']);
    const box = (): Promise<string | null> => page.locator('.picture svg').getAttribute('viewBox');
    const whole = await box();
    await page.locator('.picture').focus();
    await page.keyboard.press('+');
    const larger = await box();
    assert.notEqual(larger, whole);
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await box(), larger);
    await page.keyboard.press('0');
    assert.equal(await box(), whole);
    await page.keyboard.press('Escape');
    await page.locator('.picture [data-space="c2"] > rect').click({ position: { x: 4, y: 4 } });
    assert.equal(await page.locator('#way-title').textContent(), 'What c2 reaches');
    await page.locator('.picture [data-space="outside"] > rect').click({ position: { x: 4, y: 4 } });
    assert.equal(await page.locator('#way-title').textContent(), 'c2 → outside');
    assert.deepEqual(faults, []);
  }));

  it('what was measured otherwise is said first, in words, and leads to its way; checks can be filtered', async () => {
    const text = readFileSync(join(root, 'labs/gre.yaml'), 'utf8');
    const when = '2026-01-02T03:04:05.000Z';
    const data = reportFrom('gre', text, (lab) => ({
      checks: { when, verdicts: lab.checks.map(({ id }, index) => ({ id, state: index === 1 ? 'failed' : 'passed', node: 'net-1', command: 'ping -c 1 c2', seen: index === 1 ? 'nothing came' : 'fine', seconds: 0.1 })) },
      matrix: { when, seen: [], filters: [], pairs: [{ from: 'c1', to: 'c2', by: 'ping', family: 4, measured: { verdict: 'stopped' }, why: 'predicted reached, measured stopped' }, { from: 'c2', to: 'c1', by: 'ping', family: 4, measured: { verdict: 'reached', seenAs: '172.17.128.2', maxBytes: 1476 } }] },
    }));
    writeFileSync(join(folder, 'differs.html'), pageHtml(data, parts));
    await at('differs.html', '', async ({ page, faults }) => {
      assert.match(await page.getByRole('list', { name: 'Verdict' }).textContent() ?? '', /✗ 1 check failed.*≠ 1 of 2 questions answered otherwise than predicted/);
      assert.match(await page.getByRole('alert').textContent() ?? '', /c1 → c2, ping: predicted arrives, up to 1476 bytes, seen as 172\.17\.0\.2; measured no answer came back/);
      await page.getByRole('alert').getByRole('button').click();
      assert.equal(await page.getByRole('gridcell', { name: /^c1 to c2: .*measured otherwise/, selected: true }).count(), 1);
      assert.match(await page.getByRole('region', { name: 'c1 → c2' }).textContent() ?? '', /Measured≠ no answer came back/);
      const shown = (): Promise<readonly string[]> => page.locator('.check .id').allTextContents();
      const all = (await shown()).length;
      await page.getByRole('button', { name: 'failed 1' }).click();
      assert.deepEqual(await shown(), [data.stages[1]?.checks[1]?.id]);
      assert.match(await page.locator('.check').textContent() ?? '', /nothing came.*ping -c 1 c2/);
      await page.getByRole('button', { name: `all ${all}` }).click();
      assert.equal((await shown()).length, all);
      assert.deepEqual(faults, []);
    });
  });

  it('on paper: no controls, everything unfolded, light', () => at('forwarding.html', '#stage=by-hand&from=outside&to=host&by=tcp+8080', async ({ page }) => {
    await page.emulateMedia({ media: 'print' });
    await page.evaluate('window.dispatchEvent(new Event("beforeprint"))');
    assert.equal(await page.locator('details:not([open])').count(), 0);
    for (const control of ['.controls', '.tabs', '.tools', '.files']) assert.equal(await page.locator(control).isVisible(), false, control);
    for (const kept of ['.picture svg', '[role=grid]', '.card.way', '.checks']) assert.equal(await page.locator(kept).isVisible(), true, kept);
    assert.equal(await page.evaluate<string>('getComputedStyle(document.documentElement).colorScheme'), 'light');
    await page.evaluate('window.dispatchEvent(new Event("afterprint"))');
    assert.ok(await page.locator('details:not([open])').count() > 0);
  }, { colorScheme: 'dark' }));

  it('whatever a lab, a node or a picture says is shown as text, and nothing of it runs', async () => {
    const evil = '</script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028\u202e"\'';
    const plain = reportFrom('gre', readFileSync(join(root, 'labs/gre.yaml'), 'utf8'));
    const poisoned = JSON.parse(JSON.stringify(plain), (key, value: unknown) => (typeof value === 'string' && !['state', 'kind', 'when', 'name', 'space', 'by', 'node'].includes(key) ? `${value}${evil}` : value)) as ReportData;
    const picture = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" viewBox="0 0 9 9" onload="alert(3)"><style>*{background:url(https://a.example/)}</style><script>alert(4)</script><foreignObject><img src="x" onerror="alert(5)"/></foreignObject><a x:href="javascript:alert(6)"><text onclick="alert(7)">${evil.replaceAll('<', '&lt;')}</text></a><image href="https://a.example/b.png"/><g data-space="c1" style="fill:red"><rect width="9" height="9" fill="url(https://a.example/)"/></g></svg>`;
    const data: ReportData = { ...poisoned, texts: [...poisoned.texts, picture], stages: poisoned.stages.map((stage) => ({ ...stage, picture: poisoned.texts.length })) };
    writeFileSync(join(folder, 'hostile.html'), pageHtml(data, parts));
    await at('hostile.html', '', async ({ page, faults }) => {
      await page.locator('[role=grid] td:not(.self)').first().click();
      await page.locator('.picture rect').click();
      assert.match(await page.getByRole('heading', { level: 1 }).textContent() ?? '', /<img src=x onerror=alert\(2\)>/);
      assert.equal(await page.locator('img, image, foreignObject, a, iframe, script:not([type]):not(:last-of-type)').count(), 0);
      assert.equal(await page.evaluate<number>('[...document.querySelectorAll("#page *")].filter((each) => [...each.attributes].some(({ name }) => /^on|href|^style$/.test(name)) && each.localName !== "svg").length'), 0);
      // What a browser would have run of the picture while it was read, the page's policy keeps it from; that is all it says.
      assert.deepEqual(faults.filter((fault) => !/^console error: (Executing inline event handler|Applying inline style) violates /.test(fault)), []);
    });
  });

  it('live: says what labgen is doing, takes in verdicts and new data as they come, and keeps what is looked at', async () => {
    const lab = join(folder, 'live');
    assert.equal((await labgen(folder, 'render', 'gre', '-o', 'live', '--stage', 'closed')).code, 0);
    const controller = new AbortController();
    let out = '';
    const ended = main(contextOf({ interrupt: controller.signal, out: (text) => void (out += text) }, lab, 'serve'));
    while (!/^http:\S+$/m.test(out)) await sleep(20);
    const url = /^http:\S+$/m.exec(out)?.[0] ?? '';
    const { page, faults } = await look(browser, url);
    const write = (event: object): void => appendFileSync(join(lab, '.labgen/journal.jsonl'), `${JSON.stringify(event)}\n`);
    try {
      await page.getByRole('gridcell', { name: /^c1 to c2: ping stops/ }).click();
      write({ kind: 'begin', verb: 'up', lab: 'gre', stage: 'open' });
      write({ kind: 'phase', name: 'verify' });
      write({ kind: 'detail', text: '<b>3 of 9</b>' });
      await page.getByText('up gre (open): verify').waitFor();
      await page.locator('.live .detail', { hasText: '<b>3 of 9</b>' }).waitFor();
      write({ kind: 'check', id: 'ping net-1 → 172.17.128.1', state: 'failed' });
      await page.locator('.check.failed', { hasText: 'ping net-1 → 172.17.128.1' }).waitFor();
      // The folder goes on to the other stage: so does the page, with the pair that was chosen.
      assert.equal((await labgen(folder, 'render', 'gre', '-o', 'live', '--stage', 'open')).code, 0);
      await page.getByRole('tab', { name: 'open', selected: true }).waitFor();
      assert.equal(await page.locator('#way-title').textContent(), 'c1 → c2');
      write({ kind: 'end', code: 1 });
      await page.getByText('up gre (open): ended with exit code 1').waitFor();
      assert.deepEqual(await axe(page), []);
      assert.deepEqual(faults.filter((fault) => ![`request ${url}events`, `request ${url}data.json`].includes(fault)), []);
    } finally {
      await page.context().close();
      controller.abort();
    }
    assert.equal(await ended, 0);
  });
});
