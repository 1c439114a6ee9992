import { Readable } from 'node:stream';
import { isJsonObject, type JsonObject } from '../../asl/json.ts';
import type { RoleCaller } from '../../engine/ports.ts';
import type { Caller } from '../../iam/evaluate.ts';
import type { Accounts } from '../accounts.ts';
import type { ClientHandler } from './client-package.ts';
import { javaDouble } from './java-names.ts';

/** The Step Functions API without HTTP: the answer to one request of AWS JSON 1.0. Rejects only for a bug. */
export type StepFunctionsApi = (request: {
  readonly operation: string;
  readonly body: string;
  readonly caller: Caller;
  readonly region: string;
}) => Promise<{ readonly status: number; readonly body: JsonObject }>;

export interface InProcessPorts {
  readonly accounts: Accounts;
  readonly requestId: () => string;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Answers the requests of a client for Step Functions as a session of the caller's role. */
export function inProcessStepFunctions(
  api: StepFunctionsApi,
  { accounts, requestId, now }: InProcessPorts,
): (caller: RoleCaller) => ClientHandler {
  return ({ roleArn, region, sessionName }) => ({
    async handle({ headers, body }) {
      const operation = headers['x-amz-target']?.split('.')[1] ?? '';
      const caller = accounts.callerForRole(roleArn, sessionName);
      const answer = await api({ operation, body: textOf(body), caller, region });
      const text = jsonText(answer.body);
      return {
        response: {
          statusCode: answer.status,
          headers: {
            connection: 'keep-alive',
            'content-length': String(Buffer.byteLength(text)),
            'content-type': 'application/x-amz-json-1.0',
            date: new Date(now()).toUTCString(),
            'x-amzn-requestid': requestId(),
          },
          body: Readable.from([Buffer.from(text)]),
        },
      };
    },
  });
}

/** The client warns of bytes that are read as a text, which `Buffer.from(body)` does. */
function textOf(body: unknown): string {
  if (!(body instanceof Uint8Array)) return String(body ?? '');
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}

/** JSON as the service writes it, which its length shows: dates as doubles of Java. */
function jsonText(value: JsonObject): string {
  const members = Object.entries(value).map(([name, member]) => {
    const text = typeof member === 'number' ? javaDouble(member) : isJsonObject(member) ? jsonText(member) : undefined;
    return `${JSON.stringify(name)}:${text ?? JSON.stringify(member)}`;
  });
  return `{${members.join(',')}}`;
}
