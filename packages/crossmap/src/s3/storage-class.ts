import { notImplemented, S3Error } from './errors.ts';

export const STANDARD = 'STANDARD';

/** Classes whose objects are read at once, as those of STANDARD are: here they differ in name only. */
const READ_AT_ONCE = [STANDARD, 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'];

/** Classes whose objects have to be restored first, or lie somewhere else. */
const OUT_OF_REACH = ['GLACIER', 'DEEP_ARCHIVE', 'OUTPOSTS', 'SNOW', 'EXPRESS_ONEZONE', 'FSX_OPENZFS', 'FSX_ONTAP'];

/**
 * The class a request asks for; `undefined` for STANDARD. Errors: `InvalidStorageClass`, `NotImplemented`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
 */
export function requestedStorageClass(headers: Readonly<Record<string, string>>): string | undefined {
  const name = headers['x-amz-storage-class'];
  if (name === undefined || name === STANDARD) return undefined;
  if (READ_AT_ONCE.includes(name)) return name;
  if (OUT_OF_REACH.includes(name)) throw notImplemented(`Storage class ${name}`, { Header: 'x-amz-storage-class' });
  throw new S3Error('InvalidStorageClass', { elements: { StorageClassRequested: name } });
}
