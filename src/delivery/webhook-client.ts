import { Injectable } from '@nestjs/common';
import { lookup } from 'node:dns/promises';
import { request as requestByHttp, type RequestOptions } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Settings } from '../../config/settings.js';
import { JobFailure } from '../queue/job-failure.js';
import { isPublicAddress } from './webhook-address.js';
import { webhookTarget, type WebhookTarget } from './webhook-target.js';

/** An address of a host. */
export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** How a call is made. Tests change it, nothing else does. */
@Injectable()
export class WebhookReach {
  /**
   * Milliseconds for everything: looking the name up, the connection, TLS, the call, its answer. Shorter than PostgreSQL
   * lets a transaction stand idle, since the row of the call is held meanwhile.
   */
  deadline = 10_000;
  /** Addresses of a name, by the resolver of this machine. */
  resolve: (hostname: string) => Promise<readonly HostAddress[]> = (hostname) => lookup(hostname, { all: true });
  /** Certificates (PEM) to trust instead of the usual ones. */
  ca: string | undefined;
}

const CONTENT_TYPE = 'application/jose';

/** Calls the systems of agencies. */
@Injectable()
export class WebhookClient {
  constructor(
    private readonly settings: Settings,
    private readonly reach: WebhookReach,
  ) {}

  /**
   * Posts one body and waits for the status of the answer. Redirects are not followed, and nothing of the answer but its
   * status is looked at.
   *
   * @param text the URL as it was registered
   * @throws {JobFailure} where it was not answered with 2xx; the code says why, without the URL. `webhook_gone` (410) is
   *   for good
   */
  async post(text: string, body: string): Promise<void> {
    const target = webhookTarget(text, this.settings.webhookPrivateHosts);
    if (typeof target === 'string') throw new JobFailure(`webhook_${target}`);
    const signal = AbortSignal.timeout(this.reach.deadline);
    const address = await this.#addressOf(target, signal);
    let status: number;
    try {
      status = await this.#statusOf(target, address, body, signal);
    } catch (error) {
      throw signal.aborted ? timedOut() : new JobFailure(isAboutTls(error) ? 'webhook_tls' : 'webhook_unreachable');
    }
    if (status >= 200 && status < 300) return;
    if (status === 410) throw new JobFailure('webhook_gone', { permanent: true });
    if (status >= 300 && status < 400) throw new JobFailure('webhook_redirected');
    throw new JobFailure(`webhook_http_${status.toString()}`);
  }

  /**
   * Looks the name up once and checks everything it leads to; the connection then goes to what was checked, so that an
   * answer that changes a moment later changes nothing.
   */
  async #addressOf({ hostname, mayBePrivate }: WebhookTarget, signal: AbortSignal): Promise<HostAddress> {
    const found = isIP(hostname) ? [{ address: hostname, family: isIP(hostname) }] : await this.#find(hostname, signal);
    const [first] = found;
    if (!first) throw new JobFailure('webhook_unknown_host');
    if (!mayBePrivate && !found.every(({ address }) => isPublicAddress(address)))
      throw new JobFailure('webhook_private_address');
    return first;
  }

  async #find(hostname: string, signal: AbortSignal): Promise<readonly HostAddress[]> {
    const late = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(timedOut());
      });
    });
    return Promise.race([this.reach.resolve(hostname), late]).catch((error: unknown) => {
      throw error instanceof JobFailure ? error : new JobFailure('webhook_unknown_host');
    });
  }

  async #statusOf(target: WebhookTarget, at: HostAddress, body: string, signal: AbortSignal): Promise<number> {
    const { url, hostname } = target;
    const pinned: LookupFunction = (_hostname, options, callback) => {
      if (options.all === true) callback(null, [at]);
      else callback(null, at.address, at.family);
    };
    const options: RequestOptions & { ca?: string; servername?: string } = {
      method: 'POST',
      signal,
      lookup: pinned,
      agent: false, // a connection of its own: none is kept that was made to where the name led before
      headers: {
        'content-type': CONTENT_TYPE,
        'content-length': Buffer.byteLength(body),
        'user-agent': 'OneDoor-Webhook/1',
      },
      ...(this.reach.ca === undefined ? {} : { ca: this.reach.ca }),
      ...(isIP(hostname) ? {} : { servername: hostname }),
    };
    return new Promise((resolve, reject) => {
      const request = url.protocol === 'https:' ? requestByHttps(url, options) : requestByHttp(url, options);
      request.on('error', reject);
      request.on('response', (response) => {
        resolve(response.statusCode ?? 0);
        // Nothing they say is of use to us, and it may be without end.
        response.destroy();
      });
      request.end(body);
    });
  }
}

function timedOut(): JobFailure {
  return new JobFailure('webhook_timeout');
}

/** Node names what is wrong with a certificate or with TLS by these codes. */
const TLS_CODES = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_MISMATCH)/;

function isAboutTls(thrown: unknown): boolean {
  const { code } = thrown as { readonly code?: unknown };
  return typeof code === 'string' && TLS_CODES.test(code);
}
