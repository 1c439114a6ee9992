import {
  CreateMultipartUploadCommand,
  type ObjectCannedACL,
  PutBucketOwnershipControlsCommand,
  PutBucketRequestPaymentCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { accountsFile, type Cloud, loadAccounts, type Network, openCloud, parsePolicy } from './crossmap.ts';
import {
  accountsOf,
  type Credentials,
  declared,
  keyId,
  rootCredentials,
  userCredentials,
} from './declared-accounts.ts';
import { organizationOf } from './organization.ts';
import type { Vector, VectorResource } from './vector.ts';

/** The accounts of a vector, running, with everything in place that the request finds. */
export interface World {
  readonly url: string;
  /** Of the caller; `undefined` for an anonymous one. */
  readonly credentials: Credentials | undefined;
  readonly rootCredentials: (account: string) => Credentials;
  /** What the vector's names for versions stand for. */
  readonly versionIds: ReadonlyMap<string, string>;
  /** A multipart upload of the owner, with one part, for the requests that go on with one. */
  readonly upload: { readonly uploadId: string; readonly etag: string } | undefined;
  close(): Promise<void>;
}

type Bucket = Extract<VectorResource, { type: 'bucket' }>;

const GOES_ON = ['CompleteMultipartUpload', 'ListParts', 'UploadPart', 'AbortMultipartUpload'];

/**
 * Builds the world of a vector: identities and keys from an accounts file, buckets and objects by the API as the owner's
 * root user, then the policies that would already bind it.
 */
export async function buildWorld(vector: Vector): Promise<World> {
  let network: Network | undefined;
  const cloud = await openCloud({ data: undefined, environments: 1, onLog: () => {} }, { network: () => network });
  try {
    const accounts = accountsOf(vector);
    await loadAccounts(accountsFile.read({ accounts: accounts.map((id) => declared(vector, id)) }, ''), cloud);
    const { port } = await cloud.listen(0);
    const url = `http://127.0.0.1:${port}`;
    const staged = await stage(vector, cloud, url);
    await attachPolicies(vector, cloud);
    const organization = organizationOf(vector);
    if (organization !== undefined) cloud.accounts.join(organization);
    network = networkOf(vector);
    return {
      ...staged,
      url,
      rootCredentials,
      credentials: credentialsOf(vector, cloud),
      close: cloud.close,
    };
  } catch (error) {
    await cloud.close();
    throw error;
  }
}

/** Buckets and objects, made by the owners' root users as long as nothing forbids it. */
async function stage(vector: Vector, cloud: Cloud, url: string): Promise<Pick<World, 'versionIds' | 'upload'>> {
  const versionIds = new Map<string, string>();
  const { resource, sourceBucket, request } = vector;
  let upload: World['upload'];
  if (sourceBucket !== undefined) {
    const { bucket, account } = sourceBucket;
    await makeBucket(cloud, { name: bucket, accountId: account, region: request.region });
    const source = decodeURIComponent(request.headers?.['x-amz-copy-source'] ?? '').replace(/^\//, '');
    const key = source.slice(source.indexOf('/') + 1);
    await asRoot(url, account, request.region, (client) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'source' })),
    );
  }
  if (resource?.type === 'bucket' && resource.exists) {
    const { bucket, account, region, object } = resource;
    await makeBucket(cloud, { name: bucket, accountId: account, region });
    await asRoot(url, account, region, async (client) => {
      await configure(client, resource);
      if (object?.exists) {
        const owner = object.ownerAccount ?? account;
        if (owner === account) await putObject(client, resource, vector, versionIds);
        else await putForeignObject(cloud, url, resource, vector, versionIds);
      }
      if (GOES_ON.includes(request.operation)) upload = await beginUpload(client, vector);
      if (vector.publicAccessBlock !== undefined) {
        const PublicAccessBlockConfiguration = vector.publicAccessBlock;
        await client.send(new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration }));
      }
    });
  }
  return { versionIds, upload };
}

function makeBucket(
  cloud: Cloud,
  bucket: { readonly name: string; readonly accountId: string; readonly region: string },
) {
  return cloud.s3.provisionBucket(bucket);
}

async function asRoot<T>(
  url: string,
  account: string,
  region: string,
  work: (client: S3Client) => Promise<T>,
): Promise<T> {
  const client = new S3Client({ endpoint: url, region, forcePathStyle: true, credentials: rootCredentials(account) });
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

async function configure(client: S3Client, resource: Bucket): Promise<void> {
  const { bucket: Bucket, objectOwnership, versioning, requesterPays } = resource;
  if (objectOwnership !== undefined) {
    const OwnershipControls = { Rules: [{ ObjectOwnership: objectOwnership }] };
    await client.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
  }
  if (versioning !== undefined && versioning !== 'Disabled') {
    const VersioningConfiguration = { Status: versioning };
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
  if (requesterPays) {
    const RequestPaymentConfiguration = { Payer: 'Requester' } as const;
    await client.send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration }));
  }
}

