import { Injectable } from '@nestjs/common';
import { allowInsecureRequests, ClientSecretBasic, clockTolerance, discovery, type Configuration } from 'openid-client';
import process from 'node:process';
import type { Settings } from '../../../config/settings.js';
import { readProviderFile, type OpenIdProvider } from './provider-file.js';

/** What a provider says of itself is asked for again after this long. */
const KEEP_MS = 60 * 60_000;
const TIMEOUT_SECONDS = 5;
/** How far a provider's clock may be from ours. */
export const CLOCK_SECONDS = 30;

interface Found {
  readonly at: number;
  readonly configuration: Promise<Configuration>;
}

/** The agencies' own sign-ins that the settings name. */
@Injectable()
export class OpenIdProviders {
  private readonly found = new Map<string, Found>();

  constructor(readonly all: readonly OpenIdProvider[]) {}

  /** @throws {SettingsError} naming what is wrong with the file of providers */
  static of(settings: Settings): OpenIdProviders {
    const path = settings.OIDC_PROVIDERS;
    return new OpenIdProviders(path === undefined ? [] : readProviderFile(path, process.env));
  }

  get(id: string): OpenIdProvider | undefined {
    return this.all.find((provider) => provider.id === id);
  }

  /**
   * What a provider says of itself (OpenID Connect Discovery 1.0), asked for when first needed.
   *
   * @throws {Error} when it does not answer, or answers as somebody else; the next to ask tries again
   */
  async configuration(provider: OpenIdProvider): Promise<Configuration> {
    const before = this.found.get(provider.id);
    if (before && performance.now() - before.at < KEEP_MS) return before.configuration;
    const configuration = discovery(
      provider.issuer,
      provider.clientId,
      { [clockTolerance]: CLOCK_SECONDS },
      ClientSecretBasic(provider.clientSecret),
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that it stands out; only a loopback issuer may be http
      { timeout: TIMEOUT_SECONDS, execute: provider.issuer.protocol === 'http:' ? [allowInsecureRequests] : [] },
    );
    this.found.set(provider.id, { at: performance.now(), configuration });
    try {
      return await configuration;
    } catch (error) {
      this.found.delete(provider.id);
      throw error;
    }
  }
}
