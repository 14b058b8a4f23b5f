import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type IncomingMessage, request } from 'node:http';
import { loadSettings, type Settings } from '../../config/settings.js';
import { createWebApp, listen } from '../../src/web/web-app.js';

/** The shell around a module, serving on a free port, with what it logged. */
export interface Served {
  readonly app: NestFastifyApplication;
  readonly settings: Settings;
  readonly publicOrigin: string;
  readonly staffOrigin: string;
  readonly port: number;
  readonly logged: string[];
  close(): Promise<void>;
}

/** Serves a module through the real door. */
export async function serve(module: Type | DynamicModule, env: Record<string, string> = {}): Promise<Served> {
  const settings = loadSettings({ PORT: '0', LOG_LEVEL: 'debug', ...env });
  const logged: string[] = [];
  const app = await createWebApp(module, settings, { log: { write: (line) => void logged.push(line) } });
  const where = await listen(app, settings);
  return { app, settings, ...where, logged, close: () => app.close() };
}

/** Asks with a `Host` of one's own, which fetch does not allow. */
export function ask(served: Served, path: string, host: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: served.port, path, headers: { host } }, (response) => {
      response.resume();
      resolve(response);
    })
      .on('error', reject)
      .end();
  });
}

/** The cookies an answer sets, as a `Cookie` header sends them back. */
export function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .join('; ');
}

/** The token in the first form of a page. */
export function tokenIn(page: string): string {
  return /name="_csrf" value="([\w-]+)"/.exec(page)?.[1] ?? '';
}
