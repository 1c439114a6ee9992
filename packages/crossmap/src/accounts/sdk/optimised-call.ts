import type { Failure } from '../../asl/failure.ts';
import type { Json, JsonObject } from '../../asl/json.ts';
import type { RoleCaller } from '../../engine/ports.ts';
import { answerOf } from './answer.ts';
import { javaExceptionName } from './java-names.ts';
import type { ParameterRules } from './parameters.ts';
import type { HttpMetadata, SdkError, SdkService } from './sdk-operation.ts';
import { operationOf, readInput } from './sdk-tasks.ts';

/** What an optimised integration is called where its failures show it: by the AWS SDK for Java 1. */
export interface OptimisedNames {
  /** The prefix of error names. */
  readonly prefix: string;
  readonly service: string;
  /** Whether AWS passes on what came over HTTP. */
  readonly metadata: boolean;
}

export type OptimisedOutcome =
  | { readonly kind: 'succeeded'; readonly output: JsonObject }
  | { readonly kind: 'failed'; readonly failure: Required<Failure> };

export const OPTIMISED_RULES: ParameterRules = { jsonForText: true };

/**
 * One call of an optimised integration: JSON stands for text, dates are epoch ms, and the HTTP answer comes with the
 * output (cases callbacks test_start_execution_sync, task-sns, task-sqs, error-handling test_task_service_*).
 */
export async function callOptimised(
  service: SdkService,
  { prefix, service: javaService, metadata }: OptimisedNames,
  call: { readonly action: string; readonly caller: RoleCaller; readonly parameters: Json },
): Promise<OptimisedOutcome> {
  const operation = operationOf(service, call.action);
  const result = await operation.call(call.caller, readInput(operation, call.parameters, OPTIMISED_RULES));
  switch (result.kind) {
    case 'answer': {
      const output = await answerOf(operation.output, result.output, (date) => date.getTime());
      return { kind: 'succeeded', output: metadata ? { ...output, ...metadataOf(result.http) } : output };
    }
    case 'error':
      return { kind: 'failed', failure: failureOf(result, prefix, javaService) };
    case 'unreachable': {
      const cause = `Unable to execute HTTP request: ${result.message}`;
      return { kind: 'failed', failure: { error: `${prefix}.SdkClientException`, cause } };
    }
  }
}

function failureOf(
  { code, modelled, message = 'null', status, requestId }: SdkError,
  prefix: string,
  service: string,
): Required<Failure> {
  const exception = modelled ? javaExceptionName(code) : `${service.replace(/v\d+$/, '')}Exception`;
  const told = `Service: ${service}; Status Code: ${status}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null`;
  return { error: `${prefix}.${exception}`, cause: `${message} (${told})` };
}

/** The headers as AWS spells them; others are as they came. */
const SPELLING: Readonly<Record<string, string>> = {
  'content-length': 'Content-Length',
  'content-type': 'Content-Type',
  date: 'Date',
  'x-amzn-requestid': 'x-amzn-RequestId',
};

function metadataOf({ status, headers }: HttpMetadata): JsonObject {
  const HttpHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [SPELLING[name] ?? name, value] as const),
  );
  const AllHttpHeaders = Object.fromEntries(Object.entries(HttpHeaders).map(([name, value]) => [name, [value]]));
  return {
    SdkHttpMetadata: { AllHttpHeaders, HttpHeaders, HttpStatusCode: status },
    SdkResponseMetadata: { RequestId: headers['x-amzn-requestid'] ?? '' },
  };
}
