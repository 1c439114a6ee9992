import type { ExecutionStore } from '../../src/engine/ports.ts';
import type { MapRunStore } from '../../src/map-run/map-run.ts';
import { executionContract } from './contract-executions.ts';
import { listingContract } from './contract-listings.ts';
import { mapRunContract } from './contract-map-runs.ts';

export type Store = ExecutionStore & MapRunStore & { close(): Promise<void> };

export interface StoreUnderTest {
  /** A new, empty store. */
  open(): Promise<Store>;
  /** The store that holds what this one was given: itself, or the same data opened again. */
  kept(store: Store): Promise<Store>;
}

/** What every store does. */
export function storeContract(name: string, store: StoreUnderTest): void {
  executionContract(name, store);
  listingContract(name, store);
  mapRunContract(name, store);
}
