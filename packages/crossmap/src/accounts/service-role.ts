import type { Refusal } from '../engine/ports.ts';
import { parseArn } from '../iam/arn.ts';
import { type AuthorizationRequest, type Caller, evaluate } from '../iam/evaluate.ts';
import { explainDenial } from '../iam/explanation.ts';
import type { Role } from './accounts.ts';

/** `explanation` is for the log; the rest is what AWS answers. */
export interface AssumeRoleRefusal extends Refusal {
  readonly explanation: string;
}

/** What a service answers when it may not assume the role it was given. */
const SERVICE_REFUSALS: Readonly<Record<string, Omit<Refusal, 'kind'>>> = {
  'lambda.amazonaws.com': {
    code: 'InvalidParameterValueException',
    message: 'The role defined for the function cannot be assumed by Lambda.',
  },
  'states.amazonaws.com': {
    code: 'AccessDeniedException',
    message:
      'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.',
  },
};

interface ServiceAssumption {
  readonly roleArn: string;
  /** `lambda.amazonaws.com` */
  readonly servicePrincipal: string;
  readonly sourceArn: string | undefined;
}

/**
 * The session that a service gets of a role, if the role's trust policy lets it in by its global or by its Regional
 * name. `sourceArn` is the resource the service acts for.
 */
export function assumeServiceRole(
  role: Role | undefined,
  { roleArn, servicePrincipal, sourceArn }: ServiceAssumption,
  session: () => Caller,
): { readonly kind: 'caller'; readonly caller: Caller } | AssumeRoleRefusal {
  const refused = (explanation: string): AssumeRoleRefusal => ({
    kind: 'refused',
    ...(SERVICE_REFUSALS[servicePrincipal] ?? {
      code: 'AccessDenied',
      message: `User: ${servicePrincipal} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    }),
    explanation,
  });
  if (role === undefined) return refused(`The role ${roleArn} does not exist`);

  let explanation = '';
  const source = parseArn(sourceArn ?? '');
  const regional = source === undefined ? [] : [servicePrincipal.replace('.', `.${source.region}.`)];
  for (const service of [...regional, servicePrincipal]) {
    const request = assumption(role, service, sourceArn);
    const decision = evaluate(request);
    if (decision.decision === 'Allow') return { kind: 'caller', caller: session() };
    explanation = explainDenial(request, decision);
  }
  return refused(explanation);
}

function assumption(role: Role, service: string, sourceArn: string | undefined): AuthorizationRequest {
  const sourceAccount = parseArn(sourceArn ?? '')?.accountId;
  return {
    principal: { kind: 'service', service },
    action: 'sts:AssumeRole',
    resource: role.arn,
    resourceAccount: role.accountId,
    identityPolicies: [],
    resourcePolicy: role.trustPolicy,
    context: {
      'aws:PrincipalIsAWSService': 'true',
      'aws:PrincipalServiceName': service,
      ...(sourceArn === undefined ? {} : { 'aws:SourceArn': sourceArn }),
      ...(sourceAccount === undefined ? {} : { 'aws:SourceAccount': sourceAccount }),
    },
  };
}
