import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** S3 takes parts of 5 MiB or more and 10,000 of them: objects of up to 78 GiB. */
const PART_SIZE = 8 * 1024 * 1024;

export interface ObjectTarget {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
}

/** Takes the text of an object. Resolves when there is room for more. */
export interface ObjectWriter {
  write(text: string): Promise<void>;
}

/**
 * Stores what `produce` writes, holding one part in memory: a multipart upload, or a single put when it all fits into
 * one part. When `produce` or S3 fails nothing is stored and the upload is aborted.
 */
export async function writeObject<T>(
  client: S3Client,
  target: ObjectTarget,
  produce: (writer: ObjectWriter) => Promise<T>,
): Promise<T> {
  const upload = new Upload(client, target);
  try {
    const result = await produce(upload);
    await upload.finish();
    return result;
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

class Upload implements ObjectWriter {
  readonly #client: S3Client;
  readonly #target: ObjectTarget;
  readonly #parts: CompletedPart[] = [];
  #uploadId: string | undefined;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(client: S3Client, target: ObjectTarget) {
    this.#client = client;
    this.#target = target;
  }

  async write(text: string): Promise<void> {
    const chunk = Buffer.from(text);
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= PART_SIZE) await this.#sendPart();
  }

  async finish(): Promise<void> {
    if (this.#uploadId === undefined) {
      await this.#client.send(
        new PutObjectCommand({ ...this.#place(), Body: this.#take(), ContentType: this.#target.contentType }),
      );
      return;
    }
    if (this.#size > 0) await this.#sendPart();
    const upload = { ...this.#place(), UploadId: this.#uploadId };
    await this.#client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: this.#parts } }));
  }

  /** Keeps the first error: one that happens while aborting is only logged. */
  async abort(): Promise<void> {
    if (this.#uploadId === undefined) return;
    try {
      await this.#client.send(new AbortMultipartUploadCommand({ ...this.#place(), UploadId: this.#uploadId }));
    } catch (error) {
      console.error(`could not abort the upload of s3://${this.#target.bucket}/${this.#target.key}`, error);
    }
  }

  async #sendPart(): Promise<void> {
    this.#uploadId ??= await this.#start();
    const PartNumber = this.#parts.length + 1;
    const part = { ...this.#place(), UploadId: this.#uploadId, PartNumber, Body: this.#take() };
    const { ETag } = await this.#client.send(new UploadPartCommand(part));
    this.#parts.push({ PartNumber, ETag });
  }

  async #start(): Promise<string> {
    const command = new CreateMultipartUploadCommand({ ...this.#place(), ContentType: this.#target.contentType });
    const { UploadId } = await this.#client.send(command);
    if (UploadId === undefined) throw new Error('CreateMultipartUpload answered without an UploadId');
    return UploadId;
  }

  #place(): { Bucket: string; Key: string } {
    return { Bucket: this.#target.bucket, Key: this.#target.key };
  }

  #take(): Buffer {
    const body = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#size = 0;
    return body;
  }
}
