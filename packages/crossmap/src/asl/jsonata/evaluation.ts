import { type Environment, isFunctionValue, type Node, type Watch } from './library.ts';
import { pairs, parts } from './syntax-tree.ts';

// What AWS takes and what it refuses was measured there: https://github.com/floci-io/floci/issues/2737

/** How deep evaluations may nest: AWS evaluates `1+1+…` with 100 terms and refuses one more. */
const MAX_DEPTH = 100;
/** The most bytes in one value: AWS makes `[1..873782]` and refuses one more, with a number counted as 8 bytes. */
export const MAX_VALUE_BYTES = 6_990_256;
/**
 * AWS ends an evaluation after one second. Nodes are counted instead, so that the same evaluation always ends the same
 * way: about as many as a slow machine evaluates in that time.
 */
const MAX_STEPS = 1_000_000;

/** An evaluation has gone over a limit; the message is AWS's. */
export class LimitExceeded extends Error {}

export function tooMuchMemory(): never {
  throw new LimitExceeded('Expression evaluation memory limit exceeded: Check for excessive memory usage');
}

/** The name that an evaluation is bound to for the functions it calls. No variable of JSONata can have it. */
export const EVALUATION = 'this evaluation';

/** Where the elements of an array constructor and the values of an object constructor or a grouping belong to. */
type Constructors = ReadonlyMap<Node, Node>;

/**
 * One evaluation of one expression: what it may draw on and how far it has come.
 *
 * The package evaluates the elements of `[…]` and the values of `{…}` at the same time. Here they wait for each other:
 * chance is drawn in the order of the text, and the depth is that of one line of calls.
 */
export class Evaluation {
  /** Epoch ms. */
  readonly time: number;
  readonly random: () => number;
  #steps = 0;
  #depth = 0;
  /** The constructor whose parts are being entered, one after the other. */
  #entering: Node | undefined;
  #lastEntered: Part | undefined;
  readonly #running: Part[] = [];

  constructor(time: number, random: () => number) {
    this.time = time;
    this.random = random;
  }

  enter(node: Node, constructors: Constructors): Promise<void> | undefined {
    const owner = constructors.get(node);
    const previous = owner === this.#entering ? this.#lastEntered : undefined;
    this.#entering = owner;
    if (owner === undefined) return this.#go();
    const part = new Part();
    this.#lastEntered = part;
    if (previous === undefined) return this.#go(part);
    return previous.ended.then(() => this.#go(part));
  }

  exit(node: Node, constructors: Constructors, result: unknown): void {
    this.#entering = undefined;
    this.#depth--;
    if (constructors.has(node)) this.#running.pop()?.end();
    if (typeof result === 'string' && result.length > MAX_VALUE_BYTES) tooMuchMemory();
    if (Array.isArray(result) && result.length * 8 > MAX_VALUE_BYTES) tooMuchMemory();
  }

  #go(part?: Part): undefined {
    if (part !== undefined) this.#running.push(part);
    if (++this.#depth > MAX_DEPTH) {
      throw new LimitExceeded(
        'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive',
      );
    }
    if (++this.#steps > MAX_STEPS) throw new LimitExceeded('Expression evaluation timeout: Check for infinite loop');
  }
}

/** A part of a constructor; the next one begins when it ends. */
class Part {
  readonly ended: Promise<void>;
  readonly end: () => void;
  constructor() {
    let end = () => {};
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.end = end;
  }
}

/** Has the evaluation that a node belongs to follow it. The tree is known once the expression has been compiled. */
export function watchEvaluations(tree: () => Node): Watch {
  let known: { readonly constructors: Constructors; readonly procedures: ReadonlySet<Node> } | undefined;
  const nodes = () => {
    known ??= survey(tree());
    return known;
  };
  return {
    enter: (node, environment) => evaluationOf(environment).enter(node, nodes().constructors),
    exit: (node, environment, result) => {
      const { constructors, procedures } = nodes();
      if (INHERITED.has(result) || (procedures.has(node) && isNoFunction(node, result))) throw { code: 'T1006' };
      evaluationOf(environment).exit(node, constructors, result);
    },
  };
}

/** What every object of JavaScript has and the package takes for fields of data. */
const INHERITED: ReadonlySet<unknown> = new Set(
  Object.values(Object.getOwnPropertyDescriptors(Object.prototype)).flatMap(({ value = [] }) => value),
);

/** The package writes on what it calls before it finds that it is data, which here nobody may change. */
function isNoFunction(node: Node, result: unknown): boolean {
  const called = Array.isArray(result) && result.length < 2 ? result[0] : result;
  if (called === undefined) return node.type === 'variable';
  return typeof called === 'object' && !isFunctionValue(called);
}

/** The evaluation that a function or a node belongs to. */
export function evaluationOf(environment: Environment): Evaluation {
  const evaluation = environment.lookup(EVALUATION);
  if (evaluation instanceof Evaluation) return evaluation;
  // The package evaluates a function with `?` among its arguments outside of everything.
  throw new Error('a partial application of a function that needs the time or chance is not supported');
}

function survey(tree: Node): { readonly constructors: Constructors; readonly procedures: ReadonlySet<Node> } {
  const constructors = new Map<Node, Node>();
  const procedures = new Set<Node>();
  const visit = (node: Node): void => {
    if (node.procedure !== undefined) procedures.add(node.procedure);
    const elements = node.type === 'unary' ? (node.expressions ?? []) : [];
    const values = [...pairs(node), ...(node.group?.lhs ?? [])].map(([, value]) => value);
    for (const part of [...elements, ...values]) constructors.set(part, node);
    parts(node).forEach(visit);
  };
  visit(tree);
  return { constructors, procedures };
}
