import { format } from 'node:util';
import type { MessagePort } from 'node:worker_threads';
import type { RuntimeMessage } from './messages.ts';

const LEVELS = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;

/** Writes one event in Lambda's text format: time, request, level, message. */
export type WriteLog = (level: string, message: string) => void;

/**
 * Sends all that the function writes (console, standard output, standard error) over `port`: in order, and before
 * the result that follows it. `requestId` is asked at each event.
 */
export function captureLog(port: MessagePort, requestId: () => string | undefined): WriteLog {
  const send = (message: RuntimeMessage): void => port.postMessage(message);
  const writeLog: WriteLog = (level, message) =>
    send({ kind: 'log', message: `${new Date().toISOString()}\t${requestId()}\t${level}\t${message}` });
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method as keyof typeof LEVELS] = (...parts: unknown[]) => writeLog(level, format(...parts));
  }
  for (const stream of [process.stdout, process.stderr]) {
    const decoder = new TextDecoder();
    stream.write = (chunk: Uint8Array | string, ...rest: unknown[]): boolean => {
      send({ kind: 'output', text: typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }) });
      const done = rest.find((argument) => typeof argument === 'function');
      if (done) queueMicrotask(() => (done as () => void)());
      return true;
    };
  }
  return writeLog;
}

/**
 * Drops the SDK's warning that it will leave this version of Node.js: it speaks of the machine that runs Crossmap, not
 * of the function. Versions that know `AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED` do not come this far.
 */
export function silenceSdkVersionWarning(): void {
  const emitWarning = process.emitWarning as (...parts: unknown[]) => void;
  process.emitWarning = (...parts: unknown[]) => {
    if (!/^Node\w+Warning: The AWS SDK for JavaScript/.test(String(parts[0]))) emitWarning.apply(process, parts);
  };
}
