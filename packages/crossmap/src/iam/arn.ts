import { compilePattern, type Matcher } from './wildcard.ts';

/** `arn:partition:service:region:account-id:resource`; Region and account may be empty, `resource` may hold colons. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
}

/** `undefined` when the text is not an ARN. */
export function parseArn(text: string): Arn | undefined {
  const segments = arnSegments(text);
  if (segments === undefined) return undefined;
  const [prefix = '', partition = '', service = '', region = '', accountId = '', resource = ''] = segments;
  if (prefix !== 'arn' || partition === '' || service === '' || resource === '') return undefined;
  return { partition, service, region, accountId, resource };
}

/**
 * The comparison of the Arn condition operators: segment by segment, so that a wildcard never reaches over a colon of
 * the first five. `undefined` when `value` does not have six segments.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function arnMatcher(value: string, options: { variables: boolean; at: string }): Matcher | undefined {
  const matchers = arnSegments(value, options.variables)?.map((segment) =>
    compilePattern(segment, { wildcards: true, ...options }),
  );
  if (matchers === undefined) return undefined;
  return (text, context) => arnSegments(text)?.every((segment, i) => matchers[i]?.(segment, context)) ?? false;
}

/** Six texts, or `undefined` when there are fewer. With `variables`, a colon inside of `${…}` parts nothing. */
function arnSegments(text: string, variables = false): readonly string[] | undefined {
  const segments: string[] = [];
  let start = 0;
  let from = 0;
  while (segments.length < 5) {
    const colon = text.indexOf(':', from);
    if (colon === -1) return undefined;
    const variable = variables ? text.lastIndexOf('${', colon) : -1;
    const end = variable < from ? -1 : text.indexOf('}', variable);
    if (end > colon) {
      from = end;
      continue;
    }
    segments.push(text.slice(start, colon));
    start = colon + 1;
    from = start;
  }
  segments.push(text.slice(start));
  return segments;
}
