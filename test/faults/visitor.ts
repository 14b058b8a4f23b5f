/** A browser's cookies and CSRF token, without a browser. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  #csrf = '';

  /** @param marks headers to send along, such as an address and a device to be looked for afterwards */
  constructor(
    private readonly origin: string,
    private readonly marks: Readonly<Record<string, string>> = {},
  ) {}

  get(path: string): Promise<string> {
    return this.#send(path, { method: 'GET' });
  }

  /** Sends a form as a page of ours does, and follows where it leads. */
  submit(path: string, fields: Readonly<Record<string, string>> = {}): Promise<string> {
    return this.#send(path, { method: 'POST', body: new URLSearchParams({ ...fields, _csrf: this.#csrf }) });
  }

  /** Sends JSON as a script of ours does. */
  post(path: string, body: object): Promise<string> {
    const headers = { 'content-type': 'application/json', 'x-csrf-token': this.#csrf };
    return this.#send(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async #send(path: string, init: RequestInit): Promise<string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...this.marks, ...(init.headers as Record<string, string> | undefined), cookie };
    const response = await fetch(this.origin + path, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=');
      this.cookies.set(name, value);
    }
    const text = await response.text();
    const location = response.headers.get('location');
    if (response.status === 303 && location !== null) return this.get(location);
    if (!response.ok) throw new Error(`${path} was answered with ${response.status.toString()}: ${text}`);
    this.#csrf = /name="(?:_csrf|csrf-token)" (?:value|content)="([^"]+)"/.exec(text)?.[1] ?? this.#csrf;
    return text;
  }
}
