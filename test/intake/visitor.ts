import type { TestApp } from '../support/app.js';

export interface Page {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
}

/** A browser without JavaScript: it keeps cookies and sends the forms of the page it is on. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  /** The hidden fields of the last page's last form. */
  private hidden: Readonly<Record<string, string>> = {};

  constructor(private readonly app: TestApp) {}

  get(path: string): Promise<Page> {
    return this.send(path, { method: 'GET' });
  }

  /** Sends a form of the page at hand; a field given as a list is sent once for each of its values. */
  submit(path: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<Page> {
    const pairs = Object.entries({ ...this.hidden, ...fields }).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    );
    return this.send(path, { method: 'POST', body: new URLSearchParams(pairs) });
  }

  /** Sends what no form of ours sends. */
  post(path: string, body: string, headers: Record<string, string> = {}): Promise<Page> {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.send(path, { method: 'POST', body, headers: { ...type, ...headers } });
  }

  /** Answers both gates and every question with a code each, up to the decision. */
  async walk(answers: Readonly<Record<string, string>>): Promise<Page> {
    await this.get('/start');
    await this.submit('/start', { danger: 'none' });
    let page = await this.submit('/start/classified', { classified: 'no' });
    for (let path = page.location; path?.startsWith('/questions/'); path = page.location) {
      await this.get(path);
      page = await this.submit(path, { answer: answers[path.slice('/questions/'.length)] ?? 'unknown' });
    }
    return this.get('/decision');
  }

  private async send(path: string, init: RequestInit): Promise<Page> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init.headers as Record<string, string> | undefined), cookie };
    const response = await fetch(this.app.publicOrigin + path, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=');
      this.cookies.set(name, value);
    }
    const text = await response.text();
    if (response.status !== 303) this.hidden = hiddenIn(text);
    return { status: response.status, text, location: response.headers.get('location') };
  }
}

function hiddenIn(html: string): Record<string, string> {
  const fields = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g);
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, decoded(value)]));
}

/** What a field of the page holds: the text of a textarea or the value of an input, decoded. */
export function held({ text }: Page, name: string): string | undefined {
  const area = new RegExp(`<textarea[^>]* name="${name}"[^>]*>([\\s\\S]*?)</textarea>`).exec(text);
  const input = new RegExp(`<input[^>]* name="${name}"[^>]* value="([^"]*)"`).exec(text);
  const value = area?.[1] ?? input?.[1];
  return value === undefined ? undefined : decoded(value);
}

/** Ids of the fields that the page's error summary leads to. */
export function blamedOn({ text }: Page): string[] {
  const summary = /class="govuk-error-summary"[^>]*data-module[\s\S]*?<\/ul>/.exec(text)?.[0] ?? '';
  return [...summary.matchAll(/href="#([^"]+)"/g)].map(([, id = '']) => id);
}

/** Text as it stands in a page, without its escapes. */
export function decoded(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#92;', '\\')
    .replaceAll('&amp;', '&');
}
