// `npm run bench -- NAME [options]`: a human table on stderr, one JSON object on stdout.
import { availableParallelism, cpus, totalmem } from 'node:os';
import { evaluate } from './evaluate.mjs';
import { list } from './list.mjs';
import { listExecutions } from './list-executions.mjs';
import { mapRunCounts } from './map-run-counts.mjs';
import { objectList } from './object-list.mjs';
import { read } from './read.mjs';
import { s3 } from './s3.mjs';
import { states } from './states.mjs';

const benches = {
  evaluate,
  'list-executions': listExecutions,
  'map-run-counts': mapRunCounts,
  list,
  'object-list': objectList,
  read,
  s3,
  states,
};
const [name = '', ...options] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined) {
  console.error(`Expected one of: ${Object.keys(benches).join(', ')}; got \`${name}\``);
  process.exit(2);
}
const started = performance.now();
const figures = await bench(options);
const result = {
  bench: name,
  machine: `${availableParallelism()} cores, ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  node: process.version,
  date: new Date().toISOString(),
  wallSeconds: Math.round(performance.now() - started) / 1000,
  ...figures,
};
for (const [key, value] of Object.entries(result))
  console.error(`${key.padEnd(32)}${typeof value === 'object' ? JSON.stringify(value) : value}`);
console.log(JSON.stringify(result));
