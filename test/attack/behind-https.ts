import { request } from 'node:http';

/** An answer, with every `Set-Cookie` line as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly cookies: readonly string[];
  readonly text: string;
}

/** What is sent, beside cookies. */
export interface RawSent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A browser at one host of a service that stands behind a proxy that speaks https: it asks the port and names the host. */
export class HostClient {
  readonly jar = new Map<string, string>();
  /** Every `Set-Cookie` line that it was ever sent. */
  readonly lines: string[] = [];
  private csrf = '';

  constructor(
    private readonly port: number,
    readonly host: string,
  ) {}

  async get(path: string): Promise<RawAnswer> {
    return this.send('GET', path);
  }

  /** Sends a form of the page it was on last. */
  submit(path: string, fields: Readonly<Record<string, string>> = {}): Promise<RawAnswer> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.send('POST', path, { headers, body: new URLSearchParams({ ...fields, _csrf: this.csrf }).toString() });
  }

  /** As a script of the page sends it. */
  post(path: string, body: object): Promise<RawAnswer> {
    const headers = { 'content-type': 'application/json', 'x-csrf-token': this.csrf };
    return this.send('POST', path, { headers, body: JSON.stringify(body) });
  }

  send(method: string, path: string, { headers = {}, body }: RawSent = {}): Promise<RawAnswer> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Promise((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: this.port, method, path, headers: { host: this.host, cookie, ...headers } },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          answer.on('end', () => {
            const cookies = answer.headers['set-cookie'] ?? [];
            this.keep(cookies, text);
            resolve({ status: answer.statusCode ?? 0, location: answer.headers.location, cookies, text });
          });
        },
      );
      asked.on('error', reject).end(body);
    });
  }

  private keep(cookies: readonly string[], text: string): void {
    this.lines.push(...cookies);
    for (const line of cookies) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=');
      if (line.includes('Max-Age=0')) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    this.csrf = /name="(?:_csrf" value|csrf-token" content)="([\w-]+)"/.exec(text)?.[1] ?? this.csrf;
  }
}
