/** A body that was sent in place of a true one, and how that was answered. */
export interface Tried {
  /** `POST /api/v1/submissions` and so on, ids left out. */
  readonly route: string;
  /** Where in the body it was changed, and to what. */
  readonly change: string;
  readonly status: number;
}

/** A body that was changed in one place. */
export interface Changed {
  readonly change: string;
  readonly body: unknown;
}

const COMPACT = /^[\w-]+(?:\.[\w-]*){2}(?:(?:\.[\w-]*){2})?$/;
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

type Header = Readonly<Record<string, unknown>>;

/** A header under which somebody would have an easier time (RFC 7516, RFC 7515, RFC 8725 sections 2.1 and 3.1). */
function weaker(header: Header): Header[] {
  const sealed = 'enc' in header;
  return sealed
    ? [
        { ...header, alg: 'RSA1_5' },
        { ...header, alg: 'dir' === header.alg ? 'A128KW' : 'dir' },
        { ...header, enc: 'A128CBC-HS256' },
        { ...header, zip: 'DEF' },
      ]
    : [
        { ...header, alg: 'none' },
        { ...header, alg: 'HS256' },
        { ...header, alg: 'ES256' },
        { ...header, b64: false, crit: ['b64'] },
      ];
}

/** Every body that differs from this one by the header of one thing that is sealed or signed in it; one place for each list. */
export function downgrades(body: unknown): Changed[] {
  const seen = new Set<string>();
  const found: Changed[] = [];
  const walk = (value: unknown, at: readonly (string | number)[]): void => {
    const header = typeof value === 'string' && COMPACT.test(value) ? headerOf(value) : undefined;
    const place = at.filter((step) => typeof step === 'string').join('.');
    if (header && typeof value === 'string' && !seen.has(place)) {
      seen.add(place);
      for (const other of weaker(header)) {
        const [, ...rest] = value.split('.');
        if (other.alg === 'none') rest[rest.length - 1] = '';
        const text = [Buffer.from(JSON.stringify(other)).toString('base64url'), ...rest].join('.');
        found.push({ change: `${place} ${JSON.stringify(other)}`, body: replaced(body, at, text) });
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, one] of Object.entries(value)) walk(one, [...at, Array.isArray(value) ? Number(name) : name]);
    }
  };
  walk(body, []);
  return found;
}

function headerOf(text: string): Header | undefined {
  try {
    const header = JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()) as Header;
    return typeof header.alg === 'string' ? header : undefined;
  } catch {
    return undefined;
  }
}

function replaced(body: unknown, [step, ...rest]: readonly (string | number)[], text: string): unknown {
  if (step === undefined) return text;
  if (Array.isArray(body)) return body.map((one: unknown, i) => (i === step ? replaced(one, rest, text) : one));
  const object = body as Record<string, unknown>;
  return { ...object, [step]: replaced(object[step], rest, text) };
}

/** Sends, before each JSON body that a story sends, what an attacker would send in its place. */
export async function tryBefore(story: () => Promise<void>, changes: (body: unknown) => Changed[]): Promise<Tried[]> {
  const tried: Tried[] = [];
  const send = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    if (typeof init?.body === 'string' && typeof input === 'string') {
      const route = `${init.method ?? 'GET'} ${new URL(input).pathname.replace(ID, ':id')}`;
      for (const { change, body } of changes(JSON.parse(init.body))) {
        const answer = await send(input, { ...init, body: JSON.stringify(body) });
        await answer.arrayBuffer();
        tried.push({ route, change, status: answer.status });
      }
    }
    return send(input, init);
  };
  try {
    await story();
  } finally {
    globalThis.fetch = send;
  }
  return tried;
}
