import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { parseXml, type XmlElement } from '../src/s3/xml.ts';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

type Element =
  | 'AccessKey'
  | 'AccessKeyId'
  | 'AccessKeyMetadata'
  | 'Account'
  | 'Arn'
  | 'AssumedRoleId'
  | 'AssumedRoleUser'
  | 'AssumeRolePolicyDocument'
  | 'AttachedManagedPolicies'
  | 'AttachedPolicies'
  | 'Code'
  | 'Credentials'
  | 'Document'
  | 'Expiration'
  | 'GroupName'
  | 'Groups'
  | 'IsTruncated'
  | 'Marker'
  | 'Message'
  | 'PackedPolicySize'
  | 'Policy'
  | 'PolicyArn'
  | 'PolicyVersion'
  | 'Role'
  | 'SecretAccessKey'
  | 'SessionToken'
  | 'Tags'
  | 'User'
  | 'UserDetailList'
  | 'UserId'
  | 'UserName'
  | 'VersionId';

/** What an answer holds: a text, elements, or the members of a list, as the test expects it to. */
export type Answer = string & { readonly [Name in Element]: Answer };

export interface QueryAnswer {
  readonly status: number;
  /** The elements of the result, or `{Code, Message, Type}` of an error. */
  readonly result: Answer;
  readonly document: string;
}

const VERSIONS = { iam: '2010-05-08', sts: '2011-06-15' } as const;

/** Calls an operation of IAM or STS as the SDKs do: a signed form. */
export async function query(
  endpoint: string,
  keys: Keys,
  service: keyof typeof VERSIONS,
  operation: string,
  parameters: Readonly<Record<string, string | number>> = {},
): Promise<QueryAnswer> {
  const body = new URLSearchParams({ Action: operation, Version: VERSIONS[service] });
  for (const [name, value] of Object.entries(parameters)) body.append(name, String(value));
  const signer = new SignatureV4({ credentials: keys, region: 'us-east-1', service, sha256: Sha256 });
  const { host, hostname, port } = new URL(endpoint);
  const signed = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: '/',
    query: {},
    headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
  });
  const { host: _, ...headers } = signed.headers;
  const response = await fetch(endpoint, { method: 'POST', headers, body: body.toString() });
  return readAnswer(response, operation);
}

export async function readAnswer(response: Response, operation: string): Promise<QueryAnswer> {
  const document = await response.text();
  const root = parseXml(document);
  const wanted = response.ok ? `${operation}Result` : 'Error';
  const found = root.children.find(({ name }) => name === wanted);
  return { status: response.status, result: (found && answerOf(found)) as Answer, document };
}

function answerOf({ text, children }: XmlElement): unknown {
  if (children.length === 0) return text;
  if (children.every(({ name }) => name === 'member')) return children.map(answerOf);
  return Object.fromEntries(children.map((each) => [each.name, answerOf(each)]));
}

/** The members of a list. */
export function members(answer: Answer): readonly Answer[] {
  return Array.isArray(answer) ? answer : [];
}

/** SHA-256 for the signer. */
class Sha256 {
  readonly #secret: string | Uint8Array | undefined;
  readonly #chunks: Buffer[] = [];

  constructor(secret?: string | Uint8Array | ArrayBuffer | ArrayBufferView) {
    this.#secret = typeof secret === 'string' || secret instanceof Uint8Array ? secret : undefined;
  }

  update(data: string | Uint8Array): void {
    this.#chunks.push(Buffer.from(data));
  }

  async digest(): Promise<Uint8Array> {
    const data = Buffer.concat(this.#chunks);
    const hash = this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
    return hash.update(data).digest();
  }

  reset(): void {
    this.#chunks.length = 0;
  }
}
