import type { KmsKey } from '../../accounts/kms/key.ts';
import type { KmsRequest } from '../../accounts/kms/key-access.ts';
import { checkNotPendingDeletion, type Kms } from '../../accounts/kms/kms.ts';
import { KmsError } from '../../accounts/kms/kms-error.ts';
import type { KmsOperation } from './operation.ts';
import { page } from './pages.ts';
import type { KmsParameters } from './parameters.ts';

const MOST_TAGS = 50;

export const tagResource: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'tags']);
  const tags = readTags(input);
  const requested = Object.entries(tags).map(([name, value]) => [`aws:RequestTag/${name}`, value]);
  const context = { ...Object.fromEntries(requested), 'aws:TagKeys': Object.keys(tags) };
  const key = taggedKey(input, kms, request, 'TagResource', context);
  const after = { ...key.tags, ...tags };
  checkCount(after);
  await kms.store.putKey({ ...key, tags: after });
  return {};
};

export const untagResource: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'tagKeys']);
  const names = input.strings('tagKeys');
  const key = taggedKey(input, kms, request, 'UntagResource', { 'aws:TagKeys': names });
  const tags = Object.fromEntries(Object.entries(key.tags).filter(([name]) => !names.includes(name)));
  await kms.store.putKey({ ...key, tags });
  return {};
};

export const listResourceTags: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'limit', 'marker']);
  const key = kms.namedOwn(request, 'ListResourceTags', input.string('keyId'));
  kms.access.authorize(request, { operation: 'ListResourceTags', key });
  const { items, rest } = page(input, Object.entries(key.tags), { most: 50, otherwise: 50 });
  return { Tags: items.map(([name, value]) => ({ TagKey: name, TagValue: value })), ...rest };
};

/** Member `Tags`; empty when it is absent. Errors: `TagException`. */
export function readTags(input: KmsParameters): Readonly<Record<string, string>> {
  const tags = Object.fromEntries(
    input.structures('tags').map((tag) => [tag.string('tagKey'), tag.string('tagValue')]),
  );
  for (const [name, value] of Object.entries(tags)) {
    if (name === '' || name.length > 128 || value.length > 256 || /^aws:/i.test(name)) {
      throw new KmsError('TagException', `Invalid tag \`${name}\``);
    }
  }
  checkCount(tags);
  return tags;
}

function checkCount(tags: object): void {
  if (Object.keys(tags).length > MOST_TAGS) throw new KmsError('LimitExceededException', `More than ${MOST_TAGS} tags`);
}

function taggedKey(
  input: KmsParameters,
  kms: Kms,
  request: KmsRequest,
  operation: string,
  context: Readonly<Record<string, string | readonly string[]>>,
): KmsKey {
  const key = kms.namedOwn(request, operation, input.string('keyId'));
  kms.access.authorize(request, { operation, key, context });
  checkNotPendingDeletion(key);
  return key;
}
