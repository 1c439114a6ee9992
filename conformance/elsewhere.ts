import type { FunctionSetup, Setup } from './case.ts';
import { callJson, type Endpoint, REGION, send } from './endpoint.ts';
import { pythonSource, zipOf } from './function-source.ts';
import type { OpenStage } from './run.ts';
import { S3 } from './s3.ts';
import { ACCOUNT, type BucketPlace, bucketsOf, checkSetup, type Role, rolesOf, storeObjects } from './stage.ts';

const FUNCTIONS = '/2015-03-31/functions';

/**
 * Runs cases at another endpoint, in real time. Roles, buckets and functions are made through its IAM, S3 and Lambda;
 * what a case created is deleted after it. Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else the
 * account is the access key, as emulators take it.
 */
export function openElsewhere(
  url: string,
  environment: NodeJS.ProcessEnv,
  onWarning: (line: string) => void,
): OpenStage {
  const warned = new Set<string>();
  const warn = (line: string) => {
    if (!warned.has(line)) onWarning(line);
    warned.add(line);
  };
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: secretAccessKey = 'test' } = environment;
  const credentials = (accountId: string) => ({ accessKeyId: AWS_ACCESS_KEY_ID ?? accountId, secretAccessKey });
  const endpoint: Endpoint = { url, credentials };
  return async (setup) => {
    checkSetup(setup, ['roles', 'buckets', 's3', 'lambdas', 'logGroups']);
    for (const role of rolesOf(setup)) {
      const problem = await createRole(endpoint, role);
      if (problem !== undefined) warn(`The role ${role.arn} is taken as there. It was not created: ${problem}`);
    }
    await createBuckets(endpoint, setup);
    for (const each of setup.lambdas ?? []) await createFunction(endpoint, setup, each);
    for (const logGroupName of setup.logGroups ?? []) {
      await callJson(endpoint, {
        service: 'logs',
        action: 'CreateLogGroup',
        params: { logGroupName },
        account: ACCOUNT,
      });
    }
    const deletions: (() => Promise<unknown>)[] = [];
    return {
      endpoint,
      onResponse(action, response, account) {
        const deletion = DELETIONS[action];
        const arn = deletion === undefined ? undefined : response[deletion.member];
        if (deletion === undefined || arn === undefined) return;
        const params = { [deletion.member]: arn };
        deletions.push(() =>
          callJson(endpoint, { service: 'stepfunctions', action: deletion.action, params, account }),
        );
      },
      async close() {
        for (const deletion of deletions.toReversed()) await deletion();
        for (const { name } of setup.lambdas ?? []) {
          await send(endpoint, ACCOUNT, 'lambda', {
            method: 'DELETE',
            path: `${FUNCTIONS}/${name}`,
            headers: {},
            body: '',
          });
        }
        await deleteBuckets(endpoint, setup);
      },
    };
  };
}

/** What undoes a call: the action, and the member of the response that names what to delete. */
const DELETIONS: Readonly<Record<string, { readonly action: string; readonly member: string }>> = {
  CreateStateMachine: { action: 'DeleteStateMachine', member: 'stateMachineArn' },
  CreateActivity: { action: 'DeleteActivity', member: 'activityArn' },
};

/** The problem, if there is one other than that the role is there. */
async function createRole(endpoint: Endpoint, role: Role): Promise<string | undefined> {
  const query = async (parameters: Readonly<Record<string, string>>) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const body = new URLSearchParams({ Version: '2010-05-08', RoleName: role.name, ...parameters }).toString();
    const { status, text } = await send(endpoint, role.accountId, 'iam', { headers, body });
    return status < 300 || text.includes('EntityAlreadyExists') ? undefined : `${status}`;
  };
  const AssumeRolePolicyDocument = JSON.stringify(role.trustPolicy);
  const problem = await query({ Action: 'CreateRole', Path: role.path, AssumeRolePolicyDocument });
  if (problem !== undefined) return problem;
  return query({ Action: 'PutRolePolicy', PolicyName: 'conformance', PolicyDocument: JSON.stringify(role.policy) });
}

async function createFunction(endpoint: Endpoint, setup: Setup, { name, behaviour }: FunctionSetup): Promise<void> {
  const [role] = rolesOf(setup);
  const body = JSON.stringify({
    FunctionName: name,
    Runtime: 'python3.12',
    Handler: 'handler.handler',
    Role: role?.arn ?? `arn:aws:iam::${ACCOUNT}:role/conformance`,
    Timeout: 70,
    Code: { ZipFile: zipOf('handler.py', pythonSource(behaviour)).toString('base64') },
  });
  const headers = { 'content-type': 'application/json' };
  const { status, text } = await send(endpoint, ACCOUNT, 'lambda', { path: FUNCTIONS, headers, body });
  if (status >= 300) throw new Error(`The function ${name} could not be created: ${status} ${text.slice(0, 200)}`);
}

/** The buckets of a setup. Throws for one that needs another account, another Region or a policy. */
function ownBuckets(setup: Setup): readonly BucketPlace[] {
  const buckets = bucketsOf(setup);
  const other = buckets.find(({ account, region, policy }) => account !== ACCOUNT || region !== REGION || policy);
  if (other !== undefined) throw new Error(`The bucket ${other.name} of a setup is not supported here`);
  return buckets;
}

async function createBuckets(endpoint: Endpoint, setup: Setup): Promise<void> {
  const client = new S3(endpoint, ACCOUNT);
  try {
    for (const { name } of ownBuckets(setup)) await client.createBucket(name);
    await storeObjects(endpoint, setup);
  } finally {
    client.close();
  }
}

async function deleteBuckets(endpoint: Endpoint, setup: Setup): Promise<void> {
  const client = new S3(endpoint, ACCOUNT);
  try {
    for (const { name } of ownBuckets(setup)) await client.deleteBucket(name);
  } finally {
    client.close();
  }
}
