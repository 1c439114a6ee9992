// A process that runs one Map Run on a data folder, or goes on with the one that an earlier process left there. Writes
// `ran INDEX` for each item its function is given, and last the state of everything as one line of JSON.
import { openCloud } from '../src/cloud.ts';
import { returned } from '../src/functions/invoke-result.ts';
import { Parameters } from '../src/server/step-functions/parameters.ts';
import { startRequest, wantedExecution } from '../src/server/step-functions/start-request.ts';
import { prepared, STATE_MACHINE_ARN } from './killed-map-run-cloud.ts';

const [data = '', items = '', childType = ''] = process.argv.slice(2);
const say = (line: string) => void process.stdout.write(`${line}\n`);
const cloud = await openCloud(
  { data, environments: 1, onLog: (line) => say(`log ${line}`) },
  {
    async invoke(_functionArn, payload) {
      const { n } = JSON.parse(payload) as { n: number };
      say(`ran ${n}`);
      return returned(JSON.stringify({ done: n }));
    },
  },
);
await prepared(cloud, Number(items), childType);
await cloud.listen(0);
await cloud.recover();
const { store, executions, mapRuns } = cloud.stepFunctions;
const executionArn = `${STATE_MACHINE_ARN.replace(':stateMachine:', ':execution:')}:killed`;
if ((await store.execution(executionArn)) === undefined) {
  const wanted = await wantedExecution(
    new Parameters({ stateMachineArn: STATE_MACHINE_ARN, name: 'killed' }),
    cloud.stepFunctions,
  );
  await executions.start(startRequest(wanted, cloud.stepFunctions)).started;
}
await executions.ended(executionArn);
const record = await store.execution(executionArn);
const [mapRun] = await store.mapRuns(executionArn);
const results = await readResults();
say(JSON.stringify({ record, mapRun: await mapRuns.describe(mapRun!.mapRunArn), results }));
await cloud.close();

/** The inputs in the result files. */
async function readResults(): Promise<unknown[]> {
  const caller = {
    principal: { kind: 'root', accountId: '111111111111', arn: 'arn:aws:iam::111111111111:root' },
  } as const;
  const inputs: unknown[] = [];
  const listed = cloud.s3.listObjects({ ...caller, identityPolicies: [] }, { bucket: 'results', region: 'us-east-1' });
  for (const { key } of listed.contents) {
    if (!/SUCCEEDED_\d+\.json$/.test(String(key))) continue;
    const at = { bucket: 'results', key: String(key), region: 'us-east-1' };
    const body = await cloud.s3.getObject({ ...caller, identityPolicies: [] }, at);
    const chunks: Uint8Array[] = body.kind === 'bytes' ? [body.bytes] : [];
    if (body.kind === 'stream') for await (const bytes of body.stream) chunks.push(bytes);
    const written = JSON.parse(Buffer.concat(chunks).toString()) as { Input: string }[];
    inputs.push(...written.map(({ Input }) => JSON.parse(Input) as unknown));
  }
  return inputs;
}
