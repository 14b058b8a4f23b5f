import { createHash } from 'node:crypto';

/**
 * A UUID of version 8 (RFC 9562, 5.8) made of a name: whoever names the same thing gets the same id, so that it is
 * promised once.
 */
export function namedId(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
