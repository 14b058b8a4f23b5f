/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Every `Set-Cookie` line, which `headers` has the last of. */
  readonly setCookies: readonly string[];
}

/** What is sent, beside what a page of ours sends. */
export interface Sent {
  readonly json?: object;
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** Sent as it is, in place of both; its content type is among the headers, or there is none. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  /** An empty `sec-fetch-site` is not sent at all. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent instead of this caller's own; null for none. */
  readonly csrf?: string | null;
}

export interface Origins {
  readonly publicOrigin: string;
  readonly staffOrigin: string;
}

/** Somebody with cookies of their own who calls whatever route there is. */
export class Caller {
  csrf = '';

  constructor(
    private readonly origins: Origins,
    readonly cookies: Record<string, string> = {},
  ) {}

  /** Opens a page first, as a browser does, which gives the token for forms. */
  static async begin(origins: Origins, cookies: Record<string, string> = {}): Promise<Caller> {
    const caller = new Caller(origins, cookies);
    const page = await caller.call('GET', '/staff/sign-in');
    caller.csrf = /name="csrf-token" content="([^"]+)"/.exec(page.body)?.[1] ?? '';
    if (caller.csrf === '') throw new Error('The sign-in page gave no token.');
    return caller;
  }

  async call(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const { publicOrigin, staffOrigin } = this.origins;
    const csrf = sent.csrf === undefined ? this.csrf : sent.csrf;
    const headers: Record<string, string> = {
      accept: 'text/html',
      'sec-fetch-site': 'same-origin',
      cookie: Object.entries(this.cookies)
        .map(([name, value]) => `${name}=${value}`)
        .join('; '),
      ...(csrf === null ? {} : { 'x-csrf-token': csrf }),
      ...(sent.json === undefined ? {} : { 'content-type': 'application/json' }),
      ...sent.headers,
    };
    if (headers['sec-fetch-site'] === '') Reflect.deleteProperty(headers, 'sec-fetch-site');
    const body = sent.raw
      ? Buffer.from(sent.raw)
      : sent.form
        ? new URLSearchParams(sent.form)
        : sent.json === undefined
          ? null
          : JSON.stringify(sent.json);
    const origin = path.startsWith('/staff') ? staffOrigin : publicOrigin;
    const answer = await fetch(origin + path, { method, headers, body, redirect: 'manual' });
    const setCookies = answer.headers.getSetCookie();
    for (const line of setCookies) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=');
      this.cookies[name] = value;
    }
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: await answer.text(),
      setCookies,
    };
  }
}
