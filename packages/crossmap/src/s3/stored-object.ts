import type { StoredBody } from './body.ts';
import type { Tag } from './bucket-settings.ts';
import type { Checksum } from './checksum.ts';
import type { KmsEncryption } from './encryption.ts';
import type { ForeignOwner } from './object-owner.ts';
import type { UserMetadata } from './user-metadata.ts';

/** What is kept of an object beside its bytes. */
export interface Attributes {
  /** `content-type` and the other standard headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: UserMetadata;
  readonly checksum?: Checksum;
  /** Absent for STANDARD. */
  readonly storageClass?: string;
  /** Absent for an object that S3 encrypts with its own keys. */
  readonly encryption?: KmsEncryption;
  readonly tags?: readonly Tag[];
  /** Absent for an object of the bucket's account. */
  readonly owner?: ForeignOwner;
}

export interface StoredObject {
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Epoch ms, whole seconds. */
  readonly lastModified: number;
  readonly attributes: Attributes;
  readonly body: StoredBody;
}

export interface ObjectVersion extends StoredObject {
  /** `null` for the one written while the bucket was not versioned, or suspended. */
  readonly versionId: string;
}

/** What a key, or a version of it, names. */
export type FoundVersion =
  | { readonly kind: 'object'; readonly object: ObjectVersion }
  | { readonly kind: 'delete-marker'; readonly versionId: string; readonly lastModified: number }
  | { readonly kind: 'absent' };

/** A current object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: number;
  readonly checksum?: Pick<Checksum, 'algorithm' | 'type'>;
  /** Absent for STANDARD. */
  readonly storageClass?: string;
  /** The account that owns it, where that is not the bucket's. */
  readonly owner?: string;
}

/** A version as a listing shows it; a delete marker has no object. */
export interface ListedVersion {
  readonly key: string;
  /** Versions of one key in the order they were written. */
  readonly sequence: number;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly lastModified: number;
  readonly object?: ListedObject;
}

/** What must hold of the current object for a write to happen. */
export interface WriteCondition {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: '*';
  /** Whether the object was deleted since the condition was first looked at. */
  readonly isConflict?: () => boolean;
}

/** What a delete did: whether it made or removed a delete marker, and which version is meant. */
export interface Deletion {
  readonly deleteMarker: boolean;
  readonly versionId: string;
}
