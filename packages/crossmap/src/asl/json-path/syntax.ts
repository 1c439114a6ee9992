import type { Json } from '../json.ts';

/** One step of a path, in the dialect of Jayway JsonPath that Step Functions evaluates. */
export type Step =
  | { readonly kind: 'name'; readonly name: string }
  /** `['a','b']`: an object of the members that are there. */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'filter'; readonly filter: Filter }
  /** `..`: the step that follows is taken from every node below, the node itself first. */
  | { readonly kind: 'descend' };

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'exists'; readonly path: FilterPath }
  | { readonly kind: 'compare'; readonly operator: Operator; readonly left: Operand; readonly right: Operand };

export const OPERATORS = ['==', '!=', '<=', '>=', '=~', '<', '>', 'in', 'nin'] as const;
export type Operator = (typeof OPERATORS)[number];

export type Operand =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'pattern'; readonly pattern: RegExp }
  | FilterPath;

/** A path inside a filter: from the node that is tested (`@`) or from the root of the data (`$`). */
export interface FilterPath {
  readonly kind: 'path';
  readonly from: '@' | '$';
  readonly steps: readonly Step[];
}
