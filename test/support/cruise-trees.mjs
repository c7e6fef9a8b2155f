// For `import-rules.spec.ts`: checks the import rules in several small trees with one start of dependency-cruiser.
// node cruise-trees.mjs <folder> …   prints a JSON list: for each folder the names of the rules it breaks
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const PARTS = ['apps', 'libs', 'k6', 'test', 'tools'];
const broken = [];
for (const folder of process.argv.slice(2)) {
  process.chdir(folder); // the rules are about paths from the root
  const options = await extractDepcruiseOptions(`${folder}/.dependency-cruiser.cjs`);
  const tsConfig = extractTSConfig(`${folder}/tsconfig.json`);
  const { output } = await cruise(PARTS, options, undefined, { tsConfig });
  const { summary } = /** @type {import('dependency-cruiser').ICruiseResult} */ (output);
  broken.push([...new Set(summary.violations.map(({ rule }) => rule.name))]);
}
console.log(JSON.stringify(broken));
