import { createHash, createHmac } from 'node:crypto';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A GET request without a body. The query is in canonical form: names and values encoded, sorted by name. */
export interface UnsignedRequest {
  readonly host: string;
  readonly path: string;
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

const EMPTY_PAYLOAD = createHash('sha256').update('').digest('hex');

/**
 * Signature Version 4. The signing key holds for a day, Region and service, so that a request costs one hash and one
 * HMAC. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export class Signer {
  readonly #region: string;
  readonly #service: string;
  #scope: string | undefined;
  #secret: string | undefined;
  #key: Buffer | undefined;

  constructor(region: string, service = 's3') {
    this.#region = region;
    this.#service = service;
  }

  /** The headers to send, those given among them. */
  sign(request: UnsignedRequest, credentials: AwsCredentials, now: Date): Record<string, string> {
    const timestamp = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
    const scope = `${timestamp.slice(0, 8)}/${this.#region}/${this.#service}/aws4_request`;
    const headers: Record<string, string> = {
      ...request.headers,
      host: request.host,
      'x-amz-content-sha256': EMPTY_PAYLOAD,
      'x-amz-date': timestamp,
    };
    if (credentials.sessionToken !== undefined) {
      headers[this.#service === 's3express' ? 'x-amz-s3session-token' : 'x-amz-security-token'] =
        credentials.sessionToken;
    }
    const names = Object.keys(headers).sort();
    const signed = names.join(';');
    const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
    const canonical = `GET\n${request.path}\n${request.query}\n${lines}\n${signed}\n${EMPTY_PAYLOAD}`;
    const text = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`;
    const signature = createHmac('sha256', this.#keyFor(scope, credentials.secretAccessKey)).update(text).digest('hex');
    headers.authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
    return headers;
  }

  #keyFor(scope: string, secret: string): Buffer {
    if (this.#key === undefined || scope !== this.#scope || secret !== this.#secret) {
      this.#key = scope
        .split('/')
        .reduce((key: Buffer, part) => createHmac('sha256', key).update(part).digest(), Buffer.from(`AWS4${secret}`));
      this.#scope = scope;
      this.#secret = secret;
    }
    return this.#key;
  }
}

/** Percent-encoding as signatures want it: all but letters, digits and `-._~`. */
export function encodeQuery(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
