/** One file of a release. Texts are UTF-8 without a byte order mark. */
export interface ReleaseFile {
  /** Without a folder. */
  readonly name: string;
  /** Without parameters. */
  readonly mediaType: string;
  readonly body: Uint8Array;
}

/** A file of text. */
export function textFile(name: string, mediaType: string, text: string): ReleaseFile {
  return { name, mediaType, body: new TextEncoder().encode(text) };
}

/** A file of JSON, indented for people and in the order in which it was written. */
export function jsonFile(name: string, mediaType: string, value: unknown): ReleaseFile {
  return textFile(name, mediaType, `${JSON.stringify(value, null, 2)}\n`);
}
