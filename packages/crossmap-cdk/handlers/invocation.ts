import { failure } from './failure.ts';

/** What a handler needs of the context of its invocation. */
export interface Invocation {
  getRemainingTimeInMillis(): number;
}

/** Kept to abort or finish an upload and to answer before Lambda ends the invocation. */
const RESERVE_MILLIS = 10_000;

/** Throws an error named `name` when the invocation has almost used its time; `progress` says how far it came. */
export function checkDeadline(invocation: Invocation, name: string, progress: () => string): void {
  if (invocation.getRemainingTimeInMillis() < RESERVE_MILLIS) throw failure(name, progress());
}

/** An environment variable that the construct sets. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw failure('SettingMissing', `environment variable ${name} is not set`);
  return value;
}
