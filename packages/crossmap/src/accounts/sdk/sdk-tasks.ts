import type { Json } from '../../asl/json.ts';
import type { RoleCaller, TaskOutcome } from '../../engine/ports.ts';
import { answerOf } from './answer.ts';
import { javaExceptionName, javaServiceName } from './java-names.ts';
import { type ParameterRules, readParameters, templateProblems } from './parameters.ts';
import type { SdkError, SdkOperation, SdkResult, SdkService } from './sdk-operation.ts';
import { stepFunctionsName } from './shape.ts';

export const SDK_RULES: ParameterRules = { jsonForText: false };

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
  const operation = operationOf(service, action);
  const result = await operation.call(caller, readInput(operation, parameters, SDK_RULES));
  if (result.kind === 'answer') return { kind: 'succeeded', output: await answerOf(operation.output, result.output) };
  return failed(service, action, result);
}

/** Why an action takes none of these parameters, in AWS's words. */
export function problemsOf(
  service: SdkService,
  action: string,
  parameters: Json,
  rules: ParameterRules,
): readonly string[] {
  return readParameters(operationOf(service, action).input, parameters, rules).problems;
}

/** What is wrong with the names in Parameters or Arguments as a definition has them. */
export function templateProblemsOf(service: SdkService, action: string, template: Json): readonly string[] {
  return templateProblems(operationOf(service, action).input, template);
}

export function operationOf(service: SdkService, action: string): SdkOperation {
  const operation = service.operation(stepFunctionsName(action));
  if (operation === undefined) throw new Error(`Expected an action of ${service.serviceId}, got ${action}`);
  return operation;
}

/** The input of an operation from parameters that were checked. */
export function readInput(
  { input }: SdkOperation,
  parameters: Json,
  rules: ParameterRules,
): Readonly<Record<string, unknown>> {
  const read = readParameters(input, parameters, rules);
  if (read.problems.length === 0) return read.input;
  throw new Error(`Expected parameters of the action, got: ${read.problems.join(', ')}`);
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
