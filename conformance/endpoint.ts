import { createHash, createHmac } from 'node:crypto';
import { exception } from './exception.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Where requests go, and as whom. */
export interface Endpoint {
  readonly url: string;
  /** An administrator of the account. */
  credentials(accountId: string): Credentials;
}

/** What a call gave, as the AWS SDK for Python shows it. */
export type Answer =
  | { readonly kind: 'response'; readonly response: JsonObject }
  | { readonly kind: 'error'; readonly error: JsonObject };

export const REGION = 'us-east-1';

/** Service → its name in signatures, the prefix of X-Amz-Target, the version of AWS JSON. */
const JSON_SERVICES: Readonly<Record<string, readonly [signedFor: string, target: string, version: '1.0' | '1.1']>> = {
  stepfunctions: ['states', 'AWSStepFunctions', '1.0'],
  sqs: ['sqs', 'AmazonSQS', '1.0'],
  dynamodb: ['dynamodb', 'DynamoDB_20120810', '1.0'],
  events: ['events', 'AWSEvents', '1.1'],
  logs: ['logs', 'Logs_20140328', '1.1'],
};

/** Sends one call of a service that speaks AWS JSON. Nothing is repeated. Rejects when there is no answer. */
export async function callJson(
  { url, credentials }: Endpoint,
  call: { readonly service: string; readonly action: string; readonly params: JsonObject; readonly account: string },
): Promise<Answer> {
  const service = JSON_SERVICES[call.service];
  if (service === undefined) throw new Error(`Calls of ${call.service} are not supported by this runner`);
  const [signedFor, target, version] = service;
  const { status, text } = await send({ url, credentials }, call.account, signedFor, {
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${call.action}` },
    body: JSON.stringify(call.params),
  });
  const parsed = text === '' ? {} : (JSON.parse(text) as Json);
  const members = isObject(parsed) ? parsed : {};
  if (status < 300) {
    const ResponseMetadata = { HTTPHeaders: {}, HTTPStatusCode: status };
    return { kind: 'response', response: { ...members, ResponseMetadata } };
  }
  const code = typeof members.__type === 'string' ? members.__type.replace(/^.*#/, '').replace(/:.*$/, '') : 'Unknown';
  return { kind: 'error', error: exception(status, code, members) };
}

export interface Request {
  /** @default POST */
  readonly method?: string;
  /** @default / */
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one request as an administrator of the account, signed with Signature Version 4 for the service. */
export async function send(
  { url, credentials }: Endpoint,
  account: string,
  service: string,
  { method = 'POST', path = '/', headers: given, body }: Request,
): Promise<{ readonly status: number; readonly text: string }> {
  const { accessKeyId, secretAccessKey } = credentials(account);
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${date.slice(0, 8)}/${REGION}/${service}/aws4_request`;
  const headers: Record<string, string> = { ...given, host: new URL(url).host, 'x-amz-date': date };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = [method, path, '', lines, names.join(';'), sha256(body)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((secret, text) => hmac(secret, text), `AWS4${secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString('hex');
  const signedHeaders = names.join(';');
  const { host: _host, ...sent } = headers;
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  const answered = await fetch(new URL(path, url), {
    method,
    headers: { ...sent, authorization },
    ...(method === 'POST' && { body }),
  });
  return { status: answered.status, text: await answered.text() };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
