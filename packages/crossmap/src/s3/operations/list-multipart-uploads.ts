import type { Bucket } from '../bucket.ts';
import { isoDate } from '../dates.ts';
import { afterMarker, LARGEST_PAGE, type ListQuery, listPage, type Place } from '../listing.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { STANDARD } from '../storage-class.ts';
import type { Upload } from '../upload-store.ts';
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
  const named = { prefix, delimiter };
  const page = listPage(uploads.listed(bucket.name), {
    ...named,
    from: startOf(keyMarker, idMarker, named),
    maxKeys: maxUploads,
  });
  const last = page.contents.at(-1);
  const lastId = last?.key === page.last ? last.upload.id : '';
  const content = [
    element('Bucket', bucket.name),
    element('KeyMarker', encode(keyMarker)),
    element('UploadIdMarker', idMarker),
    element('NextKeyMarker', page.next === undefined ? undefined : encode(page.last)),
    element('NextUploadIdMarker', page.next === undefined ? undefined : lastId),
    element('Prefix', encode(prefix)),
    element('Delimiter', delimiter === undefined ? undefined : encode(delimiter)),
    element('EncodingType', query['encoding-type']),
    element('MaxUploads', maxUploads),
    element('IsTruncated', page.next !== undefined),
    ...page.contents.map(({ upload }) => uploadElement(upload, encode, bucket)),
    commonPrefixElements(page.commonPrefixes, encode),
  ];
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: xmlDocument('ListMultipartUploadsResult', content.join('')),
  };
}

/** A marker with an upload is that upload; without one, all uploads of its key, or of the common prefix it is in. */
function startOf(keyMarker: string, idMarker: string, named: Omit<ListQuery, 'from' | 'maxKeys'>): Place | undefined {
  if (keyMarker === '') return undefined;
  return idMarker === '' ? afterMarker(keyMarker, named) : { key: Buffer.from(keyMarker), behind: idMarker };
}

function uploadElement({ key, id, initiator, initiated, attributes }: Upload, encode: Encode, bucket: Bucket): string {
  const content = [
    element('Key', encode(key)),
    element('UploadId', id),
    initiatorElement(initiator),
    ownerElement(bucket, attributes.owner?.accountId),
    element('StorageClass', attributes.storageClass ?? STANDARD),
    element('Initiated', isoDate(initiated)),
    summingElements(attributes.checksum),
  ];
  return `<Upload>${content.join('')}</Upload>`;
}
