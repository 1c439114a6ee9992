import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ACCOUNT = '222222222222';
export const REGION = 'us-east-1';
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/workflow`;

const assets = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;

function role(roleName: string, service: string, actions: readonly string[]): object {
  const statement = { Effect: 'Allow', Action: actions, Resource: '*' };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: roleName,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
      },
      Policies: [{ PolicyName: 'all', PolicyDocument: { Version: '2012-10-17', Statement: [statement] } }],
    },
  };
}

export interface AssemblyContent {
  /** Source of `index.js` of each function. */
  readonly functions?: Readonly<Record<string, string>>;
  /** Source of each function that has it in the template. */
  readonly inlineFunctions?: Readonly<Record<string, string>>;
  /** Definition of each state machine. */
  readonly stateMachines?: Readonly<Record<string, object>>;
  /** LoggingConfiguration of every state machine. */
  readonly logging?: object;
  /** Names of log groups. */
  readonly logGroups?: readonly string[];
  /** What the role `workflow` may do. */
  readonly workflowActions?: readonly string[];
  /** What the role of the functions may do. */
  readonly functionActions?: readonly string[];
  /** Further resources of the stack. */
  readonly resources?: Readonly<Record<string, object>>;
  /** Who may assume the role `workflow`. */
  readonly workflowService?: string;
}

/** Writes a cloud assembly with one stack, as small as can be, and gives its folder. */
export async function writeAssembly({
  functions = {},
  inlineFunctions = {},
  stateMachines = {},
  logging,
  logGroups = [],
  workflowActions,
  functionActions = ['s3:*', 'logs:*'],
  workflowService = 'states.amazonaws.com',
  resources = {},
}: AssemblyContent): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'crossmap-project-')), 'cdk.out');
  await mkdir(folder);
  const write = (name: string, content: object) => writeFile(join(folder, name), JSON.stringify(content));
  for (const [name, source] of Object.entries(functions)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'index.js'), source);
  }
  const files = Object.keys(functions).map((name) => [
    name,
    {
      source: { path: name, packaging: 'zip' },
      destinations: { current: { bucketName: assets, objectKey: `${name}.zip` } },
    },
  ]);
  await write('Test.assets.json', { version: '41.0.0', files: Object.fromEntries(files), dockerImages: {} });
  await write('Test.template.json', {
    Resources: {
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'workflow-bucket' } },
      ...resources,
      FunctionRole: role('function', 'lambda.amazonaws.com', functionActions),
      WorkflowRole: role('workflow', workflowService, workflowActions ?? ['*']),
      ...Object.fromEntries(
        Object.keys(functions).map((name) => [
          `Function${name}`,
          lambda(name, { S3Bucket: assets, S3Key: `${name}.zip` }),
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(inlineFunctions).map(([name, ZipFile]) => [`Inline${name}`, lambda(name, { ZipFile })]),
      ),
      ...Object.fromEntries(
        Object.entries(stateMachines).map(([name, definition]) => [
          `Machine${name}`,
          stateMachine(name, definition, logging),
        ]),
      ),
      ...Object.fromEntries(
        logGroups.map((LogGroupName, i) => [`Logs${i}`, { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName } }]),
      ),
    },
  });
  await write('manifest.json', {
    version: '41.0.0',
    artifacts: {
      'Test.assets': { type: 'cdk:asset-manifest', properties: { file: 'Test.assets.json' } },
      Test: {
        type: 'aws:cloudformation:stack',
        environment: `aws://${ACCOUNT}/${REGION}`,
        properties: { templateFile: 'Test.template.json' },
        dependencies: ['Test.assets'],
      },
    },
  });
  return folder;
}

function lambda(name: string, Code: object): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: name,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] },
      Code,
    },
  };
}

function stateMachine(name: string, definition: object, LoggingConfiguration?: object): object {
  return {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: name,
      RoleArn: { 'Fn::GetAtt': ['WorkflowRole', 'Arn'] },
      DefinitionString: JSON.stringify(definition),
      ...(LoggingConfiguration && { LoggingConfiguration }),
    },
  };
}
