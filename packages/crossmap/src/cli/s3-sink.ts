import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import type { ByteSink } from '../listing/output/byte-sink.ts';

/** S3 takes parts of 5 MiB or more and 10,000 of them: lists of up to 156 GiB. */
const PART_SIZE = 16 * 1024 * 1024;

/** An object, by a multipart upload that holds one part in memory, or by one put where all fits into one part. */
export function s3Sink(client: S3Client, place: { readonly Bucket: string; readonly Key: string }): ByteSink {
  let chunks: Buffer[] = [];
  let size = 0;
  let uploadId: string | undefined;
  const parts: CompletedPart[] = [];
  const take = () => {
    const body = Buffer.concat(chunks);
    chunks = [];
    size = 0;
    return body;
  };
  const sdk = () => import('@aws-sdk/client-s3');

  async function sendPart(): Promise<void> {
    const { CreateMultipartUploadCommand, UploadPartCommand } = await sdk();
    uploadId ??= (await client.send(new CreateMultipartUploadCommand(place))).UploadId;
    const part = { ...place, UploadId: uploadId, PartNumber: parts.length + 1 };
    const { ETag } = await client.send(new UploadPartCommand({ ...part, Body: take() }));
    parts.push({ PartNumber: part.PartNumber, ETag });
  }

  return {
    write(bytes) {
      chunks.push(bytes);
      size += bytes.length;
      return size >= PART_SIZE ? sendPart() : undefined;
    },
    async close() {
      const { CompleteMultipartUploadCommand, PutObjectCommand } = await sdk();
      if (uploadId === undefined) {
        await client.send(new PutObjectCommand({ ...place, Body: take() }));
        return;
      }
      if (size > 0) await sendPart();
      const upload = { ...place, UploadId: uploadId, MultipartUpload: { Parts: parts } };
      await client.send(new CompleteMultipartUploadCommand(upload));
    },
    async abort() {
      if (uploadId === undefined) return;
      const { AbortMultipartUploadCommand } = await sdk();
      await client.send(new AbortMultipartUploadCommand({ ...place, UploadId: uploadId }));
      uploadId = undefined;
    },
  };
}
