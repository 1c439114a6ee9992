import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BlobStore } from '../../src/s3/blob-store.ts';
import { PinnedBlobs } from '../../src/s3/pinned-blobs.ts';

function pinnedBlobs() {
  const held = new Set<string>();
  const removed: string[] = [];
  const remove = async (id: string) => void removed.push(id);
  return {
    held,
    removed,
    pins: new PinnedBlobs({ remove } as Pick<BlobStore, 'remove'> as BlobStore, (id) => held.has(id)),
  };
}

test('a blob that is free goes when its last reader is done', async () => {
  const { pins, removed } = pinnedBlobs();
  pins.pin(['a']);
  pins.pin(['a', 'b']);
  await pins.remove(['a', 'c']);
  assert.deepEqual(removed, ['c']);
  await pins.unpin(['a']);
  assert.deepEqual(removed, ['c']);
  await pins.unpin(['a', 'b']);
  assert.deepEqual(removed, ['c', 'a']);
});

test('a blob that a copy has taken while it was read stays, though its source was deleted', async () => {
  const { pins, removed, held } = pinnedBlobs();
  pins.pin(['a']);
  await pins.remove(['a']);
  held.add('a');
  await pins.unpin(['a']);
  await pins.remove(['a']);
  assert.deepEqual(removed, []);
});
