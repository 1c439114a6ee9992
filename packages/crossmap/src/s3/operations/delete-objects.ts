import { algorithmOfHeader } from '../checksum.ts';
import { notImplemented, S3Error } from '../errors.ts';
import { checkKey, resourceArn } from '../gate.ts';
import type { BucketInput } from '../operation.ts';
import { receiveText } from '../receive.ts';
import type { S3Request, S3Response } from '../request.ts';
import { NULL_VERSION, sequenceOf } from '../version-id.ts';
import { element, parseXml, type XmlElement, xmlDocument } from '../xml.ts';
import { deleteRequested } from './delete-object.ts';

const MOST_OBJECTS = 1000;
/** More than a thousand of the longest keys, each character of them a reference. */
const LARGEST_DOCUMENT = 8 * 1024 * 1024;

/** An `Object` of the document. */
interface NamedObject {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly etag: string | undefined;
}

/**
 * Deletes each object as if it were named alone: authorized on its own, and what is refused is an error of its own in
 * an answer that is 200. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
export async function deleteObjects(input: BucketInput): Promise<S3Response> {
  const { request } = input;
  checkIntegrityHeader(request);
  const text = await receiveText(request, LARGEST_DOCUMENT, () => new S3Error('MalformedXML'));
  const { objects, quiet } = readDelete(parseXml(text));
  const results = await Promise.all(objects.map((object) => deleteNamed(input, object)));
  const content = results.filter(({ failed }) => failed || !quiet).map(({ xml }) => xml);
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: xmlDocument('DeleteResult', content.join('')),
  };
}

function checkIntegrityHeader({ headers }: S3Request): void {
  const names = [...Object.keys(headers), headers['x-amz-trailer'] ?? ''];
  if (names.some((name) => name === 'content-md5' || algorithmOfHeader(name) !== undefined)) return;
  throw new S3Error('InvalidRequest', {
    message: 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
  });
}

async function deleteNamed(
  input: BucketInput,
  object: NamedObject,
): Promise<{ readonly failed: boolean; readonly xml: string }> {
  const { bucket, authorize } = input;
  const { key, versionId, etag } = object;
  const named = element('Key', key) + element('VersionId', versionId);
  const request: S3Request = {
    ...input.request,
    key,
    query: versionId === undefined ? {} : { versionId },
    headers: etag === undefined ? input.request.headers : { ...input.request.headers, 'if-match': etag },
  };
  try {
    checkKey(key);
    const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
    authorize(action, resourceArn(bucket.name, key), { part: request });
    if (versionId !== undefined && versionId !== NULL_VERSION && sequenceOf(versionId) === undefined) {
      throw new S3Error('NoSuchVersion');
    }
    const deletion = await deleteRequested(input, request, key);
    const marker = deletion.deleteMarker
      ? element('DeleteMarker', true) + element('DeleteMarkerVersionId', deletion.versionId)
      : '';
    return { failed: false, xml: `<Deleted>${named}${marker}</Deleted>` };
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const xml = `<Error>${named}${element('Code', error.code)}${element('Message', error.message)}</Error>`;
    return { failed: true, xml };
  }
}

function readDelete(root: XmlElement): { readonly objects: readonly NamedObject[]; readonly quiet: boolean } {
  if (root.name !== 'Delete') throw new S3Error('MalformedXML');
  const objects: NamedObject[] = [];
  let quiet = false;
  for (const child of root.children) {
    if (child.name === 'Object') objects.push(readObject(child));
    else if (child.name === 'Quiet') quiet = child.text.trim().toLowerCase() === 'true';
    else throw new S3Error('MalformedXML');
  }
  if (objects.length === 0 || objects.length > MOST_OBJECTS) throw new S3Error('MalformedXML');
  return { objects, quiet };
}

function readObject({ children }: XmlElement): NamedObject {
  const texts = new Map(children.map(({ name, text }) => [name, text]));
  if (texts.has('LastModifiedTime') || texts.has('Size')) {
    throw notImplemented('LastModifiedTime or Size of an object to delete, which only directory buckets have,');
  }
  const known = [...texts.keys()].every((name) => name === 'Key' || name === 'VersionId' || name === 'ETag');
  const key = texts.get('Key');
  if (!known || key === undefined || key === '') throw new S3Error('MalformedXML');
  return { key, versionId: texts.get('VersionId')?.trim() || undefined, etag: texts.get('ETag') };
}
