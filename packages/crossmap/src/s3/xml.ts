import { SaxesParser } from 'saxes';
import { S3Error } from './errors.ts';

export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

export const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Deeper than any document of S3. */
const DEEPEST = 32;

/**
 * The root element of a request document. One that is not well-formed, has a document type (and with it entities of its
 * own) or is nested deeper than any of S3 is `MalformedXML`. How long it may be is for who receives it.
 */
export function parseXml(document: string): XmlElement {
  const root: OpenElement = { name: '', text: '', children: [] };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', () => {
    throw new S3Error('MalformedXML');
  });
  parser.on('doctype', () => {
    throw new S3Error('MalformedXML');
  });
  parser.on('opentag', (tag) => {
    if (open.length > DEEPEST) throw new S3Error('MalformedXML');
    const element: OpenElement = { name: tag.name.slice(tag.name.indexOf(':') + 1), text: '', children: [] };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  const addText = (text: string) => {
    open.at(-1)!.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => void open.pop());
  parser.write(document).close();
  return root.children[0] ?? root;
}

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: OpenElement[];
}

export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((candidate) => candidate.name === name);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Text for an element. Control characters become character references, as S3 answers them, although XML 1.0 has no
 * place for most: a client that may meet them asks for `encoding-type=url`.
 */
export function escapeXml(text: string): string {
  return text.replace(
    /[&<>"\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g,
    (character) => ENTITIES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );
}

/** An element with text; nothing when the text is `undefined`. */
export function element(name: string, text: string | number | boolean | undefined): string {
  return text === undefined ? '' : `<${name}>${escapeXml(String(text))}</${name}>`;
}

/** A response document around `content`, which is XML already. */
export function xmlDocument(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${content}</${root}>`;
}

/** The document of an error; errors have no namespace. */
export function errorDocument(
  error: S3Error,
  request: { readonly resource: string; readonly requestId: string },
): string {
  const elements = Object.entries(error.elements).map(([name, text]) => element(name, text));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error>',
    element('Code', error.code),
    element('Message', error.message),
    ...elements,
    element('Resource', request.resource),
    element('RequestId', request.requestId),
    '</Error>',
  ].join('');
}
