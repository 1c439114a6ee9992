import { S3Error } from '../errors.ts';
import { resourceArn } from '../gate.ts';
import { began } from '../initiator.ts';
import type { ObjectInput } from '../operation.ts';
import type { Upload } from '../upload-store.ts';

/**
 * The upload that a request names, once the caller may do `action` with it: by policies, or as who began it, which policies
 * can deny. https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
 * Errors: `AccessDenied`, `NoSuchUpload`.
 */
export function unfinishedUpload(input: ObjectInput, action: string): Upload {
  const { request, bucket, key, uploads, authorize } = input;
  const id = request.query.uploadId!;
  const upload = uploads.find(id, bucket.name, key);
  const byDefault = upload !== undefined && began(request.caller.principal, upload.initiator);
  authorize(action, resourceArn(bucket.name, key), { byDefault });
  if (upload === undefined) throw new S3Error('NoSuchUpload', { elements: { UploadId: id } });
  return upload;
}
