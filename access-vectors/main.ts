import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runAtEvaluator } from './evaluator-level.ts';
import { closingLine, explain, type Level, type Result, resultsJson, table } from './report.ts';
import { runAtServer } from './server-level.ts';
import { readVectors, type Vector, type Verdict } from './vector.ts';

const USAGE =
  'Usage: npm run access-vectors -- FILE [--level evaluator|server] [--vector ID] [--json FILE] [--verbose]';

const LEVELS: Readonly<Record<Level, (vector: Vector) => Verdict | Promise<Verdict>>> = {
  evaluator: runAtEvaluator,
  server: runAtServer,
};

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      level: { type: 'string', default: 'evaluator' },
      vector: { type: 'string' },
      json: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new Error(`Expected one file, got ${positionals.length}`);
  const { level } = values;
  if (level !== 'evaluator' && level !== 'server') throw new Error(`Expected level evaluator or server, got ${level}`);
  return { ...values, file, level: level as Level };
}

/** A world that cannot be built fails its vector and no other. */
async function verdictOf(vector: Vector, level: Level): Promise<Verdict> {
  try {
    return await LEVELS[level](vector);
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

async function main(): Promise<number> {
  let given: ReturnType<typeof readArguments>;
  try {
    given = readArguments();
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : thrown}\n${USAGE}`);
    return 2;
  }
  const { file, level, vector: only, json, verbose } = given;
  const results: Result[] = [];
  for (const vector of readVectors(file)) {
    if (only !== undefined && vector.id !== only) continue;
    const result = { vector, level, verdict: await verdictOf(vector, level) };
    results.push(result);
    if (verbose || result.verdict.kind === 'failed') console.log(explain(result));
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(resultsJson(results), null, 1)}\n`);
  console.log(table(results));
  console.log(closingLine(results));
  return results.length > 0 && results.every(({ verdict }) => verdict.kind !== 'failed') ? 0 : 1;
}

process.exitCode = await main();
