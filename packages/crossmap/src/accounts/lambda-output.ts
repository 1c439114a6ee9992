import type { Json, JsonObject } from '../asl/json.ts';

export interface InvokeAnswer {
  /** 202 for an event. */
  readonly status: 200 | 202;
  readonly payload: string;
  readonly requestId: string;
  /** Epoch ms. */
  readonly time: number;
}

/** What `lambda:invoke` gives around the payload: AWS passes the HTTP answer of the Invoke call on. */
export function invokeOutput({ status, payload, requestId, time }: InvokeAnswer): JsonObject {
  const ran = status === 200;
  const headers: Readonly<Record<string, string>> = {
    Connection: 'keep-alive',
    'Content-Length': String(Buffer.byteLength(payload)),
    ...(ran && { 'Content-Type': 'application/json' }),
    Date: new Date(time).toUTCString(),
    ...(ran && { 'X-Amz-Executed-Version': '$LATEST' }),
    'X-Amzn-Trace-Id': `Root=1-${requestId}`,
    'x-amzn-Remapped-Content-Length': '0',
    'x-amzn-RequestId': requestId,
  };
  return {
    ...(ran && { ExecutedVersion: '$LATEST' }),
    Payload: ran ? (JSON.parse(payload) as Json) : '',
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: status,
    },
    SdkResponseMetadata: { RequestId: requestId },
    StatusCode: status,
  };
}
