/** How a service integration is waited for: the answer of the call, the end of what it began, or a task token. */
export type IntegrationPattern = 'request-response' | 'sync' | 'sync:2' | 'wait-for-task-token';

/** What the Resource of a Task state names. */
export type TaskResource =
  /** The parameters are the payload, the payload is the output. `functionArn` may end in a version or an alias. */
  | { readonly kind: 'lambda-function'; readonly functionArn: string }
  | { readonly kind: 'activity'; readonly activityArn: string }
  /**
   * `arn:aws:states:::lambda:invoke` is service `lambda`, action `invoke`; `arn:aws:states:::aws-sdk:s3:getObject` is
   * service `aws-sdk:s3`, action `getObject`. `resource` is the action with the suffix of its pattern, as events show it.
   */
  | {
      readonly kind: 'service';
      readonly service: string;
      readonly action: string;
      readonly pattern: IntegrationPattern;
      readonly resource: string;
    };

const FUNCTION = /^arn:aws[\w-]*:lambda:[\w-]+:[\w-]+:function:[\w-]+(:[\w$-]+)?$/;
const ACTIVITY = /^arn:aws[\w-]*:states:[\w-]+:\d{12}:activity:.+$/;
const SERVICE = /^arn:aws[\w-]*:states:::((?:aws-sdk:)?[\w-]+):(\w+)(?:\.(sync:2|sync|waitForTaskToken))?$/;

/** `undefined` for a text that is no resource of a Task state. Whether it is supported is not asked. */
export function parseTaskResource(text: string): TaskResource | undefined {
  if (FUNCTION.test(text)) return { kind: 'lambda-function', functionArn: text };
  if (ACTIVITY.test(text)) return { kind: 'activity', activityArn: text };
  const [, service, action, suffix] = SERVICE.exec(text) ?? [];
  if (service === undefined || action === undefined) return undefined;
  const resource = suffix === undefined ? action : `${action}.${suffix}`;
  return { kind: 'service', service, action, pattern: patternOf(suffix), resource };
}

function patternOf(suffix: string | undefined): IntegrationPattern {
  if (suffix === 'sync' || suffix === 'sync:2') return suffix;
  return suffix === undefined ? 'request-response' : 'wait-for-task-token';
}
