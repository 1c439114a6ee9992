import { randomUUID } from 'node:crypto';
import { behave } from './behaviour.ts';
import type { Behaviour, FunctionSetup, Setup } from './case.ts';
import { REGION } from './endpoint.ts';
import { ACCOUNT, bucketsOf, checkSetup, rolesOf, type Stage, storeObjects } from './stage.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The composition of the package, which is none of its public entries. */
type CloudModule = typeof import('../packages/crossmap/src/cloud.ts');
const CLOUD = new URL('../../packages/crossmap/dist/src/cloud.js', import.meta.url).href;

/** Opens fresh embedded accounts in this process, their time virtual, their functions behaving as the setup says. */
export async function openEmbedded(setup: Setup, onLog: (line: string) => void): Promise<Stage> {
  checkSetup(setup, ['roles', 'rolePolicies', 'buckets', 's3', 'lambdas', 'logGroups']);
  const { openCloud } = (await import(CLOUD)) as CloudModule;
  const clock = new VirtualClock();
  const invoke = functionsOf(setup.lambdas ?? [], clock);
  const cloud = await openCloud({ data: undefined, environments: 1, onLog }, { clock, invoke });
  try {
    for (const { accountId, name, path, trustPolicy, policy } of rolesOf(setup)) {
      const policies = [{ name: 'conformance', document: policy }];
      cloud.accounts.createRole({ accountId, roleName: name, path, trustPolicy, policies });
    }
    for (const { name, account, region, policy } of bucketsOf(setup)) {
      await cloud.s3.provisionBucket({ name, accountId: account, region });
      if (policy !== undefined) await cloud.s3.provisionPolicy(name, JSON.stringify(policy));
    }
    for (const name of setup.logGroups ?? [])
      cloud.logGroups.create(`arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}`);
    const { port } = await cloud.listen(0);
    const endpoint = {
      url: `http://127.0.0.1:${port}`,
      credentials: (accountId: string) => cloud.accounts.account(accountId).developer.accessKey,
    };
    await storeObjects(endpoint, setup);
    return { endpoint, clock, close: cloud.close };
  } catch (thrown) {
    await cloud.close();
    throw thrown;
  }
}

/** Answers invocations of the functions of a setup. */
function functionsOf(functions: readonly FunctionSetup[], clock: VirtualClock) {
  const behaviours = new Map<string, Behaviour>(functions.map(({ arn, behaviour }) => [arn, behaviour]));
  const sleep = (seconds: number) =>
    new Promise<void>((resolve) => {
      clock.at(clock.now() + seconds * 1_000, resolve);
    });
  return (functionArn: string, event: string) => {
    const behaviour = behaviours.get(functionArn);
    if (behaviour === undefined) return undefined;
    return behave(behaviour, event, { sleep, requestId: randomUUID }).then(({ kind, payload }) =>
      kind === 'returned'
        ? { kind, payload, executedVersion: '$LATEST' as const }
        : { kind, payload, functionError: 'Unhandled' as const, executedVersion: '$LATEST' as const },
    );
  };
}
