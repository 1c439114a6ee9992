import module, { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** What CDK's NodejsFunction leaves out of a bundle because the Lambda runtime brings it. */
const OF_THE_LAMBDA_RUNTIME = /^@(aws-sdk|smithy)\//;

/** What a resolve hook is told, as far as it matters here. */
interface Context {
  readonly parentURL?: string;
}

/** What the type definitions of Node.js 20 do not have. */
interface ModuleInternals {
  registerHooks?(hooks: {
    resolve(specifier: string, context: Context, next: (specifier: string, context: Context) => unknown): unknown;
  }): void;
  _resolveFilename(request: string, parent: { readonly filename?: string } | undefined, ...rest: unknown[]): string;
}

const internals = module as unknown as ModuleInternals;

/**
 * Lets `@aws-sdk/*` and `@smithy/*` that do not resolve from the function's own folder resolve from this package's
 * dependencies, for `require` and `import`. `importsModules`: whether the function's code is or imports ES modules;
 * hooks for these cost 50 ms and 9 MB a thread on Node.js 20, which has no `registerHooks`, and nothing later.
 */
export function resolveSdk(importsModules: boolean): void {
  if (internals.registerHooks !== undefined) {
    internals.registerHooks({
      resolve: (specifier, context, next) =>
        isLent(specifier, context.parentURL)
          ? orElse(
              () => next(specifier, context),
              () => ({ url: pathToFileURL(resolveOwn(specifier)).href, shortCircuit: true }),
            )
          : next(specifier, context),
    });
    return;
  }
  const original = internals._resolveFilename;
  internals._resolveFilename = (request, parent, ...rest) =>
    isLent(request, parent?.filename && pathToFileURL(parent.filename).href)
      ? orElse(
          () => original.call(module, request, parent, ...rest),
          () => resolveOwn(request),
        )
      : original.call(module, request, parent, ...rest);
  if (importsModules) module.register(import.meta.url);
}

/** The hook that `module.register` installs in its thread of its own. */
export async function resolve(
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!isLent(specifier, context.parentURL) || !isNotFound(error)) throw error;
    return { url: pathToFileURL(resolveOwn(specifier)).href, shortCircuit: true };
  }
}

/** The SDK's clients are one CommonJS file each for `require` and `import` alike, so no second instance arises. */
function resolveOwn(specifier: string): string {
  return orElse(
    () => createRequire(import.meta.url).resolve(specifier),
    () => {
      const [scope, name] = specifier.split('/');
      throw Object.assign(
        new Error(
          `Cannot find module '${specifier}': the Lambda runtime has it, Crossmap has not. ` +
            `Install it beside crossmap: npm install ${scope}/${name}`,
        ),
        { code: 'MODULE_NOT_FOUND' },
      );
    },
  );
}

/** Hooks see the lookups of this file too: these must not come back to it. */
function isLent(specifier: string, parentUrl: string | undefined): boolean {
  return OF_THE_LAMBDA_RUNTIME.test(specifier) && parentUrl !== import.meta.url;
}

function orElse<T>(first: () => T, second: () => T): T {
  try {
    return first();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return second();
  }
}

function isNotFound(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
}
