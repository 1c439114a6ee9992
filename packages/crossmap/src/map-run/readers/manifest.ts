import { isJsonObject, type Json } from '../../asl/json.ts';
import type { ItemFormat, ObjectPlace } from '../../engine/map-run-plan.ts';
import { ItemReaderFailure } from '../item-reader-failure.ts';
import { readCsv } from './csv.ts';
import { decompressed } from './decompress.ts';
import { readWholeJson } from './json.ts';
import type { SourceObjects } from './source-objects.ts';

/** A file that a manifest names, with what is in it. */
export interface DataFile {
  readonly place: ObjectPlace;
  readonly format: ItemFormat;
}

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/**
 * The data files of an S3 Inventory report, from its manifest.json. The columns are those of `fileSchema`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
 */
export async function* inventoryFiles(place: ObjectPlace, objects: SourceObjects): AsyncGenerator<DataFile> {
  const manifest = await readWholeJson(await objects.open(place), MAX_MANIFEST_BYTES);
  if (!isJsonObject(manifest)) throw notInventory('a JSON object', manifest);
  const { fileFormat, fileSchema, files, destinationBucket } = manifest;
  if (fileFormat !== 'CSV') throw notInventory("fileFormat 'CSV'", fileFormat);
  if (typeof fileSchema !== 'string') throw notInventory('fileSchema, a text', fileSchema);
  if (!Array.isArray(files)) throw notInventory('files, a list', files);
  const headers = fileSchema.split(',').map((name) => name.trim());
  const bucket =
    typeof destinationBucket === 'string' ? destinationBucket.replace(/^arn:[^:]*:s3:::/, '') : place.bucket;
  for (const file of files as readonly Json[]) {
    if (!isJsonObject(file) || typeof file.key !== 'string') throw notInventory('a file with its key', file);
    yield { place: { bucket, key: file.key }, format: { type: 'CSV', delimiter: ',', headers } };
  }
}

function notInventory(expected: string, found: Json | undefined): ItemReaderFailure {
  const shown = JSON.stringify(found) ?? 'nothing';
  return new ItemReaderFailure(
    `Expected the manifest of an S3 inventory to have ${expected}, found ${shown.slice(0, 100)}.`,
  );
}

/**
 * The data files of an Athena UNLOAD, from its manifest: one `s3://bucket/key` a line.
 * https://docs.aws.amazon.com/athena/latest/ug/unload.html
 */
export async function* athenaFiles(
  place: ObjectPlace,
  format: ItemFormat,
  objects: SourceObjects,
): AsyncGenerator<DataFile> {
  const lines = decompressed(place.key, await objects.open(place));
  for await (const { values } of readCsv(lines, { delimiter: ',', headers: ['uri'] })) {
    for (const row of values) {
      const { uri } = row as { readonly uri: string };
      if (uri === '') continue;
      const match = /^s3:\/\/([^/]+)\/(.+)$/s.exec(uri);
      if (match === null) {
        throw new ItemReaderFailure(`Expected lines of the form s3://bucket/key in ${place.key}, found \`${uri}\`.`);
      }
      yield { place: { bucket: match[1] as string, key: match[2] as string }, format };
    }
  }
}
