import { notImplemented } from './errors.ts';

/** What the host of a request says: the bucket, for a request in virtual-hosted style, and the Region. */
export interface Endpoint {
  readonly bucket?: string;
  readonly region?: string;
}

const REGION = '[a-z]{2}(?:-[a-z]+)+-\\d';
/** `BUCKET.s3.REGION`, each but the `s3` perhaps missing, in front of the domain. A bucket may have dots in its name. */
const AMAZON = new RegExp(`^(?:(?<bucket>.+)\\.)?s3(?:\\.dualstack)?(?:[.-](?<region>${REGION}))?\\.amazonaws\\.com$`);
const LOCAL = new RegExp(`^(?:(?<bucket>.+?)\\.)??(?:s3(?:\\.(?<region>${REGION}))?\\.)?localhost$`);

/**
 * Reads `BUCKET.s3.REGION.amazonaws.com`, `BUCKET.s3.localhost`, `BUCKET.localhost` and their like. Addresses, names of one
 * label and `host.docker.internal` are hosts themselves, where the path names the bucket. Of any other name it cannot be
 * told whether it begins with a bucket: `NotImplemented`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function parseHost(host = ''): Endpoint {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (!name.includes('.') || name.startsWith('[') || /^[\d.]+$/.test(name) || name === 'host.docker.internal')
    return {};
  const { bucket, region } = (AMAZON.exec(name) ?? LOCAL.exec(name))?.groups ?? unknown(host);
  return { ...(bucket !== undefined && { bucket }), ...(region !== undefined && { region }) };
}

function unknown(host: string): never {
  throw notImplemented(`A host of which it is unknown whether it begins with a bucket (Host: ${host})`);
}
