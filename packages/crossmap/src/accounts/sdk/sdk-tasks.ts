import type { Json } from '../../asl/json.ts';
import type { RoleCaller, TaskOutcome } from '../../engine/ports.ts';
import { answerOf } from './answer.ts';
import { javaExceptionName, javaServiceName } from './java-names.ts';
import { readParameters } from './parameters.ts';
import type { SdkError, SdkResult, SdkService } from './sdk-operation.ts';
import { stepFunctionsName } from './shape.ts';

/**
 * A task that calls an action of a service through its AWS SDK integration.
 * https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
export async function runSdkTask(
  service: SdkService,
  action: string,
  caller: RoleCaller,
  parameters: Json,
): Promise<TaskOutcome> {
  const operation = service.operation(stepFunctionsName(action));
  if (operation === undefined) return notThere(service, action);
  const { input, problems } = readParameters(operation.input, parameters, { jsonForText: false });
  if (problems.length > 0) return notStarted(parameters, problems);
  const result = await operation.call(caller, input);
  if (result.kind === 'answer') return { kind: 'succeeded', output: await answerOf(operation.output, result.output) };
  return failed(service, action, result);
}

/** AWS's words for parameters that are none of the operation (case task-apigateway test_invoke_with_headers). */
export function notStarted(parameters: Json, problems: readonly string[]) {
  const cause = `The Parameters '${JSON.stringify(parameters)}' could not be used to start the Task: [${problems.join(', ')}]`;
  return { kind: 'failed', failure: { error: 'States.Runtime', cause } } as const;
}

function notThere({ serviceId }: SdkService, action: string): TaskOutcome {
  const cause = `The action '${action}' of ${javaServiceName(serviceId)} is not supported by Crossmap`;
  return { kind: 'failed', failure: { error: 'States.Runtime', cause } };
}

/**
 * Errors are named and told as by the AWS SDK for Java 2. S3's were recorded without the count of attempts
 * (cases error-handling test_aws_sdk), those of Step Functions with it (cases task-aws-sdk, November 2025).
 */
function failed(
  { serviceId }: SdkService,
  action: string,
  result: Exclude<SdkResult, { kind: 'answer' }>,
): TaskOutcome {
  const service = javaServiceName(serviceId);
  if (result.kind === 'unreachable') {
    const cause = `Unable to execute HTTP request: ${result.message}`;
    return { kind: 'failed', failure: { error: `${service}.SdkClientException`, cause } };
  }
  const { message = 'null', status, requestId, extendedRequestId } = result;
  const told = `${message} (Service: ${service}, Status Code: ${status}, Request ID: ${requestId}`;
  const cause =
    extendedRequestId === undefined
      ? `${told}) (SDK Attempt Count: 1)`
      : `${told}, Extended Request ID: ${extendedRequestId})`;
  return { kind: 'failed', failure: { error: `${service}.${exceptionOf(service, action, result)}`, cause } };
}

/** An error without a class of its own is the service's. What HEAD does not find has its class from the status alone. */
function exceptionOf(service: string, action: string, { code, modelled, status }: SdkError): string {
  if (service === 'S3' && status === 404 && action === 'headObject') return 'NoSuchKeyException';
  if (service === 'S3' && status === 404 && action === 'headBucket') return 'NoSuchBucketException';
  // S3's model has it of late, for an operation that is not here; Step Functions' own gives the service's exception.
  if (service === 'S3' && code === 'AccessDenied') return 'S3Exception';
  return modelled ? javaExceptionName(code) : `${service}Exception`;
}
