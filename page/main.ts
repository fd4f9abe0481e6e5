/** The program of a report's page. It asks nobody for anything, but for the server of a live one. */
import { PAGE_VERSION, type ReportData } from '../generator/report/page/data.js';
import { h, setContent } from './dom.js';
import { live } from './live.js';
import { page } from './page.js';
import { restoreTheme } from './theme.js';

restoreTheme();
const root = document.getElementById('page');
const data = JSON.parse(document.getElementById('data')?.textContent ?? '{}') as ReportData;
if (root && Number(data.version) !== PAGE_VERSION) setContent(root, h('p', {}, 'The data of this page is of another version of labgen.'));
else if (root) {
  const now = document.body.hasAttribute('data-live') ? live() : undefined;
  const shown = page(root, data, now ? [now.element] : []);
  now?.listen(shown);
}
