import { createHash } from 'node:crypto';
import { textFile, type ReleaseFile } from './release-file.js';

/** A file as catalogues and packages tell of it. */
export interface DescribedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** Lower case hexadecimal. */
  readonly sha256: string;
}

/** Length and SHA-256 (FIPS 180-4) of a file. */
export function describeFile({ name, mediaType, body }: ReleaseFile): DescribedFile {
  const sha256 = createHash('sha256').update(body).digest('hex');
  return { name, mediaType, bytes: body.byteLength, sha256 };
}

/** The checksums of files, as `sha256sum -c` of GNU coreutils reads them. */
export function checksums(files: readonly ReleaseFile[]): ReleaseFile {
  const lines = files.map(describeFile).map(({ name, sha256 }) => `${sha256}  ${name}\n`);
  return textFile('SHA256SUMS', 'text/plain', lines.join(''));
}
