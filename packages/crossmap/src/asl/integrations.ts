import { type IntegrationPattern, parseTaskResource, type TaskResource } from './task-resource.ts';

type Service = Extract<TaskResource, { readonly kind: 'service' }>;

const JOB: readonly IntegrationPattern[] = ['request-response', 'sync'];
const CALLBACK: readonly IntegrationPattern[] = ['request-response', 'wait-for-task-token'];
const CALL: readonly IntegrationPattern[] = ['request-response'];

/**
 * The optimized integrations of AWS: the actions of each service by the patterns they have.
 * https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
 */
const OPTIMIZED: Readonly<Record<string, readonly (readonly [readonly IntegrationPattern[], string])[]>> = {
  apigateway: [[CALLBACK, 'invoke']],
  athena: [
    [JOB, 'startQueryExecution'],
    [CALL, 'stopQueryExecution getQueryExecution getQueryResults'],
  ],
  batch: [[JOB, 'submitJob']],
  bedrock: [
    [CALL, 'invokeModel'],
    [JOB, 'createModelCustomizationJob'],
  ],
  codebuild: [
    [JOB, 'startBuild startBuildBatch retryBuildBatch'],
    [CALL, 'stopBuild stopBuildBatch batchDeleteBuilds batchGetReports deleteBuildBatch'],
  ],
  databrew: [[JOB, 'startJobRun']],
  dynamodb: [[CALL, 'getItem putItem updateItem deleteItem']],
  ecs: [[['request-response', 'sync', 'wait-for-task-token'], 'runTask']],
  eks: [
    [
      JOB,
      'createCluster deleteCluster createNodegroup deleteNodegroup createFargateProfile deleteFargateProfile runJob',
    ],
    [CALL, 'call'],
  ],
  elasticmapreduce: [
    [JOB, 'createCluster terminateCluster addStep'],
    [CALL, 'cancelStep setClusterTerminationProtection modifyInstanceFleetByName modifyInstanceGroupByName'],
  ],
  'emr-containers': [
    [JOB, 'startJobRun deleteVirtualCluster'],
    [CALL, 'createVirtualCluster'],
  ],
  'emr-serverless': [
    [JOB, 'createApplication startApplication stopApplication deleteApplication startJobRun cancelJobRun'],
  ],
  events: [[CALLBACK, 'putEvents']],
  fargate: [[['request-response', 'sync', 'wait-for-task-token'], 'runTask']],
  glue: [[JOB, 'startJobRun']],
  http: [[CALL, 'invoke']],
  lambda: [[CALLBACK, 'invoke']],
  mediaconvert: [[JOB, 'createJob']],
  sagemaker: [
    [JOB, 'createHyperParameterTuningJob createLabelingJob createProcessingJob createTrainingJob createTransformJob'],
    [CALL, 'createEndpoint createEndpointConfig createModel updateEndpoint'],
  ],
  sns: [[CALLBACK, 'publish']],
  sqs: [[CALLBACK, 'sendMessage']],
  states: [[['request-response', 'sync', 'sync:2', 'wait-for-task-token'], 'startExecution']],
};

/** The services whose tasks run against the embedded accounts; of `aws-sdk:` ones every action does. */
const EMBEDDED = ['lambda', 'states', 'aws-sdk:lambda', 'aws-sdk:s3', 'aws-sdk:sfn', 'aws-sdk:sts'];

/** Whether AWS has the integration. Of the SDK integrations, which are all of the SDK's operations, only the form counts. */
export function isIntegration({ service, action, pattern }: Service): boolean {
  if (service.startsWith('aws-sdk:')) return CALLBACK.includes(pattern);
  const groups = Object.hasOwn(OPTIMIZED, service) ? (OPTIMIZED[service] ?? []) : [];
  return groups.some(([patterns, actions]) => patterns.includes(pattern) && actions.split(' ').includes(action));
}

/** Why a task with this Resource cannot run here; `undefined` when it can. `routed`: services at configured endpoints. */
export function integrationRefusal(text: string, routed: ReadonlySet<string>): string | undefined {
  const resource = parseTaskResource(text);
  if (resource?.kind !== 'service' || routed.has(resource.service) || EMBEDDED.includes(resource.service))
    return undefined;
  return `The resource \`${text}\` is not supported yet: use a Lambda function, an activity or ${EMBEDDED.join(', ')}`;
}

/** The parameters of the integrations whose parameters are checked when a definition is created. */
export const PARAMETERS: Readonly<
  Record<string, { readonly required: readonly string[]; readonly optional: readonly string[] }>
> = {
  'lambda:invoke': {
    required: ['FunctionName'],
    optional: ['ClientContext', 'InvocationType', 'Payload', 'Qualifier'],
  },
  'states:startExecution': { required: ['StateMachineArn'], optional: ['Input', 'Name'] },
};
