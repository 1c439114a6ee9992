// Refuses a dependency whose licence is not on the list. Reads package-lock.json, so it needs no network.
import { readFileSync } from 'node:fs';

const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
]);

/** Whether a choice of the SPDX expression is allowed: `A OR B` by either, `A AND B` by both. */
function permitted(expression) {
  return expression
    .replaceAll(/[()]/g, '')
    .split(/ OR /)
    .some((choice) => choice.split(/ AND /).every((licence) => allowed.has(licence.trim())));
}

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const refused = Object.entries(packages)
  .filter(([, entry]) => !entry.link)
  .filter(([, entry]) => !permitted(entry.license ?? 'none'))
  .map(([path, entry]) => `${path || '(root)'}: ${entry.license ?? 'no licence given'}`);
console.log(`licences: ${Object.keys(packages).length} packages, ${refused.length} refused`);
for (const line of refused) console.log(`  ${line}`);
process.exitCode = refused.length > 0 ? 1 : 0;
