import type { Failure } from '../asl/failure.ts';
import type { Json } from '../asl/json.ts';
import type { Machine } from '../asl/machine.ts';
import type { Tolerance } from '../asl/map-fields.ts';

/** A Map Run, with everything the Map state says evaluated once when it was entered. */
export interface MapRunPlan {
  readonly label: string | undefined;
  readonly source: ItemSource;
  /** The child's part of one item (ItemSelector). Throws `SelectionFailed`. */
  readonly selectItem: (item: {
    readonly value: Json;
    readonly index: number;
    readonly source: string;
  }) => Json | Promise<Json>;
  /** ItemBatcher: at most `maxItems` in a batch and at most `maxBytes` in the input it makes, each batch beside `input`. */
  readonly batch:
    | { readonly maxItems: number; readonly maxBytes: number; readonly input: Json | undefined }
    | undefined;
  /** 0: no limit declared. */
  readonly maxConcurrency: number;
  readonly tolerance: Tolerance;
  readonly resultWriter: { readonly bucket: string; readonly prefix: string } | undefined;
  /** What each child workflow execution runs. */
  readonly processor: Machine;
}

export type ItemSource =
  | { readonly kind: 'state-data'; readonly items: readonly Json[] }
  | {
      readonly kind: 'json-object';
      readonly bucket: string;
      readonly key: string;
      readonly expectedBucketOwner: string | undefined;
      /** `undefined` or 0: all items. */
      readonly maxItems: number | undefined;
    };

/** The ItemSelector could not be evaluated for an item; the Map Run ends with the failure. */
export class SelectionFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.cause ?? failure.error ?? '');
    this.failure = failure;
  }
}
