import type { Json } from '../../asl/json.ts';
import type { ListedObject } from '../../engine/ports.ts';

/**
 * An object as an item, in the order of members recorded on AWS: `Etag` with its quotes, LastModified in epoch seconds.
 * An object of no bytes that stands for a folder is an item like the others.
 */
export function objectItem({ key, size, etag, lastModified, storageClass }: ListedObject): Json {
  return { Etag: etag, LastModified: lastModified / 1000, Key: key, Size: size, StorageClass: storageClass };
}
