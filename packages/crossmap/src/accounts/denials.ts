import type { Denied, MissingAllow } from '../iam/decision.ts';
import type { AuthorizationRequest } from '../iam/evaluate.ts';
import { explainDenial } from '../iam/explanation.ts';
import { type Finding, findingsOf } from '../iam/findings.ts';
import { identityOf, principalName } from '../iam/principal.ts';

/** A denial, as its whole story: for the log and for `/_crossmap/denials`, never for the caller. */
export interface Denial {
  /** Of the latest occurrence, epoch ms. */
  readonly time: number;
  /** Of the first occurrence, as are `resource`, `explanation` and `documents`: another session or object is the same denial. */
  readonly principalArn: string;
  readonly action: string;
  readonly resource: string;
  readonly explanation: string;
  /** What each policy document said, in the order in which they were asked. */
  readonly documents: readonly Finding[];
  /** What would have to be added; empty for an explicit deny. */
  readonly missing: readonly MissingAllow[];
  /** How often it happened. */
  readonly count: number;
}

/**
 * The latest denials, at most `capacity` of them. Denials of one role or user with one cause (the same statements
 * missing, or the same statement denying) are one: a Map Run denied 10,000 objects is told once, with its count.
 */
export class Denials {
  readonly #now: () => number;
  readonly #capacity: number;
  readonly #byCause = new Map<string, Denial>();

  constructor(now: () => number, capacity = 1000) {
    this.#now = now;
    this.#capacity = capacity;
  }

  /** Takes a denied request; `undefined` when it repeats a denial that is still held, the new denial otherwise. */
  record(request: AuthorizationRequest, decision: Denied): Denial | undefined {
    const cause = JSON.stringify([identityOf(request.principal), request.action, { ...decision, message: undefined }]);
    const known = this.#byCause.get(cause);
    const denial: Denial =
      known === undefined
        ? {
            time: this.#now(),
            principalArn: principalName(request.principal),
            action: request.action,
            resource: request.resource,
            explanation: explainDenial(request, decision),
            documents: findingsOf(request),
            missing: decision.decision === 'ImplicitDeny' ? decision.missing : [],
            count: 1,
          }
        : { ...known, time: this.#now(), count: known.count + 1 };
    this.#byCause.delete(cause);
    this.#byCause.set(cause, denial);
    if (this.#byCause.size > this.#capacity) {
      for (const oldest of this.#byCause.keys()) {
        this.#byCause.delete(oldest);
        break;
      }
    }
    return known === undefined ? denial : undefined;
  }

  /** Latest first. */
  list(): readonly Denial[] {
    return [...this.#byCause.values()].reverse();
  }
}
