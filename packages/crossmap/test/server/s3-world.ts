import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { Context } from '../../src/iam/context.ts';
import { type AuthorizationRequest, type Authorizer, type Caller, evaluate } from '../../src/iam/evaluate.ts';
import { type Policy, parsePolicy } from '../../src/iam/policy.ts';
import { principalAccount } from '../../src/iam/principal.ts';
import type { BlobStore } from '../../src/s3/blob-store.ts';
import { EmbeddedS3, type EmbeddedS3Options } from '../../src/s3/embedded-s3.ts';
import { memoryBlobs } from '../../src/s3/memory-blobs.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import type { S3HttpOptions } from '../../src/server/s3.ts';
import { listen, type ServerOptions } from '../../src/server/server.ts';
import type { CredentialLookup } from '../../src/server/sigv4.ts';
import { openDatabase } from '../../src/sqlite/open.ts';

export const BUCKET_ACCOUNT = '111111111111';
export const WORKFLOW_ACCOUNT = '222222222222';

/** A principal of the test world. */
export interface Person {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly caller: Caller;
}

/** The root user of an account. */
export function root(accountId: string): Person {
  return {
    accessKeyId: `AKIAROOT${accountId}`,
    secretAccessKey: `secret-of-${accountId}`,
    caller: { principal: { kind: 'root', accountId, arn: `arn:aws:iam::${accountId}:root` }, identityPolicies: [] },
  };
}

/** A session of a role whose identity policy holds `statements`. */
export function session(accountId: string, roleName: string, statements: readonly object[]): Person {
  const roleArn = `arn:aws:iam::${accountId}:role/${roleName}`;
  const arn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/test`;
  return {
    accessKeyId: `ASIA${roleName.toUpperCase()}`,
    secretAccessKey: `secret-of-${roleName}`,
    sessionToken: `token/of+${roleName}==`,
    caller: {
      principal: { kind: 'role-session', accountId, arn, id: `AROA${roleName.toUpperCase()}`, roleArn },
      identityPolicies:
        statements.length === 0 ? [] : [{ name: `policy of ${roleName}`, policy: policyOf(statements) }],
    },
  };
}

function policyOf(statements: readonly object[]): Policy {
  return parsePolicy({ Version: '2012-10-17', Statement: statements }, 'identity');
}

export interface S3World {
  readonly s3: EmbeddedS3;
  readonly store: ObjectStore;
  readonly endpoint: string;
  readonly authorizations: AuthorizationRequest[];
  readonly bugs: unknown[];
  client(person: Person, config?: S3ClientConfig): S3Client;
  close(): Promise<void>;
}

/** An S3 over HTTP with its own people, in memory unless told where blobs and index go. */
export async function s3World(
  people: readonly Person[],
  options: {
    readonly database?: string;
    readonly blobs?: BlobStore;
    readonly now?: () => number;
    readonly minimumPartSize?: number;
  } & Pick<EmbeddedS3Options, 'newBucketSettings' | 'principalIds'> &
    Pick<S3HttpOptions, 'network' | 'bodyTimeoutMs'> &
    Pick<ServerOptions, 'headTimeoutMs'> = {},
): Promise<S3World> {
  const authorizations: AuthorizationRequest[] = [];
  const bugs: unknown[] = [];
  const clients: S3Client[] = [];
  const now = options.now ?? Date.now;
  const store = await ObjectStore.open(
    await openDatabase(options.database ?? ':memory:'),
    options.blobs ?? memoryBlobs(),
  );
  let ids = 0;
  const authorizer: Authorizer = {
    authorize: (request) => {
      authorizations.push(request);
      return evaluate({ ...request, context: { ...request.context, ...principalContext(request) } });
    },
  };
  const s3 = new EmbeddedS3({ ...options, store, authorizer, now, newId: () => `upload-${ids++}` });
  const lookup: CredentialLookup = (accessKeyId, sessionToken) => {
    const person = people.find((candidate) => candidate.accessKeyId === accessKeyId);
    if (person === undefined) return { kind: 'refused', code: 'InvalidAccessKeyId' };
    if (person.sessionToken !== sessionToken) return { kind: 'refused', code: 'InvalidToken' };
    return { kind: 'found', caller: person.caller, secretAccessKey: person.secretAccessKey };
  };
  const server = await listen(0, {
    ...options,
    apis: [],
    queryApis: [],
    s3,
    authorizer,
    lookup,
    now,
    onBug: (error) => bugs.push(error),
    localEndpoint: { denials: () => [], logs: () => [], logGroup: () => undefined },
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  return {
    s3,
    store,
    endpoint,
    authorizations,
    bugs,
    client: (person, config) => {
      const { accessKeyId, secretAccessKey, sessionToken } = person;
      const client = new S3Client({
        endpoint,
        region: 'eu-west-1',
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
        maxAttempts: 1,
        ...config,
      });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.destroy();
      await server.close();
      store.close();
    },
  };
}

/** The keys that the accounts would add for the principal, as far as S3 has conditions of its own on them. */
function principalContext({ principal }: AuthorizationRequest): Context {
  const accountId = principalAccount(principal);
  return {
    'aws:PrincipalIsAWSService': String(principal.kind === 'service'),
    ...(accountId !== undefined && { 'aws:PrincipalAccount': accountId }),
  };
}
