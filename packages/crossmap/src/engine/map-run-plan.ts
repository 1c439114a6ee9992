import type { Failure } from '../asl/failure.ts';
import type { Json, JsonObject } from '../asl/json.ts';
import type { Machine } from '../asl/machine.ts';
import type { Tolerance } from '../asl/map-fields.ts';

/** A Map Run, with everything the Map state says evaluated once when it was entered. */
export interface MapRunPlan {
  readonly label: string | undefined;
  readonly source: ItemSource;
  /** The child's part of one item (ItemSelector). Throws `SelectionFailed`. */
  readonly selectItem: (item: Item) => Json | Promise<Json>;
  /** ItemBatcher: at most `maxItems` in a batch and at most `maxBytes` in the input it makes, each batch beside `input`. */
  readonly batch:
    | { readonly maxItems: number; readonly maxBytes: number; readonly input: Json | undefined }
    | undefined;
  /** 0: no limit declared. */
  readonly maxConcurrency: number;
  readonly tolerance: Tolerance;
  readonly resultWriter:
    | { readonly bucket: string; readonly prefix: string; readonly expectedBucketOwner?: string }
    | undefined;
  readonly resultFormat: ResultFormat;
  /** What each child workflow execution runs. */
  readonly processor: Machine;
  /** Whether they are EXPRESS executions. */
  readonly expressChildren: boolean;
}

/**
 * How results are written, to S3 or as the output of the state. NONE: the record of each child; COMPACT: its output;
 * FLATTEN: its output, of an array the elements. A child that failed is its record always.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
export interface ResultFormat {
  readonly transformation: 'NONE' | 'COMPACT' | 'FLATTEN';
  readonly outputType: 'JSON' | 'JSONL';
}

/**
 * One item of a Map Run. `index` counts over the whole run, `source` is `$$.Map.Item.Source`, `key` is there when the
 * items are the members of a JSON object. https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 */
export interface Item {
  readonly value: Json;
  readonly index: number;
  readonly source: string;
  readonly key?: string;
}

/** The input of a child when there is no ItemSelector: the item, or `{"Key", "Value"}` for the member of an object. */
export function wholeItem({ key, value }: Item): Json {
  return key === undefined ? value : { Key: key, Value: value };
}

/** Where the items of a Map Run come from. */
export type ItemSource =
  | { readonly kind: 'state-data'; readonly items: readonly Json[] | JsonObject }
  | (Dataset & { readonly kind: 'object'; readonly at: ObjectPlace; readonly format: ItemFormat })
  /** The list of the objects itself or, with a format, the items in each of them. */
  | (Dataset & {
      readonly kind: 'listing';
      readonly bucket: string;
      readonly prefix: string | undefined;
      readonly format: ItemFormat | undefined;
    })
  | (Dataset & { readonly kind: 's3-inventory'; readonly at: ObjectPlace })
  /** The data files that a manifest of Athena's UNLOAD names, one `s3://bucket/key` a line. */
  | (Dataset & { readonly kind: 'athena-data'; readonly at: ObjectPlace; readonly format: ItemFormat });

interface Dataset {
  readonly expectedBucketOwner: string | undefined;
  /** `undefined` or 0: all items. */
  readonly maxItems: number | undefined;
}

export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** How items stand in a file. */
export type ItemFormat =
  /** `pointer`: the reference tokens of ItemsPointer, unescaped; none for the whole file. */
  | { readonly type: 'JSON'; readonly pointer: readonly string[] }
  | { readonly type: 'JSONL' }
  /** `headers`: as given, or `undefined` when the first row of each file has them. */
  | { readonly type: 'CSV'; readonly delimiter: string; readonly headers: readonly string[] | undefined }
  | { readonly type: 'PARQUET' };

/** The ItemSelector could not be evaluated for an item; the Map Run ends with the failure. */
export class SelectionFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.cause ?? failure.error ?? '');
    this.failure = failure;
  }
}
