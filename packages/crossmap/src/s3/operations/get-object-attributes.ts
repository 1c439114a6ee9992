import { S3Error } from '../errors.ts';
import { resourceArn } from '../gate.ts';
import { LARGEST_PAGE } from '../listing.ts';
import { isMultipart, partsOf } from '../object-parts.ts';
import type { ObjectInput } from '../operation.ts';
import type { S3Request, S3Response } from '../request.ts';
import { requestedVersion } from '../requested-version.ts';
import { STANDARD } from '../storage-class.ts';
import type { StoredObject } from '../stored-object.ts';
import { versionHeader } from '../version-id.ts';
import { element, xmlDocument } from '../xml.ts';
import { invalidArgument, parseCount } from './list-elements.ts';

const ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'] as const;

type Attribute = (typeof ATTRIBUTES)[number];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export async function getObjectAttributes(input: ObjectInput): Promise<S3Response> {
  const { request, bucket, key, authorize, encryption } = input;
  const { versionId } = request.query;
  const wanted = wantedAttributes(request.headers['x-amz-object-attributes']);
  const action = versionId === undefined ? 's3:GetObjectAttributes' : 's3:GetObjectVersionAttributes';
  authorize(action, resourceArn(bucket.name, key));
  const object = requestedVersion(input, { bucket, key, versionId });
  if (wanted.includes('Checksum')) await encryption.resume(request, bucket, key, object.attributes);
  const content = ATTRIBUTES.filter((name) => wanted.includes(name)).map((name) => ELEMENTS[name](object, request));
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      'last-modified': new Date(object.lastModified).toUTCString(),
      ...versionHeader(bucket, object.versionId),
    },
    body: xmlDocument('GetObjectAttributesResponse', content.join('')),
  };
}

function wantedAttributes(header: string | undefined): readonly string[] {
  const names = (header ?? '').split(',').flatMap((name) => name.trim() || []);
  if (names.length === 0) {
    throw new S3Error('InvalidRequest', {
      message:
        'The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty',
    });
  }
  const unknown = names.find((name) => !ATTRIBUTES.some((attribute) => attribute === name));
  if (unknown === undefined) return names;
  throw invalidArgument('x-amz-object-attributes', unknown, 'Invalid attribute name specified.');
}

/** Unlike elsewhere, the entity tag has no quotes and a composite checksum no number of parts. */
const ELEMENTS: Readonly<Record<Attribute, (object: StoredObject, request: S3Request) => string>> = {
  ETag: ({ etag }) => element('ETag', etag),
  Checksum: ({ attributes: { checksum } }) => {
    if (checksum === undefined) return '';
    const value = element(`Checksum${checksum.algorithm}`, checksum.value.replace(/-\d+$/, ''));
    return `<Checksum>${value}${element('ChecksumType', checksum.type)}</Checksum>`;
  },
  ObjectParts: objectParts,
  StorageClass: ({ attributes }) => element('StorageClass', attributes.storageClass ?? STANDARD),
  ObjectSize: ({ size }) => element('ObjectSize', size),
};

/** Parts are listed only when the client had them summed up; otherwise they are counted. */
function objectParts(object: StoredObject, { headers }: S3Request): string {
  if (!isMultipart(object)) return '';
  const parts = partsOf(object);
  const count = element('PartsCount', parts.length);
  const algorithm = object.attributes.checksum?.algorithm;
  if (algorithm === undefined || parts[0]?.checksum === undefined) return `<ObjectParts>${count}</ObjectParts>`;
  const marker = parseCount('x-amz-part-number-marker', headers['x-amz-part-number-marker']) ?? 0;
  const maxParts = Math.min(parseCount('x-amz-max-parts', headers['x-amz-max-parts']) ?? LARGEST_PAGE, LARGEST_PAGE);
  const rest = parts.filter(({ number }) => number > marker);
  const page = rest.slice(0, maxParts);
  const listed = page.map(({ number, start, end, checksum }) => {
    const content = element('PartNumber', number) + element('Size', end - start);
    return `<Part>${content}${element(`Checksum${algorithm}`, checksum)}</Part>`;
  });
  const paging = [
    element('PartNumberMarker', marker),
    element('NextPartNumberMarker', page.at(-1)?.number ?? 0),
    element('MaxParts', maxParts),
    element('IsTruncated', page.length < rest.length),
  ];
  return `<ObjectParts>${count}${paging.join('')}${listed.join('')}</ObjectParts>`;
}
