import { readFileSync } from 'node:fs';

/**
 * What operations of AWS service APIs answer, with member names as Step Functions writes them (first letter upper case).
 * The files in `api-models/` are written by `scripts/api-models.mjs`, which names the release they come from.
 */
export interface ApiModel {
  /** By the API's name of the operation (`GetObject`); `null`: it answers nothing. */
  readonly operations: Readonly<Record<string, ShapeName | null>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** A name in `shapes`, or a kind without limits: `string`, `number`, `boolean`, `any`. */
export type ShapeName = string;

/** `min` and `max` limit a number's value, a text's or list's length. Blobs and timestamps are texts. */
export type Shape =
  | { readonly kind: 'string'; readonly min?: number; readonly max?: number; readonly enum?: readonly string[] }
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'boolean' | 'any' }
  | { readonly kind: 'list'; readonly min?: number; readonly max?: number; readonly member: ShapeName }
  | { readonly kind: 'map'; readonly member: ShapeName }
  | {
      readonly kind: 'structure';
      readonly required?: readonly string[];
      readonly members: Readonly<Record<string, ShapeName>>;
    };

/** The services whose models are here, by their names in `aws-sdk` integrations. */
const SERVICES = ['dynamodb', 'ecs', 'eventbridge', 'kms', 'lambda', 's3', 'sfn', 'sns', 'sqs', 'sts'];

const models = new Map<string, ApiModel>();

/** The model of a service by its name in `aws-sdk` integrations, or `undefined` when it is not here. */
export function apiModel(service: string): ApiModel | undefined {
  if (!SERVICES.includes(service)) return undefined;
  const known = models.get(service);
  if (known !== undefined) return known;
  const file = new URL(`../../../api-models/${service}.json`, import.meta.url);
  const model = JSON.parse(readFileSync(file, 'utf8')) as ApiModel;
  models.set(service, model);
  return model;
}

export function shapeOf(model: ApiModel, name: ShapeName): Shape {
  return model.shapes[name] ?? ({ kind: name } as Shape);
}
