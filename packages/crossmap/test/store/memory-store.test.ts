import { MemoryStore } from '../../src/store/memory-store.ts';
import { storeContract } from './contract.ts';

storeContract('memory', {
  open: async () => new MemoryStore(),
  kept: async (store) => store,
});
