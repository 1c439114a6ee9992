import type { Tag } from './bucket-settings.ts';
import { S3Error } from './errors.ts';
import { element, type XmlElement } from './xml.ts';
import { texts } from './xml-response.ts';

const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * The tags in a `Tagging` document, if `check` has nothing against them. Errors: `MalformedXML`, those of `check`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Tag.html
 */
export function readTagSet(
  { children }: XmlElement,
  check: (tags: readonly Tag[]) => void = checkTags,
): readonly Tag[] {
  const [tagSet] = children;
  if (tagSet?.name !== 'TagSet' || children.length !== 1) throw new S3Error('MalformedXML');
  const tags = tagSet.children.map((tag): Tag => {
    const { Key, Value } = texts(tag, ['Key', 'Value']);
    if (tag.name !== 'Tag' || Key === undefined || Value === undefined) throw new S3Error('MalformedXML');
    return { key: Key, value: Value };
  });
  check(tags);
  return tags;
}

/** Errors: `InvalidTag`. */
export function checkTags(tags: readonly Tag[]): void {
  const keys = new Set<string>();
  for (const { key, value } of tags) {
    if (key === '' || [...key].length > 128 || !CHARACTERS.test(key)) {
      throw invalidTag('The TagKey you have provided is invalid', key);
    }
    if ([...value].length > 256 || !CHARACTERS.test(value)) {
      throw invalidTag('The TagValue you have provided is invalid', key);
    }
    if (/^aws:/i.test(key)) throw invalidTag('System tags cannot be added/updated by requester', key);
    if (keys.has(key)) throw invalidTag('Cannot provide multiple Tags with the same key', key);
    keys.add(key);
  }
}

export function tagSetElement(tags: readonly Tag[]): string {
  const elements = tags.map(({ key, value }) => `<Tag>${element('Key', key)}${element('Value', value)}</Tag>`);
  return `<TagSet>${elements.join('')}</TagSet>`;
}

function invalidTag(message: string, key: string): S3Error {
  return new S3Error('InvalidTag', { message, elements: { TagKey: key } });
}
