import { isJsonObject, type Json, type JsonObject } from '../../asl/json.ts';
import type { Authorizer, Caller } from '../../iam/evaluate.ts';
import { InvalidCursor } from '../../store/cursor.ts';
import { API_ERRORS, ApiError } from './errors.ts';
import type { OperationOf, Scope } from './operation.ts';
import { invalidToken } from './page-token.ts';
import { Parameters } from './parameters.ts';

/** A service that speaks AWS JSON. */
export interface JsonApi {
  /** What X-Amz-Target has before the name of the operation, with the dot. */
  readonly targetPrefix: string;
  /** The service in signatures and actions. */
  readonly signedFor: string;
  answer(request: ApiRequest, authorizer: Authorizer): Promise<ApiResponse>;
}

/** An authenticated request. */
export interface ApiRequest {
  readonly operation: string;
  readonly body: string;
  readonly caller: Caller;
  readonly region: string;
  /** Absent for a request from inside. */
  readonly sourceIp?: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly body: JsonObject;
}

export function jsonApi<Service>(
  { targetPrefix, signedFor }: Pick<JsonApi, 'targetPrefix' | 'signedFor'>,
  operations: ReadonlyMap<string, OperationOf<Service>>,
  service: Service,
): JsonApi {
  const on = (request: ApiRequest, authorizer: Authorizer) =>
    answer(request, { signedFor, operations, service }, authorizer);
  return { targetPrefix, signedFor, answer: on };
}

/** The answer to one request. A bug is thrown; everything else has its error code. */
async function answer<Service>(
  request: ApiRequest,
  api: {
    readonly signedFor: string;
    readonly operations: ReadonlyMap<string, OperationOf<Service>>;
    readonly service: Service;
  },
  authorizer: Authorizer,
): Promise<ApiResponse> {
  try {
    const operation = api.operations.get(request.operation);
    if (operation === undefined) {
      throw new ApiError('UnknownOperationException', `The operation ${request.operation} is not supported yet`);
    }
    const { principal } = request.caller;
    const scope: Scope = {
      accountId: principal.kind === 'anonymous' ? '' : principal.accountId,
      region: request.region,
    };
    const parameters = new Parameters(parseBody(request.body));
    const action = `${api.signedFor}:${request.operation}`;
    authorize(request, { action, resource: operation.resource(parameters, scope) }, scope, authorizer);
    return { status: 200, body: await operation.handle(parameters, api.service, scope) };
  } catch (error) {
    if (error instanceof ApiError) return errorResponse(error);
    if (error instanceof InvalidCursor) return errorResponse(invalidToken());
    throw error;
  }
}

export function errorResponse({ code, message, members }: ApiError): ApiResponse {
  return { status: API_ERRORS[code], body: { __type: code, message, ...members } };
}

export function parseBody(text: string): JsonObject {
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
  { caller, region, sourceIp }: ApiRequest,
  { action, resource }: { readonly action: string; readonly resource: string },
  scope: Scope,
  authorizer: Authorizer,
): void {
  const request = {
    ...caller,
    action,
    resource,
    resourceAccount: resource === '*' ? scope.accountId : (resource.split(':')[4] ?? ''),
    context: {
      'aws:RequestedRegion': region,
      'aws:SecureTransport': 'true',
      ...(sourceIp !== undefined && { 'aws:SourceIp': sourceIp }),
    },
  };
  const decision = authorizer.authorize(request);
  if (decision.decision !== 'Allow') throw new ApiError('AccessDeniedException', decision.message);
}
