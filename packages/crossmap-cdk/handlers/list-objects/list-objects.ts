import type { S3Client } from '@aws-sdk/client-s3';
import { failure } from '../failure.ts';
import { checkDeadline, type Invocation } from '../invocation.ts';
import { writeObject } from '../object-writer.ts';
import { type ListedObject, type ListSource, listingFailure, type SourceBucket } from './bucket-listing.ts';
import { executionPrefix } from './execution-input.ts';

export interface ListObjectsSettings {
  readonly listSource: ListSource;
  readonly source: SourceBucket;
  /** Every listing is inside it; empty for the whole bucket. */
  readonly prefix: string;
  /** Client for the Region of the list bucket. */
  readonly listClient: S3Client;
  readonly listBucket: string;
  readonly allowZeroObjects: boolean;
  /** The role that lists, named in the message of a denial. */
  readonly roleArn: string;
}

export interface ListObjectsEvent {
  /** Name of the execution: the object list is stored under it. */
  readonly execution: string;
  readonly input: unknown;
}

/** Where the object list is and what it holds. `bytes` is the sum of the sizes of the objects. */
export interface ObjectList {
  readonly bucket: string;
  readonly key: string;
  readonly prefix: string;
  readonly objects: number;
  readonly bytes: number;
  /** Zero-byte objects whose key ends in `/`, which the S3 console makes for folders: they are not in the list. */
  readonly folderMarkers: number;
}

/**
 * Lists the bucket into one JSON array of `ListedObject`. Holds the pages under way and one part of the upload, never the list.
 * Fails with the error of S3, `InvalidInput`, `NoObjects` or `ListTimedOut`; then no list is stored.
 */
export async function listObjects(
  settings: ListObjectsSettings,
  event: ListObjectsEvent,
  invocation: Invocation,
): Promise<ObjectList> {
  const { source, listBucket } = settings;
  const prefix = executionPrefix(event.input, settings.prefix);
  const key = `${event.execution}/objects.json`;
  const place = `s3://${source.name}/${prefix} (account ${source.account}, ${source.region})`;
  const target = { bucket: listBucket, key, contentType: 'application/json' };

  return await writeObject(settings.listClient, target, async (list) => {
    let objects = 0;
    let bytes = 0;
    let folderMarkers = 0;
    const take = async (page: readonly ListedObject[]) => {
      const items = page.filter((object) => !isFolderMarker(object));
      const separator = objects === 0 ? '[' : ',\n';
      objects += items.length;
      bytes += items.reduce((sum, item) => sum + item.Size, 0);
      folderMarkers += page.length - items.length;
      if (items.length > 0) await list.write(separator + items.map((item) => JSON.stringify(item)).join(',\n'));
      checkDeadline(
        invocation,
        'ListTimedOut',
        () => `listing ${place} was not finished in time: ${objects} objects so far. Process it by narrower prefixes.`,
      );
    };
    // Pages come many at once; the list takes one after the other.
    let last: Promise<void> = Promise.resolve();
    let broken: unknown;
    const inTurn = (page: readonly ListedObject[]): Promise<void> => {
      last = last.then(() => take(page));
      last.catch((error) => {
        broken ??= error;
      });
      return last;
    };
    await settings.listSource(source, prefix, inTurn).catch((error: unknown) => {
      throw error === broken ? error : listingFailure(error, source, prefix, settings.roleArn);
    });
    if (objects === 0 && !settings.allowZeroObjects) {
      throw failure('NoObjects', `there are no objects in ${place}; set allowZeroObjects if that is not an error`);
    }
    await list.write(objects === 0 ? '[]\n' : ']\n');
    return { bucket: listBucket, key, prefix, objects, bytes, folderMarkers };
  });
}

function isFolderMarker(object: ListedObject): boolean {
  return object.Size === 0 && object.Key.endsWith('/');
}
