/** Where time comes from: epoch ms. `at` calls `run` once when the clock reaches `time` and gives a way to cancel. */
export interface Clock {
  now(): number;
  at(time: number, run: () => void): () => void;
}
