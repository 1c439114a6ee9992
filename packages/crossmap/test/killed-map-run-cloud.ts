import type { Cloud } from '../src/cloud.ts';

const ACCOUNT = '111111111111';
const REGION = 'us-east-1';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/workflow`;
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:work`;
export const STATE_MACHINE_ARN: string = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:killed`;

/** Puts a role, buckets with a list of `items` items, and a state machine into the cloud, as a deployment would. */
export async function prepared(cloud: Cloud, items: number, childType: string): Promise<void> {
  const statement = { Effect: 'Allow', Action: ['s3:*', 'states:*', 'lambda:*'], Resource: '*' };
  const trust = { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const Version = '2012-10-17';
  cloud.accounts.createRole({
    accountId: ACCOUNT,
    roleName: 'workflow',
    trustPolicy: { Version, Statement: [trust] },
    policies: [{ name: 'all', document: { Version, Statement: [statement] } }],
  });
  const caller = cloud.accounts.callerForRole(ROLE, 'test');
  for (const name of ['lists', 'results']) await cloud.s3.provisionBucket({ name, accountId: ACCOUNT, region: REGION });
  const list = JSON.stringify(Array.from({ length: items }, (_, n) => ({ n })));
  async function* body() {
    yield Buffer.from(list);
  }
  await cloud.s3.putObject(caller, { bucket: 'lists', key: 'list.json', region: REGION }, body());
  const definition = JSON.stringify(machine(childType));
  await cloud.stepFunctions.stateMachines.deploy({
    accountId: ACCOUNT,
    region: REGION,
    name: 'killed',
    definition,
    roleArn: ROLE,
  });
}

function machine(childType: string): object {
  return {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Label: 'Each',
        MaxConcurrency: 40,
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'JSON' },
          Parameters: { Bucket: 'lists', Key: 'list.json' },
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: childType },
          StartAt: 'Work',
          States: { Work: { Type: 'Task', Resource: FUNCTION, End: true } },
        },
        ResultWriter: {
          Resource: 'arn:aws:states:::s3:putObject',
          Parameters: { Bucket: 'results', Prefix: 'out' },
        },
        End: true,
      },
    },
  };
}
