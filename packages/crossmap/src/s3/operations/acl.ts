import { type Bucket, canonicalUserId } from '../bucket.ts';
import { notImplemented, S3Error } from '../errors.ts';
import type { BucketInput } from '../operation.ts';
import { receiveText } from '../receive.ts';
import type { S3Request, S3Response } from '../request.ts';
import { child, element, parseXml, type XmlElement } from '../xml.ts';
import { DONE, xmlResponse } from '../xml-response.ts';

const LARGEST_ACL = 64 * 1024;

/** The owner has full control of the bucket, and nobody else is in its list. */
export async function getBucketAcl({ bucket }: BucketInput): Promise<S3Response> {
  return aclResponse([bucket.accountId]);
}

/**
 * Takes the list that every bucket has. Errors: `AccessControlListNotSupported` where lists are disabled, and
 * `NotImplemented` for grants to others.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
 */
export async function putBucketAcl({ request, bucket }: BucketInput): Promise<S3Response> {
  await receiveAcl(request, bucket);
  return DONE;
}

/** `accountIds`: the owner, then who else has full control. */
export function aclResponse(accountIds: readonly string[]): S3Response {
  const owner = `<Owner>${element('ID', canonicalUserId(accountIds[0]!))}</Owner>`;
  const grants = accountIds.map(
    (accountId) =>
      `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">` +
      `${element('ID', canonicalUserId(accountId))}</Grantee>${element('Permission', 'FULL_CONTROL')}</Grant>`,
  );
  return xmlResponse('AccessControlPolicy', `${owner}<AccessControlList>${grants.join('')}</AccessControlList>`);
}

/** Refuses every list in the body of a request but the one by which the bucket's owner has full control. */
export async function receiveAcl(request: S3Request, bucket: Bucket): Promise<void> {
  const text = await receiveText(request, LARGEST_ACL, () => new S3Error('MalformedACLError'));
  if (text.trim() === '') {
    if ('x-amz-acl' in request.headers) return;
    throw new S3Error('MissingSecurityHeader', { elements: { MissingHeaderName: 'x-amz-acl' } });
  }
  const document = parseXml(text);
  if (document.name !== 'AccessControlPolicy') throw new S3Error('MalformedACLError');
  const grants = child(document, 'AccessControlList')?.children ?? [];
  if (grants.length === 1 && isFullControl(grants[0]!, canonicalUserId(bucket.accountId))) return;
  if (bucket.settings.objectOwnership === 'BucketOwnerEnforced') throw new S3Error('AccessControlListNotSupported');
  throw notImplemented('An access control list with grants to others');
}

function isFullControl(grant: XmlElement, id: string): boolean {
  const grantee = child(grant, 'Grantee');
  return (
    grantee !== undefined && child(grantee, 'ID')?.text === id && child(grant, 'Permission')?.text === 'FULL_CONTROL'
  );
}
