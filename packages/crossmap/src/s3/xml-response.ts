import { S3Error } from './errors.ts';
import { receiveText } from './receive.ts';
import type { S3Request, S3Response } from './request.ts';
import { parseXml, type XmlElement, xmlDocument } from './xml.ts';

export const NO_CONTENT: S3Response = { status: 204, headers: {} };
export const DONE: S3Response = { status: 200, headers: {} };

/** Far more than any configuration of a bucket needs. */
const LARGEST_CONFIGURATION = 64 * 1024;

export function xmlResponse(root: string, content: string): S3Response {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: xmlDocument(root, content) };
}

/** The document in the body of a request; `undefined` when there is none. Errors: `MalformedXML`. */
export async function receiveOptionalXml(request: S3Request, root: string): Promise<XmlElement | undefined> {
  const text = await receiveText(request, LARGEST_CONFIGURATION, () => new S3Error('MalformedXML'));
  if (text.trim() === '') return undefined;
  const document = parseXml(text);
  if (document.name !== root) throw new S3Error('MalformedXML');
  return document;
}

/** The document in the body of a request. Errors: `MissingRequestBodyError`, `MalformedXML`. */
export async function receiveXml(request: S3Request, root: string): Promise<XmlElement> {
  const document = await receiveOptionalXml(request, root);
  if (document === undefined) throw new S3Error('MissingRequestBodyError');
  return document;
}

/** The texts of the children by name. Errors: `MalformedXML` for a child that is not one of `names` or comes twice. */
export function texts<Name extends string>(
  { children }: XmlElement,
  names: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  const found: Partial<Record<Name, string>> = {};
  for (const { name, text } of children) {
    const known = names.find((candidate) => candidate === name);
    if (known === undefined || known in found) throw new S3Error('MalformedXML');
    found[known] = text.trim();
  }
  return found;
}

/** Errors: `MalformedXML` for what is none of `values`. */
export function oneOf<const Value extends string>(text: string | undefined, values: readonly Value[]): Value {
  const found = values.find((value) => value === text);
  if (found === undefined) throw new S3Error('MalformedXML');
  return found;
}
