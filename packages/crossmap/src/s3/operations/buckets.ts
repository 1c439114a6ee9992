import { principalAccount } from '../../iam/principal.ts';
import { type Bucket, canonicalUserId, isBucketName } from '../bucket.ts';
import { isoDate, wholeSeconds } from '../dates.ts';
import { notImplemented, S3Error } from '../errors.ts';
import type { BucketInput, OperationInput } from '../operation.ts';
import { receiveText } from '../receive.ts';
import type { S3Request, S3Response } from '../request.ts';
import { child, element, parseXml, xmlDocument } from '../xml.ts';

const LARGEST_CONFIGURATION = 64 * 1024;
const DEFAULT_REGION = 'us-east-1';

/** The buckets of the caller's account, in every Region; never those of others. */
export async function listBuckets({ request, store, authorize }: OperationInput): Promise<S3Response> {
  authorize('s3:ListAllMyBuckets', '*');
  const accountId = accountOf(request);
  const buckets = store.buckets.ofAccount(accountId).map(({ name, creationDate, region }) => {
    const content =
      element('Name', name) + element('CreationDate', isoDate(creationDate)) + element('BucketRegion', region);
    return `<Bucket>${content}</Bucket>`;
  });
  const owner = `<Owner>${element('ID', canonicalUserId(accountId))}</Owner>`;
  return xmlResponse('ListAllMyBucketsResult', `${owner}<Buckets>${buckets.join('')}</Buckets>`);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export async function createBucket({ request, store, now, authorize }: OperationInput): Promise<S3Response> {
  const name = request.bucket!;
  if (!isBucketName(name)) throw new S3Error('InvalidBucketName', { elements: { BucketName: name } });
  authorize('s3:CreateBucket', `arn:aws:s3:::${name}`);
  const region = request.region ?? DEFAULT_REGION;
  checkConstraint(await locationConstraint(request), region);
  const creationDate = wholeSeconds(now());
  const bucket: Bucket = { name, accountId: accountOf(request), region, creationDate, settings: {} };
  const existing = await store.buckets.create(bucket);
  if (existing !== undefined) refuseExisting(existing, bucket);
  return { status: 200, headers: { location: `/${name}` } };
}

/** In us-east-1 alone it is no error to create what one has. */
function refuseExisting(existing: Bucket, wanted: Bucket): void {
  const elements = { BucketName: wanted.name };
  if (existing.accountId !== wanted.accountId) throw new S3Error('BucketAlreadyExists', { elements });
  if (existing.region === DEFAULT_REGION && wanted.region === DEFAULT_REGION) return;
  throw new S3Error('BucketAlreadyOwnedByYou', { elements });
}

function checkConstraint(constraint: string | undefined, region: string): void {
  if (constraint === DEFAULT_REGION) {
    throw new S3Error('InvalidLocationConstraint', { elements: { LocationConstraint: constraint } });
  }
  if ((constraint ?? DEFAULT_REGION) === region) return;
  throw new S3Error('IllegalLocationConstraintException', {
    message: `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  });
}

async function locationConstraint(request: S3Request): Promise<string | undefined> {
  const text = await receiveText(request, LARGEST_CONFIGURATION, () => new S3Error('MalformedXML'));
  if (text.trim() === '') return undefined;
  const configuration = parseXml(text);
  if (configuration.name !== 'CreateBucketConfiguration') throw new S3Error('MalformedXML');
  const other = configuration.children.find(({ name }) => name !== 'LocationConstraint');
  if (other !== undefined) throw notImplemented(`${other.name} of CreateBucketConfiguration`);
  const constraint = child(configuration, 'LocationConstraint')?.text.trim();
  return constraint === '' ? undefined : constraint;
}

export async function headBucket({ bucket }: BucketInput): Promise<S3Response> {
  return { status: 200, headers: { 'x-amz-bucket-region': bucket.region, 'x-amz-access-point-alias': 'false' } };
}

export async function deleteBucket({ bucket, store }: BucketInput): Promise<S3Response> {
  await store.deleteBucket(bucket.name);
  return { status: 204, headers: {} };
}

/** us-east-1 is shown as nothing. */
export async function getBucketLocation({ bucket }: BucketInput): Promise<S3Response> {
  return xmlResponse('LocationConstraint', bucket.region === DEFAULT_REGION ? '' : bucket.region);
}

/** Anonymous callers have no account to act in. */
function accountOf({ caller }: S3Request): string {
  const accountId = principalAccount(caller.principal);
  if (accountId === undefined) throw new S3Error('AccessDenied');
  return accountId;
}

function xmlResponse(root: string, content: string): S3Response {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: xmlDocument(root, content) };
}
