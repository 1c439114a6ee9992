import { isJsonObject, type Json, type JsonObject } from '../../asl/json.ts';
import { deniedMessage } from '../../iam/decision.ts';
import type { Authorizer, Caller } from '../../iam/evaluate.ts';
import { InvalidCursor } from '../../store/cursor.ts';
import { API_ERRORS, ApiError } from './errors.ts';
import type { Scope, StepFunctions } from './operation.ts';
import { operations } from './operations.ts';
import { invalidToken } from './page-token.ts';
import { Parameters } from './parameters.ts';

/** The prefix of X-Amz-Target that sends a request to this service. */
export const TARGET_PREFIX = 'AWSStepFunctions.';

export interface ApiResponse {
  readonly status: number;
  readonly body: JsonObject;
}

/** The answer to one authenticated request of AWS JSON 1.0. A bug is thrown; everything else has its error code. */
export async function answer(
  request: { readonly operation: string; readonly body: string; readonly caller: Caller; readonly region: string },
  service: StepFunctions,
  authorizer: Authorizer,
): Promise<ApiResponse> {
  try {
    const operation = operations.get(request.operation);
    if (operation === undefined) {
      throw new ApiError('UnknownOperationException', `The operation ${request.operation} is not supported yet`);
    }
    const { principal } = request.caller;
    const scope: Scope = {
      accountId: principal.kind === 'anonymous' ? '' : principal.accountId,
      region: request.region,
    };
    const parameters = new Parameters(parseBody(request.body));
    authorize(request, operation.resource(parameters, scope), scope, authorizer);
    return { status: 200, body: await operation.handle(parameters, service, scope) };
  } catch (error) {
    if (error instanceof ApiError) return errorResponse(error);
    if (error instanceof InvalidCursor) return errorResponse(invalidToken());
    throw error;
  }
}

export function errorResponse({ code, message }: ApiError): ApiResponse {
  return { status: API_ERRORS[code], body: { __type: code, message } };
}

function parseBody(text: string): JsonObject {
  let body: Json;
  try {
    body = text === '' ? {} : (JSON.parse(text) as Json);
  } catch (error) {
    throw new ApiError('SerializationException', `Expected a JSON object as request, got: ${(error as Error).message}`);
  }
  if (isJsonObject(body)) return body;
  throw new ApiError(
    'SerializationException',
    `Expected a JSON object as request, got ${body === null ? 'null' : typeof body}`,
  );
}

/** What an ARN names belongs to the account in it. */
function authorize(
  { caller, operation, region }: { caller: Caller; operation: string; region: string },
  resource: string,
  scope: Scope,
  authorizer: Authorizer,
): void {
  const request = {
    principal: caller.principal,
    identityPolicies: caller.identityPolicies,
    action: `states:${operation}`,
    resource,
    resourceAccount: resource === '*' ? scope.accountId : (resource.split(':')[4] ?? ''),
    context: { 'aws:RequestedRegion': region, 'aws:SecureTransport': 'true' },
  };
  const decision = authorizer.authorize(request);
  if (decision.decision !== 'Allow') throw new ApiError('AccessDeniedException', deniedMessage(request, decision));
}
