import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from './json.ts';

export type Tier = 1 | 2 | 3;

/** What AWS answered to a definition, an input and calls. The format is described in the README beside the cases. */
export interface Case {
  readonly id: string;
  readonly area: string;
  readonly tier: Tier;
  readonly flow: 'execute' | 'express-sync' | 'test-state' | 'operations' | 'outcome';
  readonly setup?: Setup;
  /** An object or array stands for its JSON text, a string for itself; so does `input`. */
  readonly definition?: Json;
  readonly input?: Json;
  readonly stateMachineName?: string;
  /** For the simple flows: action → key of `expected`. */
  readonly record?: Readonly<Record<string, string>>;
  readonly testState?: JsonObject;
  readonly expectError?: boolean;
  readonly operations?: readonly Operation[];
  readonly transformers?: readonly Transformer[];
  /** Texts of `expected` that stand for anything. */
  readonly wildcards?: readonly string[];
  /** Keys of `expected` that the recording SDK refused by itself. */
  readonly clientSide?: readonly string[];
  readonly expected: JsonObject;
  /** What a case that was not recorded rests on: the statement, and where it stands. */
  readonly fact?: string;
  readonly source?: string;
}

export interface Setup {
  readonly roles?: readonly (string | { readonly arn: string; readonly trusts: string })[];
  /** Role ARN → the only policy of that role. */
  readonly rolePolicies?: Readonly<Record<string, JsonObject>>;
  readonly buckets?: readonly BucketSetup[];
  readonly s3?: readonly StoredObject[];
  readonly lambdas?: readonly FunctionSetup[];
  readonly logGroups?: readonly string[];
}

/** A name alone: of the account and the Region of the case. */
export type BucketSetup =
  | string
  | { readonly name: string; readonly account?: string; readonly region?: string; readonly policy?: JsonObject };

export type StoredObject =
  | { readonly bucket: string; readonly key: string; readonly body: Body }
  | {
      readonly bucket: string;
      readonly $generate: {
        readonly objects: { readonly count: number; readonly key: string; readonly body: Body };
      };
    };

export type Body = string | { readonly $base64: string } | { readonly $generate: GeneratedBody };

export type GeneratedBody =
  | { readonly jsonArray: { readonly count: number; readonly item: Json } }
  | { readonly jsonLines: { readonly count: number; readonly item: Json } }
  | { readonly text: Json };

export interface FunctionSetup {
  readonly name: string;
  readonly arn: string;
  readonly behaviour: Behaviour;
}

export type Behaviour =
  | { readonly kind: 'echo' }
  | { readonly kind: 'return'; readonly value: Json }
  | {
      readonly kind: 'raise';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly stackTrace: readonly string[];
    }
  | { readonly kind: 'sleep'; readonly seconds: number; readonly then: Behaviour }
  | { readonly kind: 'returnLargeString'; readonly char: string; readonly bytes: number }
  | { readonly kind: 'template'; readonly template: string };

export interface Call {
  /** Absent for a call that nothing refers to. */
  readonly id?: string;
  readonly service: string;
  readonly action: string;
  readonly params: JsonObject;
  readonly record?: string;
  readonly expectError?: boolean;
  readonly account?: string;
  readonly paginate?: boolean;
}

export interface Await {
  readonly id?: string;
  readonly await: string;
  readonly params: JsonObject;
}

export interface Poll {
  readonly poll: readonly Operation[];
  readonly until?: { readonly ref: string; readonly equals: Json };
}

export type Operation =
  | Call
  | Await
  | Poll
  | { readonly concurrently: readonly Operation[] }
  | { readonly match: string; readonly value: Json }
  | { readonly sleep: number }
  | { readonly wait: string }
  | { readonly note: string };

/** How a recording was masked. Those not listed replace values that stand as placeholders or wildcards in `expected`. */
export type Transformer =
  | { readonly t: 'regex'; readonly pattern: string; readonly replacement: string }
  | { readonly t: 'sort'; readonly key: string }
  | { readonly t: 'parallelEvents' | 'requestIds' | 'custom' }
  | { readonly t: 'arnLast' | 'arnLast2' | 'mapRunArn' | 'jsonpath' | 'keyValue' | 'resourceName' };

/** Which cases are counted: those of everything that is named. */
export interface Selection {
  readonly tier?: Tier;
  readonly area?: string;
  readonly id?: string;
}

/** The selected cases of a folder of `<area>.json` files, in the order of the file names. */
export function readCases(folder: string, selection: Selection): readonly Case[] {
  const cases = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as readonly Case[]);
  return selected(cases, selection);
}

export function selected(cases: readonly Case[], { tier, area, id }: Selection): readonly Case[] {
  return cases
    .filter((each) => tier === undefined || each.tier === tier)
    .filter((each) => area === undefined || each.area === area)
    .filter((each) => id === undefined || each.id === id);
}
