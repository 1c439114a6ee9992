import { element } from '../../s3/xml.ts';

/** A value of an answer: what is `undefined` is left out, a list has its items as `member`. Dates are epoch ms. */
export type XmlValue =
  | string
  | number
  | boolean
  | Date
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

/** The elements of an object, in its order. */
export function xmlElements(value: { readonly [name: string]: XmlValue }): string {
  return Object.entries(value)
    .map(([name, each]) => xmlElement(name, each))
    .join('');
}

function xmlElement(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Date) return element(name, value.toISOString().replace(/\.\d{3}Z$/, 'Z'));
  if (typeof value !== 'object') return element(name, value);
  const content = isList(value) ? value.map((item) => xmlElement('member', item)).join('') : xmlElements(value);
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

function isList(value: object): value is readonly XmlValue[] {
  return Array.isArray(value);
}
