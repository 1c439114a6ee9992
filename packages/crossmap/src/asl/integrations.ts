import { type IntegrationPattern, parseTaskResource } from './task-resource.ts';

interface Integration {
  readonly service: string;
  /** Absent: every action. */
  readonly action?: string;
  readonly patterns: readonly IntegrationPattern[];
}

/** The service integrations that run against the embedded accounts. */
const EMBEDDED: readonly Integration[] = [
  { service: 'lambda', action: 'invoke', patterns: ['request-response', 'wait-for-task-token'] },
  {
    service: 'states',
    action: 'startExecution',
    patterns: ['request-response', 'sync', 'sync:2', 'wait-for-task-token'],
  },
  { service: 'aws-sdk:lambda', patterns: ['request-response', 'wait-for-task-token'] },
  { service: 'aws-sdk:s3', patterns: ['request-response', 'wait-for-task-token'] },
  { service: 'aws-sdk:sfn', patterns: ['request-response', 'wait-for-task-token'] },
  { service: 'aws-sdk:sts', patterns: ['request-response', 'wait-for-task-token'] },
];

/** Why a task with this Resource cannot run here; `undefined` when it can. `routed`: services at configured endpoints. */
export function integrationRefusal(resourceText: string, routed: ReadonlySet<string>): string | undefined {
  const resource = parseTaskResource(resourceText);
  if (resource === undefined) return `The resource \`${resourceText}\` names nothing that a task can run`;
  if (resource.kind !== 'service' || routed.has(resource.service)) return undefined;
  const { service, action, pattern } = resource;
  const offered = EMBEDDED.filter((each) => each.service === service && (each.action ?? action) === action);
  if (offered.some(({ patterns }) => patterns.includes(pattern))) return undefined;
  return `The resource \`${resourceText}\` is not supported yet: use ${supported().join(', ')}`;
}

function supported(): readonly string[] {
  return ['Lambda functions', 'activities', ...EMBEDDED.map(({ service, action }) => `${service}:${action ?? '*'}`)];
}
