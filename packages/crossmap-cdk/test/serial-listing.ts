import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { ListSource } from '../handlers/list-objects/bucket-listing.ts';

/** One page after the other, by the client of the SDK. */
export function listSerially(client: S3Client): ListSource {
  return async (source, prefix, take) => {
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: source.name,
          Prefix: prefix,
          ContinuationToken: token,
          EncodingType: 'url',
        }),
      );
      await take(
        (page.Contents ?? []).map(({ Key = '', Size = 0, ETag, LastModified }) => ({
          Key: decodeURIComponent(Key.replaceAll('+', ' ')),
          Size,
          ETag,
          LastModified: LastModified?.toISOString(),
        })),
      );
      token = page.NextContinuationToken;
    } while (token !== undefined);
  };
}
