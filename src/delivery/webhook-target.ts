import { isIP } from 'node:net';
import { isPublicAddress } from './webhook-address.js';

/** Characters of a URL: more than anybody needs. */
export const LONGEST_URL = 500;

/** Why a URL may not be called. */
export type TargetProblem = 'not_a_url' | 'credentials' | 'not_https' | 'other_port' | 'private_address';

/** Where a call may go. */
export interface WebhookTarget {
  readonly url: URL;
  /** The name to look up, or the address itself, without brackets. */
  readonly hostname: string;
  /** Whether the settings let it lie at a private address. */
  readonly mayBePrivate: boolean;
}

/**
 * Reads a URL that somebody wants to be called at, by its words alone: what its name leads to is looked at anew at every
 * call, since that can change from one moment to the next.
 *
 * @param text an absolute URL
 * @param privateHosts hosts, as `URL.host` writes them, for which more is allowed
 */
export function webhookTarget(text: string, privateHosts: ReadonlySet<string>): WebhookTarget | TargetProblem {
  if (text.length > LONGEST_URL || !URL.canParse(text)) return 'not_a_url';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'not_https';
  // They would end up in a header of ours, and a name like bank.govt.nz@elsewhere is made to be misread.
  if (url.username !== '' || url.password !== '') return 'credentials';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const mayBePrivate = privateHosts.has(url.host);
  if (!mayBePrivate) {
    if (url.protocol !== 'https:') return 'not_https';
    if (url.port !== '') return 'other_port';
    if (isIP(hostname) !== 0 && !isPublicAddress(hostname)) return 'private_address';
  }
  url.hash = '';
  return { url, hostname, mayBePrivate };
}
