import { parseCredential } from './credential-scope.ts';
import {
  ALGORITHM,
  LARGEST_SKEW_MS,
  parseTimestamp,
  type ReadClaim,
  type RefusedAuthentication,
  refused,
  timestampOf,
} from './signature-claim.ts';

type Headers = Readonly<Record<string, string>>;

/** Reads the Authorization header and the time of the request, which must be within a quarter of an hour of `now`. */
export function readAuthorizationHeader(headers: Headers, now: number): ReadClaim {
  const authorization = headers.authorization ?? '';
  const [mechanism = ''] = authorization.split(' ', 1);
  if (mechanism !== ALGORITHM) return otherMechanism(mechanism, authorization);
  const components = readComponents(authorization.slice(ALGORITHM.length));
  if (components.kind === 'refused') return components;
  const { Credential, SignedHeaders, Signature } = components;
  const parsed = parseCredential(Credential);
  if (parsed.kind === 'malformed') return malformed(parsed.message);
  const date = requestTime(headers);
  if (date === undefined)
    return refused('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  if (Math.abs(now - date.time) > LARGEST_SKEW_MS) {
    return refused('RequestTimeTooSkewed', undefined, {
      RequestTime: date.timestamp,
      ServerTime: new Date(now).toISOString(),
      MaxAllowedSkewMilliseconds: String(LARGEST_SKEW_MS),
    });
  }
  const { scope } = parsed.credential;
  if (scope.date !== date.timestamp.slice(0, 8)) {
    return malformed(
      `Invalid credential date "${scope.date}". This date is not the same as X-Amz-Date: "${date.timestamp.slice(0, 8)}".`,
    );
  }
  return {
    kind: 'claim',
    claim: {
      ...parsed.credential,
      ...date,
      type: 'REST-HEADER',
      signedHeaders: SignedHeaders.split(';'),
      signature: Signature,
      sessionToken: headers['x-amz-security-token'],
      payloadHash: headers['x-amz-content-sha256'],
    },
  };
}

function malformed(message: string): RefusedAuthentication {
  return refused('AuthorizationHeaderMalformed', `The authorization header is malformed; ${message}`);
}

function otherMechanism(mechanism: string, authorization: string): RefusedAuthentication {
  if (mechanism === 'AWS4-ECDSA-P256-SHA256') {
    return refused('NotImplemented', 'Signature Version 4A is not supported by Crossmap');
  }
  if (mechanism === 'AWS') {
    return refused(
      'InvalidRequest',
      `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
    );
  }
  return refused('InvalidArgument', 'Unsupported Authorization Type', {
    ArgumentName: 'Authorization',
    ArgumentValue: authorization,
  });
}

interface Components {
  readonly kind: 'components';
  readonly Credential: string;
  readonly SignedHeaders: string;
  readonly Signature: string;
}

function readComponents(text: string): Components | RefusedAuthentication {
  const found: Record<string, string> = {};
  for (const component of text.split(',')) {
    const equals = component.indexOf('=');
    const [name, value] = [component.slice(0, Math.max(equals, 0)).trim(), component.slice(equals + 1).trim()];
    if (equals === -1 || value === '') {
      return text.trim() === ''
        ? malformed('the authorization header requires three components: Credential, SignedHeaders, and Signature.')
        : malformed(`the authorization component "${component.trim()}" is malformed.`);
    }
    found[name] = value;
  }
  const { Credential, SignedHeaders, Signature } = found;
  if (Credential === undefined) return malformed('missing Credential.');
  if (SignedHeaders === undefined) return malformed('missing SignedHeaders.');
  if (Signature === undefined) return malformed('missing Signature.');
  return { kind: 'components', Credential, SignedHeaders, Signature };
}

/** Of `x-amz-date`, or else of `Date`, each in either form. */
function requestTime(headers: Headers): { readonly timestamp: string; readonly time: number } | undefined {
  const text = headers['x-amz-date'] ?? headers.date ?? '';
  const time = parseTimestamp(text) ?? parseHttpDate(text);
  return time === undefined ? undefined : { timestamp: timestampOf(time), time };
}

/** `Tue, 24 Nov 2026 00:00:00 GMT` in epoch ms. */
function parseHttpDate(text: string): number | undefined {
  if (!/^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (GMT|\+0000|-0000)$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
