/** The bucket to be listed, as far as requests name it. */
export interface BucketPlace {
  readonly bucket: string;
  readonly region: string;
  /** Where requests go if not to AWS; they are path-style there. */
  readonly endpoint?: string | undefined;
}

export interface Endpoint {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number | undefined;
  /** As the `Host` header names it. */
  readonly host: string;
  readonly path: string;
  /** What signatures are for: `s3`, or `s3express` in a directory bucket. */
  readonly service: 's3' | 's3express';
}

const DIRECTORY_BUCKET = /--([a-z0-9-]+-az\d+)--x-s3$/;

/** A directory bucket lists in no order, and knows no StartAfter. */
export function isDirectoryBucket(bucket: string): boolean {
  return DIRECTORY_BUCKET.test(bucket);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html; buckets with dots have no certificate of their own. */
export function endpointOf({ bucket, region, endpoint }: BucketPlace): Endpoint {
  if (endpoint !== undefined) {
    const { protocol, hostname, port, host, pathname } = new URL(endpoint);
    const path = `${pathname.replace(/\/$/, '')}/${bucket}`;
    return {
      secure: protocol === 'https:',
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? undefined : Number(port),
      host,
      path,
      service: 's3',
    };
  }
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const zone = DIRECTORY_BUCKET.exec(bucket)?.[1];
  if (zone !== undefined) return aws(`${bucket}.s3express-${zone}.${region}.${domain}`, '/', 's3express');
  if (bucket.includes('.')) return aws(`s3.${region}.${domain}`, `/${bucket}`, 's3');
  return aws(`${bucket}.s3.${region}.${domain}`, '/', 's3');
}

function aws(host: string, path: string, service: Endpoint['service']): Endpoint {
  return { secure: true, hostname: host, port: undefined, host, path, service };
}
