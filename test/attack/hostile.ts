import fc from 'fast-check';
import { EVERY_ROUTE, type Route } from './walk.js';

/** Where whoever wrote these would have a browser go, or what they would have it keep. */
export const ELSEWHERE = 'evil.test';

/** What has led browsers away or split answers before. */
const KNOWN = [
  `//${ELSEWHERE}`,
  `///${ELSEWHERE}`,
  `/\\${ELSEWHERE}`,
  `\\\\${ELSEWHERE}`,
  `/\t/${ELSEWHERE}`,
  `https://${ELSEWHERE}/`,
  `https:${ELSEWHERE}`,
  `/staff//${ELSEWHERE}`,
  `/staff/..//${ELSEWHERE}`,
  `/%2f${ELSEWHERE}`,
  `/%5c${ELSEWHERE}`,
  `/staff?next=//${ELSEWHERE}`,
  `/@${ELSEWHERE}`,
  `javascript:fetch('//${ELSEWHERE}')`,
  `data:text/html,${ELSEWHERE}`,
  `/a\r\nset-cookie: planted=${ELSEWHERE}`,
  `/a\r\nlocation: https://${ELSEWHERE}`,
  `/a\nx-injected: ${ELSEWHERE}`,
  `/a\u560d\u560aset-cookie: planted=${ELSEWHERE}`,
  `x"; filename="${ELSEWHERE}`,
  `planted=${ELSEWHERE}; Domain=${ELSEWHERE}`,
];

/** Such a text, or one like it that nobody has thought of. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...KNOWN),
  fc
    .tuple(fc.constantFrom('/', '//', '/\\', 'https:/', '\r\n', '"', '', '%0d%0a', ';'), fc.string({ maxLength: 8 }))
    .map(([before, after]) => `${before}${after}${ELSEWHERE}`),
);

/** Names that a link of ours or of anybody else's might lead on by. */
const QUERIES = ['next', 'back', 'to', 'after', 'part', 'sent', 'q', 'file', 'state', 'code', 'iss', 'return', 'url'];

/** Headers that a proxy, a browser or whoever likes may send. */
const HEADERS = [
  'referer',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-prefix',
  'x-original-url',
  'x-rewrite-url',
  'forwarded',
  'accept-language',
  'idempotency-key',
  'onedoor-work',
  'range',
  'x-http-method-override',
];

/** One place of a route that takes a text from outside. */
export interface Place {
  readonly route: Route;
  readonly kind: 'parameter' | 'query' | 'field' | 'header' | 'cookie';
  readonly name: string;
}

/** Every place there is, of every route there is. */
export const EVERY_PLACE: readonly Place[] = EVERY_ROUTE.flatMap((route): Place[] => {
  const of = (kind: Place['kind'], names: readonly string[]): Place[] => names.map((name) => ({ route, kind, name }));
  return [
    ...of('parameter', route.pattern.match(/:\w+/g) ?? []),
    ...of('query', QUERIES),
    ...(route.method === 'GET' ? [] : of('field', [...new Set([...Object.keys(route.sends ?? {}), ...QUERIES])])),
    ...of('header', HEADERS),
    ...of('cookie', ['lang', 'csrf', 'draft']),
  ];
});

/** As a header may hold it: a client that is no client of ours could send no more either. */
export function inHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '');
}

/** Every address that a page would lead, send or load from, written out. */
export function addressesIn(html: string): string[] {
  const found = html.matchAll(/\s(?:href|action|formaction|src|content|data-[\w-]+)="([^"]*)"/g);
  return [...found].map(([, value = '']) =>
    value
      .replaceAll('&#39;', "'")
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  );
}
