import { type Json, type JsonObject, MAX_PAYLOAD_BYTES } from '../../asl/json.ts';
import type { Shape } from './shape.ts';

/**
 * The answer of an operation as Step Functions gives it: names with the first letter in upper case, dates in ISO 8601,
 * bytes as text, nothing for what is absent (cases task-s3, task-aws-sdk). A stream is read no further than a payload
 * may be large: what is longer is over the limit anyway.
 */
export async function answerOf(shape: Shape, output: unknown, date: WriteDate = isoDate): Promise<JsonObject> {
  if (shape.kind !== 'structure') throw new Error('Expected the output of an operation to be a structure');
  return (await value(shape, output, date)) as JsonObject;
}

export type WriteDate = (date: Date) => Json;

function isoDate(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

async function value(shape: Shape, given: unknown, date: WriteDate): Promise<Json> {
  switch (shape.kind) {
    case 'structure': {
      const members: [string, Json][] = [];
      for (const [name, member] of shape.members) {
        const found = (given as Readonly<Record<string, unknown>> | undefined)?.[member.name];
        if (found !== undefined && found !== null) members.push([name, await value(member.shape(), found, date)]);
      }
      return Object.fromEntries(members);
    }
    case 'list':
      return Promise.all((given as readonly unknown[]).map((each) => value(shape.of(), each, date)));
    case 'map': {
      const entries = Object.entries(given as Readonly<Record<string, unknown>>);
      return Object.fromEntries(
        await Promise.all(entries.map(async ([key, each]) => [key, await value(shape.of(), each, date)] as const)),
      );
    }
    case 'timestamp':
      return date(given as Date);
    case 'blob':
      return Buffer.from(given as Uint8Array).toString('utf8');
    case 'stream':
      return text(given as AsyncIterable<Uint8Array>);
    case 'number':
      return Number(given);
    case 'text':
    case 'boolean':
    case 'any':
      return given as Json;
  }
}

async function text(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_PAYLOAD_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
