import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CrossAccountObjectsMap, type CrossAccountObjectsMapProps } from 'crossmap-cdk';
import { appOf, resolved } from './synthesis.ts';

const BUCKET_ACCOUNT = { account: '111111111111', region: 'eu-west-1' };
const WORKFLOW_ACCOUNT = { account: '222222222222', region: 'us-east-1' };

function processorIn(stack: Stack, props: { role?: iam.IRole } = {}): lambda.Function {
  return new lambda.Function(stack, 'Processor', {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = () => null'),
    ...props,
  });
}

function synthesized(
  props: (stack: Stack) => Partial<CrossAccountObjectsMapProps> = () => ({}),
  env: { account: string; region: string } | undefined = WORKFLOW_ACCOUNT,
): { map: CrossAccountObjectsMap; template: () => Template } {
  const stack = new Stack(appOf(), 'Workflow', { env });
  const changes = props(stack);
  const map = new CrossAccountObjectsMap(stack, 'Map', {
    source: { bucketName: 'partner-objects', ...BUCKET_ACCOUNT },
    processor: changes.processor ?? processorIn(stack),
    ...changes,
  });
  let template: Template | undefined;
  return { map, template: () => (template ??= Template.fromStack(stack)) };
}

function roleEnd(roleName: string): string {
  return `:iam::${WORKFLOW_ACCOUNT.account}:role/${roleName}`;
}

/** The statements of the policies attached to a role, by a part of its logical id. */
function statementsOf(template: Template, role: string): unknown[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(role))
    .flatMap(({ Properties }) => resolved(Properties.PolicyDocument.Statement) as unknown[]);
}

const RETRY = [
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.TooManyRequestsException',
    ],
    IntervalSeconds: 1,
    MaxAttempts: 6,
    BackoffRate: 2,
    MaxDelaySeconds: 30,
    JitterStrategy: 'FULL',
  },
];

