import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';

/** By hand, because `URL` would resolve `.` and `..`, which are names in S3. Errors: `InvalidURI`. */
export function parseUrl(url: string): Pick<S3Request, 'bucket' | 'key' | 'query'> {
  const queryStart = url.indexOf('?');
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const query: Record<string, string> = {};
  for (const parameter of queryStart === -1 ? [] : url.slice(queryStart + 1).split('&')) {
    if (parameter === '') continue;
    const equals = parameter.indexOf('=');
    const name = equals === -1 ? parameter : parameter.slice(0, equals);
    query[decode(name, url)] = equals === -1 ? '' : decode(parameter.slice(equals + 1), url);
  }
  return { ...parsePath(path), query };
}

/** The bucket and key that a path names. Errors: `InvalidURI`. */
export function parsePath(path: string): Pick<S3Request, 'bucket' | 'key'> {
  if (path === '/' || path === '') return {};
  const slash = path.indexOf('/', 1);
  const bucket = decode(path.slice(1, slash === -1 ? undefined : slash), path);
  const key = slash === -1 ? '' : decode(path.slice(slash + 1), path);
  return key === '' ? { bucket } : { bucket, key };
}

function decode(text: string, url: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', { elements: { URI: url } });
  }
}
