import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CommitFailed } from '../store/commit.ts';
import type { AuthenticationErrorCode } from './sigv4.ts';
import { ApiError, type ApiErrorCode } from './step-functions/errors.ts';
import { type ApiResponse, errorResponse, type JsonApi } from './step-functions/protocol.ts';
import { authenticateWhole, type WholeRequestOptions, wholeBody } from './whole-body.ts';

export interface JsonProtocolOptions extends WholeRequestOptions {
  readonly apis: readonly JsonApi[];
}

/** A request of Step Functions is at most 1 MB (its quotas). */
const LIMITS = {
  limit: 1_048_576 * 2,
  tooLarge: () => new ApiError('SerializationException', 'The request is larger than 2 MB'),
  late: () => new ApiError('SerializationException', 'The body of the request did not go on'),
};

/** The codes of AWS JSON services for what S3 calls otherwise. */
const AUTHENTICATION_CODES: Readonly<Partial<Record<AuthenticationErrorCode, ApiErrorCode>>> = {
  InvalidAccessKeyId: 'UnrecognizedClientException',
  InvalidToken: 'UnrecognizedClientException',
  ExpiredToken: 'ExpiredTokenException',
};

/** Answers one request of AWS JSON, in the version it came in, whose X-Amz-Target is `target`. Never rejects. */
export async function handleJson(
  target: string,
  message: IncomingMessage,
  response: ServerResponse,
  options: JsonProtocolOptions,
): Promise<void> {
  let result: ApiResponse;
  try {
    result = await respond(target, message, response, options);
  } catch (error) {
    if (error instanceof ApiError) result = errorResponse(error);
    else if (error instanceof CommitFailed) result = errorResponse(new ApiError('InternalFailure', error.message));
    else {
      options.onBug(error);
      result = { status: 500, body: { __type: 'InternalFailure', message: 'The request failed because of a bug.' } };
    }
  }
  const body = JSON.stringify(result.body);
  response.writeHead(result.status, {
    'content-type': message.headers['content-type'] ?? 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
  message.resume();
}

async function respond(
  target: string,
  message: IncomingMessage,
  response: ServerResponse,
  options: JsonProtocolOptions,
): Promise<ApiResponse> {
  const body = await wholeBody(message, response, { ...LIMITS, timeoutMs: options.bodyTimeoutMs });
  const api = options.apis.find(({ targetPrefix }) => target.startsWith(targetPrefix));
  if (api === undefined) {
    throw new ApiError(
      'UnknownOperationException',
      `Expected a target of Step Functions, CloudWatch Logs, KMS or S3, got ${target}: not supported`,
    );
  }
  const { caller, region } = authenticated(message, body, options, api.signedFor);
  const operation = target.slice(api.targetPrefix.length);
  const sourceIp = message.socket.remoteAddress?.replace(/^::ffff:/, '');
  const request = {
    operation,
    body: body.toString('utf8'),
    caller,
    region,
    ...(sourceIp !== undefined && { sourceIp }),
  };
  return api.answer(request, options.authorizer);
}

function authenticated(message: IncomingMessage, body: Buffer, options: JsonProtocolOptions, service: string) {
  const authentication = authenticateWhole(message, body, options);
  switch (authentication.kind) {
    case 'anonymous':
      throw new ApiError('MissingAuthenticationTokenException', 'Missing Authentication Token');
    case 'refused': {
      const { code, message: text } = authentication;
      const apiCode = AUTHENTICATION_CODES[code] ?? 'InvalidSignatureException';
      throw new ApiError(apiCode, text ?? `The security token or signature of the request is not valid (${code}).`);
    }
    case 'authenticated':
      if (authentication.service === service) return authentication;
      throw new ApiError(
        'InvalidSignatureException',
        `Credential should be scoped to correct service: '${service}', got '${authentication.service}'.`,
      );
  }
}
