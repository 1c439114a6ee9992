import type { Tag } from './bucket-settings.ts';
import { S3Error } from './errors.ts';
import type { Attributes } from './stored-object.ts';
import { checkTags } from './tag-set.ts';

const MOST_TAGS = 10;

/** Errors: `BadRequest` for too many, `InvalidTag`. */
export function checkObjectTags(tags: readonly Tag[]): void {
  if (tags.length > MOST_TAGS) {
    throw new S3Error('BadRequest', { message: `Object tags cannot be greater than ${MOST_TAGS}` });
  }
  checkTags(tags);
}

/** The tags that a request gives what it writes, in the form of a query string. Errors: `InvalidArgument` and those above. */
export function taggedBy(headers: Readonly<Record<string, string>>): Pick<Attributes, 'tags'> {
  const header = headers['x-amz-tagging'];
  if (header === undefined) return {};
  const tags = readTagging(header);
  checkObjectTags(tags);
  return tags.length === 0 ? {} : { tags };
}

function readTagging(header: string): readonly Tag[] {
  const parameters = header.split('&').filter((parameter) => parameter !== '');
  const tags = parameters.map((parameter) => {
    const equals = parameter.indexOf('=');
    const key = decode(equals === -1 ? parameter : parameter.slice(0, equals), header);
    return { key, value: equals === -1 ? '' : decode(parameter.slice(equals + 1), header) };
  });
  const keys = new Set(tags.map(({ key }) => key));
  if (keys.size !== tags.length || keys.has('')) throw malformed(header);
  return tags;
}

function decode(text: string, header: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw malformed(header);
  }
}

function malformed(header: string): S3Error {
  return new S3Error('InvalidArgument', {
    message:
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    elements: { ArgumentName: 'x-amz-tagging', ArgumentValue: header },
  });
}

/** Tags in the form of the header: what the tags in a body are to the conditions of policies. */
export function taggingHeader(tags: readonly Tag[]): string {
  return tags.map(({ key, value }) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
}
