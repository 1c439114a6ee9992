import { isDeepStrictEqual } from 'node:util';
import {
  type Bucket,
  ListBucketsCommand,
  type ListBucketsCommandOutput,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Answer, send } from './call.ts';
import { saysIt } from './evaluator-level.ts';
import type { Vector, Verdict } from './vector.ts';
import { buildWorld, type World } from './world.ts';

/** Builds the world of a vector, sends its request with the SDK and compares what comes back. */
export async function runAtServer(vector: Vector): Promise<Verdict> {
  if (vector.request.via !== undefined) {
    return { kind: 'skipped', reason: 'the SDK reaches no access point at an endpoint by IP address' };
  }
  if (vector.principal.type === 'service') return { kind: 'skipped', reason: 'a service sends it, no SDK' };
  const world = await buildWorld(vector);
  try {
    const sent = send(vector, world);
    if (sent === undefined) return { kind: 'skipped', reason: `no SDK has a call for ${vector.request.operation}` };
    const answer = await sent;
    const difference = compare(vector, answer) ?? (await compareResult(vector, answer, world));
    return difference === undefined ? { kind: 'passed' } : { kind: 'failed', reason: difference };
  } finally {
    await world.close();
  }
}

/** What differs, in words. */
function compare({ expect }: Vector, { status, code, message, headers }: Answer): string | undefined {
  const got = `got ${status} ${code ?? ''} ${message ?? ''}`;
  if (status !== expect.httpStatus) return `expected status ${expect.httpStatus}, ${got}`;
  if (expect.errorCode !== undefined && code !== expect.errorCode) return `expected code ${expect.errorCode}, ${got}`;
  if (expect.messageContains !== undefined && !saysIt(message ?? '', expect.messageContains)) {
    return `expected a message with \`${expect.messageContains}\`, ${got}`;
  }
  for (const [name, value] of Object.entries(expect.responseHeaders ?? {})) {
    if (headers[name] !== value) return `expected ${name}: ${value}, got ${headers[name] ?? 'no such header'}`;
  }
  return undefined;
}

/** Compares each part of the expected result; a part that nothing here can tell is a difference. */
async function compareResult({ expect, ...vector }: Vector & object, answer: Answer, world: World) {
  for (const [name, value] of Object.entries(expect.result ?? {})) {
    const found = await resultOf(name, { ...vector, expect }, answer, world);
    if (!isDeepStrictEqual(found, value))
      return `expected ${name} ${JSON.stringify(value)}, got ${JSON.stringify(found)}`;
  }
  return undefined;
}

async function resultOf(name: string, vector: Vector, { output }: Answer, world: World): Promise<unknown> {
  const { Deleted, Errors, Buckets } = output as {
    readonly Deleted?: readonly { readonly Key: string }[];
    readonly Errors?: readonly { readonly Key: string; readonly Code: string }[];
    readonly Buckets?: readonly Bucket[];
  };
  switch (name) {
    case 'Deleted':
      return Deleted?.map(({ Key }) => Key);
    case 'Errors':
      return Errors?.map(({ Key, Code }) => ({ Key, Code }));
    case 'bucketsOfAccount':
      return ownerOf(Buckets ?? [], vector, world);
    case 'objectOwner':
      return objectOwner(vector, world);
    default:
      return undefined;
  }
}

/** The account all of whose buckets these are: what its root user sees in any Region. */
async function ownerOf(buckets: readonly Bucket[], { accounts }: Vector, world: World): Promise<string | undefined> {
  const account = accounts.caller ?? '';
  const client = clientOf(world, account, 'us-east-1');
  try {
    const own: ListBucketsCommandOutput = await client.send(new ListBucketsCommand({}));
    const names = (list: readonly Bucket[] = []) => list.map(({ Name }) => Name);
    return isDeepStrictEqual(names(buckets), names(own.Buckets)) ? account : undefined;
  } finally {
    client.destroy();
  }
}

/** Who owns the object that was written, as a listing shows it. */
async function objectOwner({ resource, request, accounts }: Vector, world: World): Promise<string | undefined> {
  if (resource?.type !== 'bucket') return undefined;
  const ask = async <T>(account: string, question: (client: S3Client) => Promise<T>) => {
    const client = clientOf(world, account, resource.region);
    try {
      return await question(client);
    } finally {
      client.destroy();
    }
  };
  const listing = new ListObjectsV2Command({ Bucket: request.bucket, Prefix: request.key, FetchOwner: true });
  const { Contents = [] } = await ask(resource.account, (client) => client.send(listing));
  const owner = Contents.find(({ Key }) => Key === request.key)?.Owner?.ID;
  for (const account of [accounts.caller ?? '', resource.account]) {
    const { Owner } = await ask(account, (client) => client.send(new ListBucketsCommand({})));
    if (owner !== undefined && Owner?.ID === owner) return account;
  }
  return undefined;
}

function clientOf({ url, rootCredentials }: World, account: string, region: string): S3Client {
  return new S3Client({ endpoint: url, region, forcePathStyle: true, credentials: rootCredentials(account) });
}
