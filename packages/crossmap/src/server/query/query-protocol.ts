import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { IAM_ERRORS, IamError } from '../../accounts/identities/iam-error.ts';
import { element } from '../../s3/xml.ts';
import type { AuthenticationErrorCode } from '../sigv4.ts';
import { authenticateWhole, type WholeRequestOptions, wholeBody } from '../whole-body.ts';
import { Form } from './form.ts';
import type { QueryApi } from './query-api.ts';
import { xmlElements } from './xml.ts';

export interface QueryProtocolOptions extends WholeRequestOptions {
  readonly queryApis: readonly QueryApi[];
}

const LIMITS = {
  limit: 1_048_576,
  tooLarge: () => new IamError('RequestEntityTooLarge', 'The request is larger than 1 MB'),
  late: () => new IamError('RequestTimeout', 'The body of the request did not go on'),
};

/** What IAM and STS say of credentials that S3 has other words for. */
const AUTHENTICATION: Readonly<
  Record<AuthenticationErrorCode, readonly [code: keyof typeof IAM_ERRORS, text: string]>
> = {
  AccessDenied: ['IncompleteSignature', 'The request signature does not conform to AWS standards.'],
  AuthorizationHeaderMalformed: ['IncompleteSignature', 'The request signature does not conform to AWS standards.'],
  AuthorizationQueryParametersError: [
    'IncompleteSignature',
    'The request signature does not conform to AWS standards.',
  ],
  ExpiredToken: ['ExpiredToken', 'The security token included in the request is expired'],
  InvalidAccessKeyId: ['InvalidClientTokenId', 'The security token included in the request is invalid.'],
  InvalidArgument: ['IncompleteSignature', 'The request signature does not conform to AWS standards.'],
  InvalidRequest: ['IncompleteSignature', 'The request signature does not conform to AWS standards.'],
  InvalidToken: ['InvalidClientTokenId', 'The security token included in the request is invalid'],
  NotImplemented: ['NotImplemented', 'Signature Version 4A is not supported by Crossmap'],
  RequestTimeTooSkewed: ['SignatureDoesNotMatch', 'Signature expired or not yet current.'],
  SignatureDoesNotMatch: [
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  ],
};

/**
 * Answers one request of the query protocol: a form in the body, or in the query of a GET. Never rejects.
 * https://docs.aws.amazon.com/STS/latest/APIReference/CommonParameters.html
 */
export async function handleQuery(
  message: IncomingMessage,
  response: ServerResponse,
  options: QueryProtocolOptions,
): Promise<void> {
  const requestId = randomUUID();
  let status = 200;
  let document: string;
  try {
    document = await respond(message, response, options, requestId);
  } catch (error) {
    if (message.errored !== null || response.destroyed) return void response.destroy();
    if (!(error instanceof IamError)) options.onBug(error);
    const refusal =
      error instanceof IamError ? error : new IamError('InternalFailure', 'The request failed because of a bug.');
    status = IAM_ERRORS[refusal.code];
    document = errorDocument(refusal, status, requestId);
  }
  response.writeHead(status, {
    'content-type': 'text/xml',
    'content-length': Buffer.byteLength(document),
    'x-amzn-requestid': requestId,
    date: new Date(options.now()).toUTCString(),
  });
  response.end(document);
  message.resume();
}

async function respond(
  message: IncomingMessage,
  response: ServerResponse,
  options: QueryProtocolOptions,
  requestId: string,
): Promise<string> {
  const body = await wholeBody(message, response, { ...LIMITS, timeoutMs: options.bodyTimeoutMs });
  const { caller, session, region, service } = authenticated(message, body, options);
  const api = options.queryApis.find(({ signedFor }) => signedFor === service);
  if (api === undefined) {
    const here = options.queryApis.map(({ signedFor }) => signedFor).join(', ');
    throw new IamError(
      'NotImplemented',
      `The service ${service} is not supported by Crossmap; by this protocol: ${here}`,
    );
  }
  const query = message.url?.split('?', 2)[1] ?? '';
  const values = new URLSearchParams(message.method === 'POST' ? body.toString('utf8') : query);
  const operation = values.get('Action') ?? '';
  if (operation === '') throw new IamError('MissingAction', 'The request must contain the parameter Action.');
  const version = values.get('Version');
  if (version !== null && version !== api.version) {
    throw new IamError('InvalidAction', `Could not find operation ${operation} for version ${version}`);
  }
  if (!api.has(operation)) throw new IamError('NotImplemented', `${operation} is not supported by Crossmap`);
  const result = api.answer({ operation, form: new Form(values), caller, session, region }, options.authorizer);
  const metadata = `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
  const content = result === undefined ? '' : `<${operation}Result>${xmlElements(result)}</${operation}Result>`;
  return `<${operation}Response xmlns="${api.namespace}">${content}${metadata}</${operation}Response>`;
}

function authenticated(message: IncomingMessage, body: Buffer, options: QueryProtocolOptions) {
  const authentication = authenticateWhole(message, body, options);
  switch (authentication.kind) {
    case 'anonymous':
      throw new IamError('MissingAuthenticationToken', 'Request is missing Authentication Token');
    case 'refused':
      throw new IamError(...AUTHENTICATION[authentication.code]);
    case 'authenticated':
      return authentication;
  }
}

function errorDocument({ code, message }: IamError, status: number, requestId: string): string {
  const type = element('Type', status < 500 ? 'Sender' : 'Receiver');
  const error = `<Error>${type}${element('Code', code)}${element('Message', message)}</Error>`;
  return `<ErrorResponse>${error}${element('RequestId', requestId)}</ErrorResponse>`;
}
