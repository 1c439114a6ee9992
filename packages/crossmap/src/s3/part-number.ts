import { S3Error } from './errors.ts';

export const MOST_PARTS = 10_000;

/** Errors: `InvalidArgument`. */
export function partNumber(text: string | undefined): number {
  if (text !== undefined && /^\d{1,5}$/.test(text)) {
    const number = Number(text);
    if (number >= 1 && number <= MOST_PARTS) return number;
  }
  throw new S3Error('InvalidArgument', {
    message: `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`,
    elements: { ArgumentName: 'partNumber', ArgumentValue: text ?? '' },
  });
}
