/** `npm run golden`: compares whole rendered trees and error texts with those kept; `-- --update` keeps the new ones. */
import { errorsPage, keptErrorsPage, updateErrorsPage } from '../spec/support/errors-page.js';
import { keptPicture, picture, updatePicture } from '../spec/support/picture.js';
import { errorCases, errorText, GOLDEN_LABS, keptErrorText, renderedTree, treeDifferences, updateErrorText, updateTree } from '../spec/support/golden.js';

const update = process.argv.includes('--update');
let different = 0;

for (const { folder, lab, stage } of GOLDEN_LABS) {
  const tree = renderedTree(lab, stage);
  const differences = treeDifferences(folder, tree);
  for (const each of differences) console.log(`spec/golden/${folder}/${each}`);
  if (update && differences.length > 0) updateTree(folder, tree);
  different += differences.length;
}
for (const name of errorCases()) {
  if (errorText(name) === keptErrorText(name)) continue;
  console.log(`spec/errors/${name}.txt`);
  if (update) updateErrorText(name);
  different++;
}
if (errorsPage() !== keptErrorsPage()) {
  console.log('docs/errors.md');
  if (update) updateErrorsPage();
  different++;
}
if (picture() !== keptPicture()) {
  console.log('docs/gre.svg');
  if (update) updatePicture();
  different++;
}
console.log(different === 0 ? 'no difference' : `${different} ${different === 1 ? 'file' : 'files'} ${update ? 'updated: read the difference before you commit it' : 'differ; "npm run golden -- --update" keeps what is rendered now'}`);
process.exitCode = different > 0 && !update ? 1 : 0;
