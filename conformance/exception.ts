import { isObject, type Json, type JsonObject } from './json.ts';

/** An error as the AWS SDK for Python shows it: the members of the body beside `Error`. */
export function exception(status: number, code: string, body: JsonObject): JsonObject {
  const { __type: _type, message, Message, ...others } = body;
  const text = typeof message === 'string' ? message : typeof Message === 'string' ? Message : '';
  return {
    Error: { Code: code, Message: text },
    ...(typeof message === 'string' && { message }),
    ...others,
    ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: status },
  };
}

/** The class of an exception in the AWS SDK for Python: the code, where the model of the service lists it. */
export function exceptionName(value: Json): string | undefined {
  const code = isObject(value) && isObject(value.Error) ? value.Error.Code : undefined;
  if (typeof code !== 'string') return undefined;
  return MODELLED.has(code) ? code : 'ClientError';
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html, the errors of all actions */
const MODELLED = new Set([
  'ActivityAlreadyExists',
  'ActivityDoesNotExist',
  'ActivityLimitExceeded',
  'ActivityWorkerLimitExceeded',
  'ConflictException',
  'ExecutionAlreadyExists',
  'ExecutionDoesNotExist',
  'ExecutionLimitExceeded',
  'ExecutionNotRedrivable',
  'InvalidArn',
  'InvalidDefinition',
  'InvalidEncryptionConfiguration',
  'InvalidExecutionInput',
  'InvalidLoggingConfiguration',
  'InvalidName',
  'InvalidOutput',
  'InvalidToken',
  'InvalidTracingConfiguration',
  'KmsAccessDeniedException',
  'KmsInvalidStateException',
  'KmsThrottlingException',
  'MissingRequiredParameter',
  'ResourceNotFound',
  'ServiceQuotaExceededException',
  'StateMachineAlreadyExists',
  'StateMachineDeleting',
  'StateMachineDoesNotExist',
  'StateMachineLimitExceeded',
  'StateMachineTypeNotSupported',
  'TaskDoesNotExist',
  'TaskTimedOut',
  'TooManyTags',
  'ValidationException',
]);