async function putObject(
  client: S3Client,
  { bucket: Bucket, region, account, object }: Bucket,
  { kmsKey }: Vector,
  versionIds: Map<string, string>,
): Promise<void> {
  if (object === undefined) return;
  const { encryption, tags, key: Key, versionId, acl, ownerAccount = account } = object;
  const managed = kmsKey?.keyManager === 'AWS';
  const { VersionId } = await client.send(
    new PutObjectCommand({
      Bucket,
      Key,
      Body: 'content',
      ...(acl !== undefined && ownerAccount !== account && { ACL: acl as ObjectCannedACL }),
      ...(tags && { Tagging: new URLSearchParams(tags).toString() }),
      ...(encryption?.type === 'aws:kms' &&
        kmsKey?.region === region && {
          ServerSideEncryption: 'aws:kms',
          ...(!managed && { SSEKMSKeyId: encryption.kmsKeyArn }),
          ...(encryption.bucketKey !== undefined && { BucketKeyEnabled: encryption.bucketKey }),
        }),
    }),
  );
  if (versionId !== undefined && VersionId !== undefined) versionIds.set(versionId, VersionId);
}

/** Written by another account, which the bucket policy lets in for that long. */
async function putForeignObject(
  cloud: Cloud,
  url: string,
  resource: Bucket,
  vector: Vector,
  versionIds: Map<string, string>,
): Promise<void> {
  const { bucket, region, object } = resource;
  const writer = object?.ownerAccount ?? '';
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: writer },
    Action: ['s3:PutObject', 's3:PutObjectAcl'],
    Resource: `arn:aws:s3:::${bucket}/*`,
  };
  await cloud.s3.provisionPolicy(bucket, JSON.stringify({ Version: '2012-10-17', Statement: statement }));
  await asRoot(url, writer, region, (client) => putObject(client, resource, vector, versionIds));
  await cloud.s3.provisionPolicy(bucket, undefined);
}

async function beginUpload(client: S3Client, { resource, request, kmsKey }: Vector): Promise<World['upload']> {
  const encrypted = resource?.type === 'bucket' && resource.object?.encryption?.type === 'aws:kms';
  const target = { Bucket: request.bucket, Key: request.key };
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      ...target,
      ...(encrypted && kmsKey && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKey.arn }),
    }),
  );
  const part = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'part' }));
  return { uploadId: UploadId ?? '', etag: part.ETag ?? '' };
}

/** What S3 and KMS would refuse is not attached, as it could not be on AWS. */
async function attachPolicies(vector: Vector, cloud: Cloud): Promise<void> {
  const { resource, bucketPolicy, sourceBucket, kmsKey } = vector;
  const attach = async (bucket: string, policy: object | null | undefined) => {
    if (!policy) return;
    try {
      await cloud.s3.provisionPolicy(bucket, JSON.stringify(policy));
    } catch (error) {
      if (!(error instanceof Error && error.name === 'S3Error')) throw error;
    }
  };
  if (resource?.type === 'bucket' && resource.exists) await attach(resource.bucket, bucketPolicy);
  if (sourceBucket !== undefined) await attach(sourceBucket.bucket, sourceBucket.bucketPolicy);
  if (kmsKey?.keyManager === 'CUSTOMER') {
    const { account: accountId, region, arn, keyPolicy } = kmsKey;
    await cloud.kms.provisionKey({ accountId, region, keyId: keyId(arn), policy: JSON.stringify(keyPolicy) });
  }
}

function credentialsOf({ principal, sessionPolicy }: Vector, cloud: Cloud): Credentials | undefined {
  switch (principal.type) {
    case 'anonymous':
    case 'service':
      return undefined;
    case 'root':
      return rootCredentials(principal.account ?? '');
    case 'iam-user':
      return userCredentials(principal.arn ?? '');
    case 'role-session': {
      const { roleArn = '', sessionName = '' } = principal;
      const role = cloud.accounts.role(roleArn);
      if (role === undefined) throw new Error(`The role ${roleArn} is not there`);
      const expiration = Date.now() + 3_600_000;
      const policy = sessionPolicy === undefined ? {} : { policy: JSON.stringify(sessionPolicy) };
      const session = { kind: 'role', roleArn, roleId: role.roleId, sessionName, expiration, ...policy } as const;
      const { accessKeyId, secretAccessKey, sessionToken } = cloud.accounts.issue(session);
      return { accessKeyId, secretAccessKey, sessionToken };
    }
  }
}

/** The way that the request takes: what a client on this machine cannot choose. */
function networkOf({ context, vpcEndpointPolicy }: Vector): Network {
  const text = (key: string) => (typeof context[key] === 'string' ? context[key] : undefined);
  const sourceIp = text('aws:SourceIp') ?? text('aws:VpcSourceIp');
  const vpcEndpointId = text('aws:SourceVpce') ?? (vpcEndpointPolicy && 'vpce-0aaa0000');
  const policy = vpcEndpointPolicy && {
    name: 'VPC endpoint policy',
    policy: parsePolicy(vpcEndpointPolicy, 'endpoint'),
  };
  return {
    ...(sourceIp !== undefined && { sourceIp }),
    secureTransport: text('aws:SecureTransport') !== 'false',
    ...(vpcEndpointId !== undefined && {
      vpcEndpoint: { vpcEndpointId, vpcId: text('aws:SourceVpc') ?? 'vpc-0aaa0000', ...(policy && { policy }) },
    }),
  };
}
