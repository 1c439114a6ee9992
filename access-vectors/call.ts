import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getPresigned, postForm } from './signed.ts';
import type { Vector, VectorRequest } from './vector.ts';
import type { World } from './world.ts';

/** What the SDK's user sees. */
export interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly output?: object;
}

/** Sends the request of a vector with the official SDK; `undefined` when the SDK has no call for it. */
export function send(vector: Vector, world: World): Promise<Answer> | undefined {
  const { principal, request } = vector;
  if (principal.type === 'service' || request.operation.endsWith('(internal)')) return undefined;
  if (request.service === 'sts') return assumeRole(vector, world);
  if (request.via !== undefined) return undefined;
  const presigned = request.query?.['X-Amz-Algorithm'] !== undefined;
  if (presigned && world.credentials !== undefined) return getPresigned(world.url, world.credentials, request);
  const operation = Object.hasOwn(OPERATIONS, request.operation) ? OPERATIONS[request.operation] : undefined;
  return operation && callS3(vector, world, operation);
}

type Operation = (client: S3Client, request: VectorRequest, world: World) => Promise<object>;

/** Of each operation the parameters that the SDK wants; headers and query of the vector are added on the way. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  GetObject: (client, request) => client.send(new GetObjectCommand(target(request))),
  HeadObject: (client, request) => client.send(new HeadObjectCommand(target(request))),
  PutObject: (client, request) => client.send(new PutObjectCommand({ ...target(request), Body: 'body' })),
  DeleteObject: (client, request) => client.send(new DeleteObjectCommand(target(request))),
  CopyObject: (client, request) =>
    client.send(new CopyObjectCommand({ ...target(request), CopySource: request.headers?.['x-amz-copy-source'] })),
  CreateMultipartUpload: (client, request) => client.send(new CreateMultipartUploadCommand(target(request))),
  CompleteMultipartUpload: (client, request, { upload }) =>
    client.send(
      new CompleteMultipartUploadCommand({
        ...target(request),
        UploadId: upload?.uploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: upload?.etag }] },
      }),
    ),
  ListParts: (client, request, { upload }) =>
    client.send(new ListPartsCommand({ ...target(request), UploadId: upload?.uploadId })),
  ListObjectsV2: (client, { bucket, prefix }) =>
    client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix })),
  DeleteObjects: (client, { bucket, body }) =>
    client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: body as { Objects: { Key: string }[] } })),
  HeadBucket: (client, { bucket }) => client.send(new HeadBucketCommand({ Bucket: bucket })),
  ListBuckets: (client) => client.send(new ListBucketsCommand({})),
  CreateBucket: (client, { bucket, region }) =>
    client.send(
      new CreateBucketCommand({
        Bucket: bucket,
        ...(region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } }),
      }),
    ),
  GetBucketPolicy: (client, { bucket }) => client.send(new GetBucketPolicyCommand({ Bucket: bucket })),
  PutBucketPolicy: (client, { bucket, body }) =>
    client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(body) })),
  DeleteBucketPolicy: (client, { bucket }) => client.send(new DeleteBucketPolicyCommand({ Bucket: bucket })),
};

function target({ bucket, key }: VectorRequest): {
  readonly Bucket: string | undefined;
  readonly Key: string | undefined;
} {
  return { Bucket: bucket, Key: key };
}

interface HttpMessage {
  readonly headers: Record<string, string>;
  readonly query: Record<string, string>;
}

async function callS3({ request }: Vector, world: World, operation: Operation): Promise<Answer> {
  const client = new S3Client({
    endpoint: world.url,
    region: request.region,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: world.credentials ?? { accessKeyId: '', secretAccessKey: '' },
    ...(world.credentials === undefined && { signer: { sign: async (unsigned) => unsigned } }),
  });
  let headers: Record<string, string> = {};
  client.middlewareStack.add(
    (next) => (args) => {
      const message = args.request as HttpMessage;
      Object.assign(message.headers, request.headers);
      for (const [name, value] of Object.entries(request.query ?? {})) {
        message.query[name] = name === 'versionId' ? (world.versionIds.get(value) ?? value) : value;
      }
      return next(args);
    },
    { step: 'build', name: 'addVectorHeaders' },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      headers = (result.response as HttpMessage).headers;
      return result;
    },
    { step: 'deserialize', name: 'keepHeaders', priority: 'low' },
  );
  try {
    const output = await operation(client, request, world);
    return { status: statusOf(output), headers, output };
  } catch (error) {
    return refusal(error, headers);
  } finally {
    client.destroy();
  }
}

function statusOf(thing: object): number {
  const { $metadata } = thing as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return $metadata?.httpStatusCode ?? 0;
}

/** Anything but an answer of the service is a defect of this runner. */
function refusal(error: unknown, headers: Answer['headers']): Answer {
  if (!(error instanceof Error) || statusOf(error) === 0) throw error;
  return { status: statusOf(error), code: error.name, message: error.message, headers };
}

function assumeRole({ resource, request, context, principal }: Vector, { url, credentials }: World): Promise<Answer> {
  if (resource?.type !== 'role' || credentials === undefined) throw new Error('Expected a role to assume');
  const externalId = context['sts:ExternalId'];
  const duration = request.body?.DurationSeconds;
  return postForm(
    url,
    credentials,
    { service: 'sts', region: request.region },
    {
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: resource.arn,
      RoleSessionName: principal.sessionName ?? 'vector',
      ...(typeof externalId === 'string' && { ExternalId: externalId }),
      ...(typeof duration === 'number' && { DurationSeconds: String(duration) }),
    },
  );
}
