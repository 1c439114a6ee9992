import type { Context } from '../iam/context.ts';
import { REACHED_OVER_TLS, type S3Request } from './request.ts';

/** Headers that are condition keys, each `s3:` and its name, when they are sent. */
const HEADER_KEYS = [
  'if-match',
  'if-none-match',
  'x-amz-acl',
  'x-amz-content-sha256',
  'x-amz-copy-source',
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write',
  'x-amz-grant-write-acp',
  'x-amz-metadata-directive',
  'x-amz-object-ownership',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
];

/** Query parameters of listings that are condition keys. */
const LISTING_KEYS = ['prefix', 'delimiter', 'max-keys'];

/**
 * The condition keys that follow from what a request says and how it came; those of its principal and resource are the
 * authorizer's to add. `now` is epoch ms.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export function requestContext(request: S3Request, region: string, now: number): Context {
  const { headers, query, signature, network = REACHED_OVER_TLS } = request;
  const context: Record<string, string | readonly string[]> = {
    'aws:SecureTransport': String(network.secureTransport),
    'aws:RequestedRegion': region,
  };
  const add = (key: string, value: string | readonly string[] | undefined) => {
    if (value !== undefined) context[key] = value;
  };
  // AWS's endpoints for TLS choose its latest version.
  if (network.secureTransport) add('s3:TlsVersion', '1.3');
  add('aws:SourceIp', network.vpcEndpoint === undefined ? network.sourceIp : undefined);
  add('aws:VpcSourceIp', network.vpcEndpoint === undefined ? undefined : network.sourceIp);
  add('aws:SourceVpce', network.vpcEndpoint?.vpcEndpointId);
  add('aws:SourceVpc', network.vpcEndpoint?.vpcId);
  add('aws:UserAgent', headers['user-agent']);
  add('aws:Referer', headers.referer);
  if (request.caller.principal.kind !== 'anonymous') {
    add('s3:authType', signature?.type ?? 'REST-HEADER');
    add('s3:signatureversion', 'AWS4-HMAC-SHA256');
    if (signature !== undefined) add('s3:signatureAge', String(Math.max(now - signature.time, 0)));
  }
  for (const name of HEADER_KEYS) add(`s3:${name}`, headers[name]);
  add('s3:VersionId', query.versionId);
  if (request.key === undefined) for (const name of LISTING_KEYS) add(`s3:${name}`, query[name]);
  else Object.assign(context, requestedTags(headers['x-amz-tagging']));
  return context;
}

/** The tags that a request to write an object gives it, in the form of a query string. */
function requestedTags(tagging: string | undefined): Context {
  if (tagging === undefined) return {};
  const tags = [...new URLSearchParams(tagging)];
  return {
    ...Object.fromEntries(tags.map(([key, value]) => [`s3:RequestObjectTag/${key}`, value])),
    's3:RequestObjectTagKeys': tags.map(([key]) => key),
  };
}
