import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MODULE_EXTENSIONS, parseHandler } from '../function-configuration.ts';
import { RuntimeError } from './runtime-error.ts';
import { resolveSdk } from './sdk-resolution.ts';

export type Handler = (event: unknown, context: unknown, callback: Callback) => unknown;
export type Callback = (error?: unknown, result?: unknown) => void;

/**
 * Loads the function's module, as CommonJS or ES module by its extension and nearest package.json, and takes the
 * handler out of it. Throws what Lambda reports as the error of the initialization.
 */
export async function loadHandler(codeDirectory: string, handlerName: string): Promise<Handler> {
  refuseStreaming();
  const { module, properties } = parseHandler(handlerName)!;
  const path = join(codeDirectory, module);
  const file = path + (MODULE_EXTENSIONS.find((extension) => existsSync(path + extension)) ?? '.js');
  const loaded = await load(file);
  const handler = properties.reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | undefined)?.[name],
    loaded,
  );
  if (!handler) throw new RuntimeError('Runtime.HandlerNotFound', `${handlerName} is undefined or not exported`);
  if (typeof handler !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handlerName} is not a function`);
  }
  return handler as Handler;
}

async function load(file: string): Promise<unknown> {
  const isModule = isEcmaScriptModule(file);
  try {
    resolveSdk(isModule || readFileSync(file, 'utf8').includes('import('));
    return isModule ? await import(pathToFileURL(file).href) : createRequire(file)(file);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error), { cause: error });
    }
    if ((error as { code?: unknown } | undefined)?.code === 'MODULE_NOT_FOUND') {
      throw new RuntimeError('Runtime.ImportModuleError', String(error), { cause: error });
    }
    throw error;
  }
}

function isEcmaScriptModule(file: string): boolean {
  if (!file.endsWith('.js')) return file.endsWith('.mjs');
  for (let folder = dirname(file); basename(folder) !== 'node_modules'; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) {
      return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown } | null)?.type === 'module';
    }
    if (folder === dirname(folder)) break;
  }
  return false;
}

/** Lambda's global for streamed responses, which Invoke and Step Functions have no use for. */
function refuseStreaming(): void {
  const streamifyResponse = (): never => {
    throw new Error(
      'Crossmap does not support awslambda.streamifyResponse: expected a handler that returns its result',
    );
  };
  Object.assign(globalThis, { awslambda: { streamifyResponse } });
}
