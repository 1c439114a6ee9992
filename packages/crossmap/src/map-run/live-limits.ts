import type { Tolerance } from '../asl/map-fields.ts';

/** What UpdateMapRun may change; absent: stays as it is. */
export interface LimitsChange {
  /** 0: no limit. */
  readonly maxConcurrency?: number;
  readonly toleratedFailureCount?: number;
  readonly toleratedFailurePercentage?: number;
}

/** The limits of a running Map Run. Whoever acts on them reads them each time. */
export class LiveLimits {
  #maxConcurrency: number;
  #tolerance: Tolerance;
  /** Called after each change. */
  onChange: () => void = () => {};

  constructor(maxConcurrency: number, tolerance: Tolerance) {
    this.#maxConcurrency = maxConcurrency;
    this.#tolerance = tolerance;
  }

  /** 0: no limit was declared. */
  get maxConcurrency(): number {
    return this.#maxConcurrency;
  }

  get tolerance(): Tolerance {
    return this.#tolerance;
  }

  /** The limits as DescribeMapRun shows them, 0 where none was declared (observed). */
  get shown(): Required<LimitsChange> {
    return {
      maxConcurrency: this.#maxConcurrency,
      toleratedFailurePercentage: this.#tolerance.percentage ?? 0,
      toleratedFailureCount: this.#tolerance.count ?? 0,
    };
  }

  /** Takes over what an earlier process changed: what differs from the limits that were declared. */
  restore(kept: Required<LimitsChange>): void {
    const declared = this.shown;
    const changed = Object.entries(kept).filter(([name, value]) => value !== declared[name as keyof LimitsChange]);
    this.change(Object.fromEntries(changed));
  }

  change({ maxConcurrency, toleratedFailureCount, toleratedFailurePercentage }: LimitsChange): void {
    this.#maxConcurrency = maxConcurrency ?? this.#maxConcurrency;
    this.#tolerance = {
      count: toleratedFailureCount ?? this.#tolerance.count,
      percentage: toleratedFailurePercentage ?? this.#tolerance.percentage,
    };
    this.onChange();
  }
}
