import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';

export interface ObjectsWorkflowProps {
  readonly listFunction: lambda.IFunction;
  readonly processor: lambda.IFunction;
  readonly collectFunction: lambda.IFunction;
  readonly resultsBucket: s3.IBucket;
  readonly source: { readonly bucketName: string; readonly account: string; readonly region: string };
  readonly batchSize: number;
  readonly maxConcurrency: number;
  readonly toleratedFailedObjects: number;
}

/** CDK renders `resultWriterV2` only under this flag and drops it silently otherwise. */
const RESULT_WRITER_FLAG = '@aws-cdk/aws-stepfunctions:useDistributedMapResultWriterV2';

/** Errors of the Lambda service, not of the function: trying again helps. */
const LAMBDA_SERVICE_ERRORS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

/**
 * ListObjects → Objects (Distributed Map of ProcessObjects) → Collect. The states pass on
 * `{ list, mapRun }`, or `{ list, mapFailure }` to Collect when the Map Run failed.
 */
export function objectsWorkflow(parent: Construct, props: ObjectsWorkflowProps): sfn.IChainable {
  const scope = new Construct(parent, 'States');
  scope.node.setContext(RESULT_WRITER_FLAG, true);
  const list = lambdaTask(scope, 'ListObjects', props.listFunction, {
    payload: sfn.TaskInput.fromObject({ 'execution.$': '$$.Execution.Name', 'input.$': '$' }),
    resultSelector: { 'list.$': '$.Payload' },
  });
  const process = lambdaTask(scope, 'ProcessObjects', props.processor, { outputPath: '$.Payload' });
  const collect = lambdaTask(scope, 'Collect', props.collectFunction, {
    payload: sfn.TaskInput.fromObject({ 'execution.$': '$$.Execution.Name', 'state.$': '$' }),
    outputPath: '$.Payload',
  });

  const objects = new sfn.DistributedMap(scope, 'Objects', {
    label: 'Objects',
    mapExecutionType: sfn.StateMachineType.STANDARD,
    maxConcurrency: props.maxConcurrency,
    toleratedFailureCount: props.toleratedFailedObjects,
    itemReader: new sfn.S3JsonItemReader({
      bucket: props.resultsBucket,
      key: sfn.JsonPath.stringAt('$.list.key'),
    }),
    itemBatcher: new sfn.ItemBatcher({
      maxItemsPerBatch: props.batchSize,
      batchInput: {
        bucket: props.source.bucketName,
        region: props.source.region,
        owner: props.source.account,
        'run.$': '$$.Execution.Name',
      },
    }),
    resultWriterV2: new sfn.ResultWriterV2({
      bucket: props.resultsBucket,
      prefix: sfn.JsonPath.stringAt('$$.Execution.Name'),
    }),
    resultPath: '$.mapRun',
  })
    .itemProcessor(process)
    .addCatch(collect, { errors: ['States.ALL'], resultPath: '$.mapFailure' });

  if (!('ResultWriter' in objects.toStateJson())) {
    throw new Error(
      `${parent.node.path}: this version of aws-cdk-lib dropped the ResultWriter although ${RESULT_WRITER_FLAG} is set`,
    );
  }
  return sfn.Chain.start(list).next(objects).next(collect);
}

function lambdaTask(
  scope: Construct,
  name: string,
  lambdaFunction: lambda.IFunction,
  data: {
    readonly payload?: sfn.TaskInput;
    readonly resultSelector?: Record<string, string>;
    readonly outputPath?: string;
  },
): LambdaInvoke {
  const task = new LambdaInvoke(scope, name, { lambdaFunction, retryOnServiceExceptions: false, ...data });
  task.addRetry({
    errors: LAMBDA_SERVICE_ERRORS,
    interval: Duration.seconds(1),
    maxAttempts: 6,
    backoffRate: 2,
    maxDelay: Duration.seconds(30),
    jitterStrategy: sfn.JitterType.FULL,
  });
  return task;
}
