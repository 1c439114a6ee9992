import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readCases, type Selection, selected, type Tier } from './case.ts';
import { definitionCases, holdsDefinitions } from './definitions.ts';
import { openElsewhere } from './elsewhere.ts';
import { openEmbedded } from './embedded.ts';
import { closingLine, explain, type Result, resultsJson, table } from './report.ts';
import { runCase } from './run.ts';

const USAGE =
  'Usage: npm run conformance -- DIR [--tier 1|2|3] [--area A] [--case ID] [--json FILE] [--endpoint URL] [--verbose]';

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      tier: { type: 'string' },
      area: { type: 'string' },
      case: { type: 'string' },
      json: { type: 'string' },
      endpoint: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0) throw new Error(`Expected one folder, got ${positionals.length}`);
  if (values.tier !== undefined && !/^[123]$/.test(values.tier))
    throw new Error(`Expected tier 1 to 3, got ${values.tier}`);
  const selection: Selection = {
    ...(values.tier !== undefined && { tier: Number(values.tier) as Tier }),
    ...(values.area !== undefined && { area: values.area }),
    ...(values.case !== undefined && { id: values.case }),
  };
  return { folder, selection, ...values };
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
  const { folder, selection, json, endpoint, verbose } = given;
  const cases = holdsDefinitions(folder) ? selected(definitionCases(folder), selection) : readCases(folder, selection);
  const onLog = (line: string) => (verbose ? console.log(`     ${line}`) : undefined);
  const open =
    endpoint === undefined
      ? (setup = {}) => openEmbedded(setup, onLog)
      : openElsewhere(endpoint, process.env, (line) => console.error(line));
  const results: Result[] = [];
  for (const each of cases) {
    const result = { each, verdict: await runCase(each, open) };
    results.push(result);
    if (verbose && result.verdict.kind === 'failed') console.log(explain(result));
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(resultsJson(results), null, 1)}\n`);
  console.log(table(results));
  console.log(closingLine(results));
  return results.length > 0 && results.every(({ verdict }) => verdict.kind === 'passed') ? 0 : 1;
}

process.exitCode = await main();
