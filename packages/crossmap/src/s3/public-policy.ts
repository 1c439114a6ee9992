/**
 * Whether a bucket policy (as text, valid) grants anything to the public: one Allow statement that is not limited to
 * fixed values of a principal or of one of the keys below makes the whole policy public.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function isPublicPolicy(document: string): boolean {
  const { Statement } = JSON.parse(document) as { readonly Statement: unknown };
  return listOf(Statement).some((statement) => isPublicStatement(objectOf(statement)));
}

function isPublicStatement({ Effect, Principal, Condition }: Readonly<Record<string, unknown>>): boolean {
  return Effect === 'Allow' && !isFixedPrincipal(Principal) && !isLimited(Condition);
}

/** Identity providers of the web, and everyone but some (`NotPrincipal`), are the public. */
function isFixedPrincipal(principal: unknown): boolean {
  if (typeof principal !== 'object' || principal === null) return false;
  return Object.entries(principal).every(
    ([type, names]) => type !== 'Federated' && listOf(names).every((name) => isFixed(String(name))),
  );
}

/** Operators that hold only of a key that is there and has one of the values. */
const FIXING_OPERATOR = /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/i;
const FIXING_KEYS: readonly string[] = [
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalservicename',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
];

function isLimited(condition: unknown): boolean {
  return Object.entries(objectOf(condition)).some(([operator, keys]) =>
    Object.entries(objectOf(keys)).some(([key, values]) =>
      limits(operator, key.toLowerCase(), listOf(values).map(String)),
    ),
  );
}

function limits(operator: string, key: string, values: readonly string[]): boolean {
  if (key === 'aws:sourceip') return /^(ForAnyValue:)?IpAddress$/i.test(operator) && values.every(isNarrow);
  if (!FIXING_OPERATOR.test(operator)) return false;
  if (key === 's3:dataaccesspointarn') return values.every(isAccessPointOfOneAccount);
  return FIXING_KEYS.includes(key) && values.every(isFixed);
}

function isFixed(value: string): boolean {
  return !/[*?]|\$\{/.test(value);
}

/** The name of an access point may be a wildcard where its account is fixed. */
function isAccessPointOfOneAccount(arn: string): boolean {
  return /^arn:[a-z-]+:s3:[^:]*:\d{12}:accesspoint\//.test(arn);
}

/** Not broader than /8 of IPv4, /32 of IPv6. */
function isNarrow(range: string): boolean {
  if (!isFixed(range)) return false;
  const [address = '', bits] = range.split('/', 2);
  return bits === undefined || Number(bits) >= (address.includes(':') ? 32 : 8);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
