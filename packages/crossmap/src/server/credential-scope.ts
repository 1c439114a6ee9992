import { createHmac } from 'node:crypto';

export interface Scope {
  /** `yyyyMMdd` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** What a request says of its credentials: `KEY/yyyyMMdd/REGION/SERVICE/aws4_request`. */
export interface Credential {
  readonly accessKeyId: string;
  readonly scope: Scope;
}

export type ParsedCredential =
  | { readonly kind: 'credential'; readonly credential: Credential }
  /** `message` is S3's, without the words about header or parameter. */
  | { readonly kind: 'malformed'; readonly message: string };

export function parseCredential(text: string): ParsedCredential {
  const parts = text.split('/');
  const [accessKeyId = '', date = '', region = '', service = '', terminal] = parts.slice(-5);
  if (parts.length !== 5 || accessKeyId === '' || region === '') {
    return malformed('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".');
  }
  if (!/^\d{8}$/.test(date)) {
    return malformed(`incorrect date format "${date}". This date in the credential must be in the format "yyyyMMdd".`);
  }
  if (terminal !== 'aws4_request') {
    return malformed(`incorrect terminal "${terminal}". This endpoint uses "aws4_request".`);
  }
  return { kind: 'credential', credential: { accessKeyId, scope: { date, region, service } } };
}

function malformed(message: string): ParsedCredential {
  return { kind: 'malformed', message };
}

const MOST_KEYS = 1000;
const signingKeys = new Map<string, Buffer>();

/** Derived once a day for each secret, Region and service. */
export function signingKey(secretAccessKey: string, { date, region, service }: Scope): Buffer {
  const name = `${secretAccessKey}/${date}/${region}/${service}`;
  const known = signingKeys.get(name);
  if (known !== undefined) return known;
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), 'aws4_request');
  if (signingKeys.size >= MOST_KEYS) signingKeys.clear();
  signingKeys.set(name, key);
  return key;
}
