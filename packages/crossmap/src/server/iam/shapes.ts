import { usesOf } from '../../accounts/identities/attachments.ts';
import type {
  GroupEntity,
  PolicyEntity,
  PolicyVersion,
  RoleEntity,
  StoredAccessKey,
  UserEntity,
} from '../../accounts/identities/entity.ts';
import { shownTrustPolicy } from '../../accounts/identities/roles.ts';
import type { XmlValue } from '../query/xml.ts';
import type { Scope } from './operation.ts';

type Shape = { readonly [name: string]: XmlValue };

/** Documents are answered with the encoding of RFC 3986. */
export function encodedDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What lists tell of a user; GetUser tells boundary and tags too. */
export function userShape(user: UserEntity): Shape {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: new Date(user.createDate),
  };
}

export function wholeUserShape(user: UserEntity): Shape {
  return { ...userShape(user), ...boundaryShape(user), ...tagsShape(user.tags) };
}

export function roleShape(role: RoleEntity, { state }: Scope): Shape {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createDate),
    AssumeRolePolicyDocument: encodedDocument(shownTrustPolicy(state, role)),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
  };
}

export function wholeRoleShape(role: RoleEntity, scope: Scope): Shape {
  return { ...roleShape(role, scope), ...boundaryShape(role), ...tagsShape(role.tags) };
}

export function groupShape(group: GroupEntity): Shape {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: group.arn,
    CreateDate: new Date(group.createDate),
  };
}

export function policyShape(policy: PolicyEntity, { state, accountId }: Scope): Shape {
  const { attachedTo, boundaryOf } = usesOf(state, policy, accountId);
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attachedTo.length,
    PermissionsBoundaryUsageCount: boundaryOf.length,
    IsAttachable: true,
    CreateDate: new Date(policy.createDate),
    UpdateDate: new Date(policy.updateDate),
  };
}

export function versionShape({ versionId, createDate }: PolicyVersion, { defaultVersionId }: PolicyEntity): Shape {
  return {
    VersionId: versionId,
    IsDefaultVersion: versionId === defaultVersionId,
    CreateDate: new Date(createDate),
  };
}

/** Without the secret, which only CreateAccessKey tells. */
export function accessKeyShape({ accessKeyId, status, createDate }: StoredAccessKey, userName?: string): Shape {
  return { UserName: userName, AccessKeyId: accessKeyId, Status: status, CreateDate: new Date(createDate) };
}

export function attachedShapes(attached: readonly string[]): readonly Shape[] {
  return attached.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn }));
}

export function tagShapes(tags: Readonly<Record<string, string>>): readonly Shape[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function tagsShape(tags: Readonly<Record<string, string>>): Shape {
  return Object.keys(tags).length === 0 ? {} : { Tags: tagShapes(tags) };
}

function boundaryShape({ boundary }: UserEntity | RoleEntity): Shape {
  if (boundary === undefined) return {};
  return { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary } };
}