suite('CrossAccountObjectsMap', () => {
  test('the definition, whole', () => {
    const { template } = synthesized(() => ({ batchSize: 50, maxConcurrency: 20, toleratedFailedObjects: 7 }));
    const [machine] = resolved(Object.values(template().findResources('AWS::StepFunctions::StateMachine')));
    assert.equal(machine?.Properties.StateMachineType, 'STANDARD');
    assert.deepEqual(JSON.parse(machine?.Properties.DefinitionString), {
      StartAt: 'ListObjects',
      States: {
        ListObjects: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: {
            FunctionName: '<MapListFunction.Arn>',
            Payload: { 'execution.$': '$$.Execution.Name', 'input.$': '$' },
          },
          ResultSelector: { 'list.$': '$.Payload' },
          Retry: RETRY,
          Next: 'Objects',
        },
        Objects: {
          Type: 'Map',
          Label: 'Objects',
          MaxConcurrency: 20,
          ToleratedFailureCount: 7,
          ItemReader: {
            Resource: 'arn:aws:states:::s3:getObject',
            ReaderConfig: { InputType: 'JSON' },
            Parameters: { Bucket: '<MapResults>', 'Key.$': '$.list.key' },
          },
          ItemBatcher: {
            MaxItemsPerBatch: 50,
            BatchInput: {
              bucket: 'partner-objects',
              region: 'eu-west-1',
              owner: '111111111111',
              'run.$': '$$.Execution.Name',
            },
          },
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'ProcessObjects',
            States: {
              ProcessObjects: {
                Type: 'Task',
                Resource: 'arn:aws:states:::lambda:invoke',
                Parameters: { FunctionName: '<Processor.Arn>', 'Payload.$': '$' },
                OutputPath: '$.Payload',
                Retry: RETRY,
                End: true,
              },
            },
          },
          ResultWriter: {
            Resource: 'arn:aws:states:::s3:putObject',
            Parameters: { Bucket: '<MapResults>', 'Prefix.$': '$$.Execution.Name' },
          },
          ResultPath: '$.mapRun',
          Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.mapFailure', Next: 'Collect' }],
          Next: 'Collect',
        },
        Collect: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: {
            FunctionName: '<MapCollectFunction.Arn>',
            Payload: { 'execution.$': '$$.Execution.Name', 'state.$': '$' },
          },
          OutputPath: '$.Payload',
          Retry: RETRY,
          End: true,
        },
      },
    });
  });

  test('the result writer is on whatever the app says of the CDK flag', () => {
    const flag = '@aws-cdk/aws-stepfunctions:useDistributedMapResultWriterV2';
    for (const value of [true, false, undefined]) {
      const app = appOf(value === undefined ? {} : { [flag]: value });
      const stack = new Stack(app, 'Workflow', { env: WORKFLOW_ACCOUNT });
      const source = { bucketName: 'partner-objects', ...BUCKET_ACCOUNT };
      new CrossAccountObjectsMap(stack, 'Map', { source, processor: processorIn(stack) });
      const [machine] = resolved(
        Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine')),
      );
      assert.ok('ResultWriter' in JSON.parse(machine?.Properties.DefinitionString).States.Objects, String(value));
    }
  });

  test('the list role may list the bucket and store object lists, nothing else', () => {
    const { template } = synthesized();
    assert.deepEqual(statementsOf(template(), 'MapListRole'), [
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '<MapListLog.Arn>' },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::partner-objects' },
      {
        Effect: 'Allow',
        Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
        Resource: '<MapResults.Arn>/*/objects.json',
      },
    ]);
  });

  test('the role of the processor may read the objects, nothing else of ours', () => {
    const { template } = synthesized();
    assert.deepEqual(statementsOf(template(), 'ProcessorServiceRole'), [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::partner-objects/*' },
    ]);
  });

  test('a prefix narrows both', () => {
    const source = { bucketName: 'partner-objects', prefix: 'reports/', ...BUCKET_ACCOUNT };
    const { template } = synthesized(() => ({ source }));
    const [, list] = statementsOf(template(), 'MapListRole');
    assert.deepEqual(list, {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::partner-objects',
      Condition: { StringLike: { 's3:prefix': 'reports/*' } },
    });
    assert.deepEqual(statementsOf(template(), 'ProcessorServiceRole'), [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::partner-objects/reports/*' },
    ]);
    template().hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { SOURCE_PREFIX: 'reports/' } },
    });
  });

  test('the collect role reads the results bucket and stores its three files, nothing else', () => {
    const { template } = synthesized();
    assert.deepEqual(statementsOf(template(), 'MapCollectRole'), [
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '<MapCollectLog.Arn>' },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: '<MapResults.Arn>' },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: '<MapResults.Arn>/*' },
      {
        Effect: 'Allow',
        Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
        Resource: [
          '<MapResults.Arn>/*/results.jsonl',
          '<MapResults.Arn>/*/failed.jsonl',
          '<MapResults.Arn>/*/summary.json',
        ],
      },
    ]);
  });

  test('the role of the state machine has no right on the foreign bucket', () => {
    const { template } = synthesized();
    const statements = statementsOf(template(), 'MapStateMachineRole');
    assert.ok(statements.length > 0);
    assert.doesNotMatch(JSON.stringify(statements), /partner-objects/);
  });

  test('the redrive right is for the labelled Map Run only', () => {
    const { template } = synthesized();
    const redrive = statementsOf(template(), 'MapStateMachineRole').find((statement) =>
      JSON.stringify(statement).includes('states:RedriveExecution'),
    );
    assert.match(JSON.stringify(redrive), /\/Objects:\*"/);
  });

  test('both roles have names that hold the Region and fit into 64 characters', () => {
    const { map, template } = synthesized();
    const names = Object.values(template().findResources('AWS::IAM::Role')).flatMap(
      ({ Properties }) => Properties.RoleName ?? [],
    );
    assert.equal(names.length, 2);
    for (const name of names) assert.match(name, /^WorkflowMap[0-9A-F]{8}-(list|process)-us-east-1$/);
    const far = { account: '222222222222', region: 'ap-southeast-2' };
    const stack = new Stack(appOf(), `Workflow${'WithALongName'.repeat(8)}`, { env: far });
    const source = { bucketName: 'partner-objects', ...BUCKET_ACCOUNT };
    new CrossAccountObjectsMap(stack, 'Map', { source, processor: processorIn(stack) });
    for (const { Properties } of Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'))) {
      if (Properties.RoleName !== undefined) assert.ok(Properties.RoleName.length <= 64, Properties.RoleName);
    }
    assert.equal(
      map.processRole.roleName,
      names.find((name) => name.includes('process')),
    );
  });

  test('a role passed to the processor is taken as it is', () => {
    const { map, template } = synthesized((stack) => {
      const role = new iam.Role(stack, 'Own', {
        roleName: 'own-role',
        assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      });
      return { processor: processorIn(stack, { role }) };
    });
    assert.equal(map.processRole.node.path, 'Workflow/Own');
    assert.deepEqual(statementsOf(template(), 'Own'), [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::partner-objects/*' },
    ]);
  });

  test('the results bucket is private, takes TLS only, and is kept unless told otherwise', () => {
    synthesized()
      .template()
      .hasResource('AWS::S3::Bucket', {
        DeletionPolicy: 'Retain',
        Properties: {
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
        },
      });
    synthesized()
      .template()
      .hasResourceProperties('AWS::S3::BucketPolicy', {
        PolicyDocument: {
          Statement: [
            Match.objectLike({
              Effect: 'Deny',
              Action: 's3:*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ],
        },
      });
    const { template } = synthesized(() => ({ removalPolicy: RemovalPolicy.DESTROY }));
    template().allResources('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
    template().allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
  });

  test('a results bucket of the app is used, and none is made', () => {
    const { map, template } = synthesized((stack) => ({ resultsBucket: new s3.Bucket(stack, 'Mine') }));
    assert.equal(map.resultsBucket.node.path, 'Workflow/Mine');
    template().resourceCountIs('AWS::S3::Bucket', 1);
  });

  test('settings reach the functions', () => {
    const { template } = synthesized(() => ({
      allowZeroObjects: true,
      toleratedFailedObjects: 3,
      timeout: Duration.minutes(5),
      stateMachineName: 'mine',
    }));
    const functions = Object.values(
      template().findResources('AWS::Lambda::Function', { Properties: { Timeout: 300 } }),
    );
    const variables = functions.map(({ Properties }) => resolved(Properties.Environment.Variables));
    assert.deepEqual(variables, [
      {
        SOURCE_BUCKET: 'partner-objects',
        SOURCE_ACCOUNT: '111111111111',
        SOURCE_REGION: 'eu-west-1',
        SOURCE_PREFIX: '',
        LIST_BUCKET: '<MapResults>',
        ALLOW_ZERO_OBJECTS: 'true',
        ROLE_ARN: '<MapListRole.Arn>',
      },
      { RESULTS_BUCKET: '<MapResults>', TOLERATED_FAILED_OBJECTS: '3' },
    ]);
    template().hasResourceProperties('AWS::StepFunctions::StateMachine', { StateMachineName: 'mine' });
  });

  test('misuse is refused at synth, each by what is wrong', () => {
    const source = { bucketName: 'partner-objects', ...BUCKET_ACCOUNT };
    const refusals: [(stack: Stack) => Partial<CrossAccountObjectsMapProps>, RegExp][] = [
      [() => ({ batchSize: 0 }), /^Workflow\/Map: batchSize must be a whole number 1 or more, got 0$/],
      [() => ({ batchSize: 1.5 }), /batchSize must be a whole number 1 or more, got 1\.5/],
      [() => ({ maxConcurrency: 0 }), /maxConcurrency must be a whole number from 1 to 10000, got 0/],
      [() => ({ maxConcurrency: 10_001 }), /maxConcurrency must be a whole number from 1 to 10000, got 10001/],
      [() => ({ toleratedFailedObjects: -1 }), /toleratedFailedObjects must be a whole number 0 or more, got -1/],
      [() => ({ timeout: Duration.minutes(16) }), /timeout must be from 30 seconds to 15 minutes, got 960 seconds/],
      [() => ({ timeout: Duration.seconds(10) }), /timeout must be from 30 seconds to 15 minutes, got 10 seconds/],
      [
        () => ({ source: { ...source, account: '1111' } }),
        /source\.account must be an account id of 12 digits, got "1111"/,
      ],
      [
        () => ({ source: { ...source, bucketName: 'arn:aws:s3:::partner-objects' } }),
        /source\.bucketName must be the name of a bucket, got "arn:aws:s3:::partner-objects"/,
      ],
      [
        () => ({ source: { ...source, bucketName: process.env.NO_SUCH_VARIABLE as string } }),
        /source\.bucketName must be the name of a bucket, got undefined/,
      ],
      [
        () => ({ source: { ...source, region: 'Ireland' } }),
        /source\.region must be a Region such as eu-west-1, got "Ireland"/,
      ],
      [
        () => ({ source: { ...source, ...WORKFLOW_ACCOUNT } }),
        /is in the account and Region of the workflow, 222222222222 us-east-1/,
      ],
      [() => ({ source: { ...source, prefix: '' } }), /prefix must be a literal, not empty/],
      [() => ({ source: { ...source, prefix: 'a*' } }), /without "\*", "\?" and "\$", got "a\*"/],
      [
        (stack) => ({
          processor: lambda.Function.fromFunctionArn(stack, 'F', 'arn:aws:lambda:us-east-1:222222222222:function:f'),
        }),
        /the role of the processor is not known/,
      ],
      [
        (stack) => ({ resultsBucket: new s3.Bucket(stack, 'B', { encryptionKey: new kms.Key(stack, 'K') }) }),
        /a resultsBucket encrypted with a KMS key is not supported/,
      ],
      [
        (stack) => ({
          resultsBucket: s3.Bucket.fromBucketAttributes(stack, 'B', { bucketName: 'elsewhere', region: 'eu-west-1' }),
        }),
        /resultsBucket must be in the region of the workflow, us-east-1, but is in eu-west-1/,
      ],
    ];
    for (const [props, message] of refusals) assert.throws(() => synthesized(props), { message }, String(message));
  });

  test('maps that share a processor share its role, which keeps its name', () => {
    const stack = new Stack(appOf(), 'Workflow', { env: WORKFLOW_ACCOUNT });
    const processor = processorIn(stack);
    const [first, second] = ['partner-objects', 'other-objects'].map((bucketName) => {
      const source = { bucketName, ...BUCKET_ACCOUNT };
      return new CrossAccountObjectsMap(stack, bucketName, { source, processor });
    });
    const [role] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role')).filter(({ Properties }) =>
      /-process-us-east-1$/.test(Properties.RoleName ?? ''),
    );
    const roleArn = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, roleEnd(role?.Properties.RoleName)]] };
    assert.deepEqual(stack.resolve(first?.processRole.roleArn), roleArn);
    assert.deepEqual(stack.resolve(second?.processRole.roleArn), roleArn);
  });

  test('a stack without an account and Region is refused, because its roles could not be named', () => {
    const stack = new Stack(appOf(), 'Workflow');
    const source = { bucketName: 'partner-objects', ...BUCKET_ACCOUNT };
    assert.throws(
      () => new CrossAccountObjectsMap(stack, 'Map', { source, processor: processorIn(stack) }),
      /stack Workflow needs an explicit account and Region \(env\)/,
    );
  });

  test('the same account in another Region is served', () => {
    const source = { bucketName: 'ours-elsewhere', account: '222222222222', region: 'eu-west-1' };
    synthesized(() => ({ source }))
      .template()
      .resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  });
});
