import type { StoredObject } from './stored-object.ts';

/** A part of an object: bytes `start` to before `end`. */
export interface ObjectPart {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  /** Base64; of the algorithm of the object's checksum. */
  readonly checksum?: string;
}

/** Whether the object was uploaded in parts: its entity tag tells, and a copy of it was not. */
export function isMultipart({ etag }: Pick<StoredObject, 'etag'>): boolean {
  return etag.includes('-');
}

/** The parts as they were uploaded, in order; an object that was put whole is its only part. */
export function partsOf(object: StoredObject): readonly ObjectPart[] {
  const { body, size } = object;
  if (!isMultipart(object) || body.kind === 'inline') return [{ number: 1, start: 0, end: size }];
  let end = 0;
  return body.segments.map((segment, index) => {
    const start = end;
    end += segment.size;
    const part = { number: segment.part ?? index + 1, start, end };
    return segment.checksum === undefined ? part : { ...part, checksum: segment.checksum };
  });
}
