/** Large bodies, each under an id. A blob is complete and durable once `finish` resolves, and never changes. */
export interface BlobStore {
  create(): Promise<BlobWriter>;
  /** Bytes `start` to before `end` of a blob. */
  read(id: string, start: number, end: number): AsyncIterable<Uint8Array>;
  remove(id: string): Promise<void>;
  /** Removes the blobs that `isLive` does not know: what a crash left between writing and referring to it. */
  sweep(isLive: (id: string) => boolean): Promise<void>;
}

export interface BlobWriter {
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the blob durable and gives its id. */
  finish(): Promise<string>;
  /** Drops what was written. */
  discard(): Promise<void>;
}
