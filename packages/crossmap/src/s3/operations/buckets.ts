import { type Bucket, bucketArn, canonicalUserId, isBucketName } from '../bucket.ts';
import type { BucketSettings } from '../bucket-settings.ts';
import { callerAccount } from '../caller-account.ts';
import { isoDate, wholeSeconds } from '../dates.ts';
import { notImplemented, S3Error } from '../errors.ts';
import type { BucketInput, OperationInput } from '../operation.ts';
import type { S3Request, S3Response } from '../request.ts';
import { element } from '../xml.ts';
import { NO_CONTENT, receiveOptionalXml, texts, xmlResponse } from '../xml-response.ts';
import { invalidArgument } from './list-elements.ts';
import { OBJECT_OWNERSHIPS } from './ownership-controls.ts';

const DEFAULT_REGION = 'us-east-1';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export async function createBucket(input: OperationInput): Promise<S3Response> {
  const { request, store, now, authorize } = input;
  const name = request.bucket!;
  if (!isBucketName(name)) throw new S3Error('InvalidBucketName', { elements: { BucketName: name } });
  authorize('s3:CreateBucket', bucketArn(name));
  const settings = newSettings(input);
  const region = request.region ?? DEFAULT_REGION;
  checkConstraint(await locationConstraint(request), region);
  const creationDate = wholeSeconds(now());
  const bucket: Bucket = { name, accountId: callerAccount(request), region, creationDate, settings };
  const existing = await store.buckets.create(bucket);
  if (existing !== undefined) refuseExisting(existing, bucket);
  return { status: 200, headers: { location: `/${name}` } };
}

/** With another ownership than the default the caller must be allowed to put ownership controls, with a list an ACL. */
function newSettings({ request, authorize, newBucketSettings }: OperationInput): BucketSettings {
  const { headers } = request;
  if ((headers['x-amz-bucket-object-lock-enabled'] ?? 'false').toLowerCase() !== 'false') {
    throw notImplemented('x-amz-bucket-object-lock-enabled: true', { Header: 'x-amz-bucket-object-lock-enabled' });
  }
  const named = headers['x-amz-object-ownership'];
  if (named !== undefined) authorize('s3:PutBucketOwnershipControls', bucketArn(request.bucket!));
  const objectOwnership = OBJECT_OWNERSHIPS.find((one) => one === (named ?? newBucketSettings.objectOwnership));
  if (named !== undefined && objectOwnership === undefined) {
    throw new S3Error('InvalidArgument', {
      message: `Invalid x-amz-object-ownership header: ${named}`,
      elements: { ArgumentName: 'x-amz-object-ownership', ArgumentValue: named },
    });
  }
  checkNewAcl(headers['x-amz-acl'], objectOwnership);
  return { ...newBucketSettings, ...(objectOwnership !== undefined && { objectOwnership }) };
}

/** `private` is what a bucket has anyway. */
function checkNewAcl(acl: string | undefined, ownership: BucketSettings['objectOwnership']): void {
  if (acl === undefined || acl === 'private') return;
  if (ownership === 'BucketOwnerEnforced') throw new S3Error('InvalidBucketAclWithObjectOwnership');
  throw notImplemented(`x-amz-acl: ${acl}`, { Header: 'x-amz-acl' });
}

/** In us-east-1 alone it is no error to create what one has. */
function refuseExisting(existing: Bucket, wanted: Bucket): void {
  const elements = { BucketName: wanted.name };
  if (existing.accountId !== wanted.accountId) throw new S3Error('BucketAlreadyExists', { elements });
  if (existing.region === DEFAULT_REGION && wanted.region === DEFAULT_REGION) return;
  throw new S3Error('BucketAlreadyOwnedByYou', { elements });
}

/** `EU` is the old name of eu-west-1. */
function checkConstraint(constraint: string | undefined, region: string): void {
  if (constraint === DEFAULT_REGION || (constraint !== undefined && !/^(EU|[a-z]{2}(-[a-z]+)+-\d)$/.test(constraint))) {
    throw new S3Error('InvalidLocationConstraint', { elements: { LocationConstraint: constraint } });
  }
  if ((constraint === 'EU' ? 'eu-west-1' : (constraint ?? DEFAULT_REGION)) === region) return;
  throw new S3Error('IllegalLocationConstraintException', {
    message: `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  });
}

async function locationConstraint(request: S3Request): Promise<string | undefined> {
  const configuration = await receiveOptionalXml(request, 'CreateBucketConfiguration');
  if (configuration === undefined) return undefined;
  const other = configuration.children.find(({ name }) => name !== 'LocationConstraint');
  if (other !== undefined) throw notImplemented(`${other.name} of CreateBucketConfiguration`);
  const constraint = texts(configuration, ['LocationConstraint']).LocationConstraint;
  return constraint === '' ? undefined : constraint;
}

export async function headBucket({ bucket }: BucketInput): Promise<S3Response> {
  return { status: 200, headers: { 'x-amz-bucket-region': bucket.region, 'x-amz-access-point-alias': 'false' } };
}

export async function deleteBucket({ bucket, store }: BucketInput): Promise<S3Response> {
  await store.deleteBucket(bucket.name);
  return NO_CONTENT;
}

/** us-east-1 is shown as nothing. */
export async function getBucketLocation({ bucket }: BucketInput): Promise<S3Response> {
  return xmlResponse('LocationConstraint', bucket.region === DEFAULT_REGION ? '' : bucket.region);
}

const MOST_BUCKETS = 10_000;

/**
 * The buckets of the caller's account by name, in every Region; never those of others.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
 */
export async function listBuckets({ request, store, authorize }: OperationInput): Promise<S3Response> {
  authorize('s3:ListAllMyBuckets', '*');
  const accountId = callerAccount(request);
  const { prefix, 'bucket-region': region, 'max-buckets': max, 'continuation-token': token } = request.query;
  const most = mostBuckets(max);
  const after = token === undefined ? '' : lastName(token);
  const found = store.buckets.ofAccount(accountId).filter(({ name, ...bucket }) => {
    return name > after && name.startsWith(prefix ?? '') && (region ?? bucket.region) === bucket.region;
  });
  const page = found.slice(0, most);
  const buckets = page.map(({ name, creationDate, region }) => {
    const content =
      element('Name', name) + element('CreationDate', isoDate(creationDate)) + element('BucketRegion', region);
    return `<Bucket>${content}</Bucket>`;
  });
  const next = found.length > page.length ? Buffer.from(page.at(-1)!.name).toString('base64') : undefined;
  return xmlResponse(
    'ListAllMyBucketsResult',
    [
      `<Owner>${element('ID', canonicalUserId(accountId))}</Owner>`,
      `<Buckets>${buckets.join('')}</Buckets>`,
      element('ContinuationToken', next),
      element('Prefix', prefix),
    ].join(''),
  );
}

function mostBuckets(text: string | undefined): number {
  if (text === undefined) return MOST_BUCKETS;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= MOST_BUCKETS) return number;
  throw invalidArgument('max-buckets', text, `Argument max-buckets must be an integer between 1 and ${MOST_BUCKETS}`);
}

function lastName(token: string): string {
  const name = Buffer.from(token, 'base64').toString();
  if (isBucketName(name)) return name;
  throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
}
