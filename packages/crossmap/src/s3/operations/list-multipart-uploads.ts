import { isoDate } from '../dates.ts';
import { afterKey, commonPrefixOf, LARGEST_PAGE, successorOf } from '../listing.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { STANDARD } from '../storage-class.ts';
import type { Upload, UploadPosition } from '../upload-store.ts';
import { element, xmlDocument } from '../xml.ts';
import {
  commonPrefixElements,
  type Encode,
  encoding,
  initiatorElement,
  ownerElement,
  parseCount,
  summingElements,
} from './list-elements.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export async function listMultipartUploads({ request, bucket, uploads }: BucketInput): Promise<S3Response> {
  const { query } = request;
  const encode = encoding(query['encoding-type']);
  const { prefix = '', 'key-marker': keyMarker = '', 'upload-id-marker': idMarker = '' } = query;
  const delimiter = query.delimiter === '' ? undefined : query.delimiter;
  const maxUploads = Math.min(parseCount('max-uploads', query['max-uploads']) ?? LARGEST_PAGE, LARGEST_PAGE);
  const page = pageOf((from, upper, limit) => uploads.scan(bucket.name, from, upper, limit), {
    prefix: Buffer.from(prefix),
    delimiter: delimiter === undefined ? undefined : Buffer.from(delimiter),
    from: startOf(keyMarker, idMarker, delimiter),
    maxUploads,
  });
  const owner = ownerElement(bucket);
  const content = [
    element('Bucket', bucket.name),
    element('KeyMarker', encode(keyMarker)),
    element('UploadIdMarker', idMarker),
    element('NextKeyMarker', page.last === undefined ? undefined : encode(page.last.key)),
    element('NextUploadIdMarker', page.last?.id),
    element('Prefix', encode(prefix)),
    element('Delimiter', delimiter === undefined ? undefined : encode(delimiter)),
    element('EncodingType', query['encoding-type']),
    element('MaxUploads', maxUploads),
    element('IsTruncated', page.last !== undefined),
    ...page.uploads.map((upload) => uploadElement(upload, encode, owner)),
    ...commonPrefixElements(page.commonPrefixes, encode),
  ];
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: xmlDocument('ListMultipartUploadsResult', content.join('')),
  };
}

/** A marker without an upload stands for all uploads of its key; one that is a common prefix, for all keys below it. */
function startOf(keyMarker: string, idMarker: string, delimiter: string | undefined): UploadPosition {
  const key = Buffer.from(keyMarker);
  if (keyMarker === '' || idMarker !== '') return { key, id: idMarker };
  const isCommonPrefix = delimiter !== undefined && keyMarker.endsWith(delimiter);
  return { key: isCommonPrefix ? successorOf(key) : afterKey(key), id: '' };
}

interface Query {
  readonly prefix: Buffer;
  readonly delimiter: Buffer | undefined;
  readonly from: UploadPosition;
  readonly maxUploads: number;
}

interface Page {
  readonly uploads: readonly Upload[];
  readonly commonPrefixes: readonly string[];
  /** Where the next page begins after; absent on the last page. */
  readonly last?: { readonly key: string; readonly id: string };
}

type Scan = (from: UploadPosition, upper: Buffer, limit: number) => readonly Upload[];

function pageOf(scan: Scan, { prefix, delimiter, from, maxUploads }: Query): Page {
  if (maxUploads === 0) return { uploads: [], commonPrefixes: [] };
  const upper = successorOf(prefix);
  const uploads: Upload[] = [];
  const commonPrefixes: string[] = [];
  let position = Buffer.compare(prefix, from.key) > 0 ? { key: prefix, id: '' } : from;
  let last: Page['last'];
  for (;;) {
    const room = maxUploads - uploads.length - commonPrefixes.length;
    const found = scan(position, upper, room + 1);
    let skipTo: Buffer | undefined;
    for (const upload of found) {
      if (uploads.length + commonPrefixes.length === maxUploads) return { uploads, commonPrefixes, last: last! };
      const key = Buffer.from(upload.key);
      const commonPrefix = delimiter && commonPrefixOf(key, { prefix, delimiter });
      if (commonPrefix === undefined) {
        uploads.push(upload);
        last = upload;
        position = { key, id: upload.id };
      } else {
        commonPrefixes.push(commonPrefix.toString());
        last = { key: commonPrefix.toString(), id: '' };
        skipTo = successorOf(commonPrefix);
        break;
      }
    }
    if (skipTo !== undefined) position = { key: skipTo, id: '' };
    else return { uploads, commonPrefixes };
  }
}

function uploadElement({ key, id, initiator, initiated, attributes }: Upload, encode: Encode, owner: string): string {
  const content = [
    element('Key', encode(key)),
    element('UploadId', id),
    initiatorElement(initiator),
    owner,
    element('StorageClass', attributes.storageClass ?? STANDARD),
    element('Initiated', isoDate(initiated)),
    summingElements(attributes.checksum),
  ];
  return `<Upload>${content.join('')}</Upload>`;
}
