import { Injectable } from '@nestjs/common';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type Configuration,
} from 'openid-client';
import { Settings } from '../../../config/settings.js';
import { Refused } from '../../web/errors.js';
import { StaffSecrets } from '../staff-secrets.js';
import { openErrand, sealErrand, type Errand } from './errand.js';
import { CLOCK_SECONDS, OpenIdProviders } from './openid-providers.js';
import type { OpenIdProvider } from './provider-file.js';

/** What a provider says about who was there. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** Id of an agency; null where this provider says none. */
  readonly agency: string | null;
  readonly resistsPhishing: boolean;
}

/** Where a browser is sent, and what its cookie holds meanwhile. */
export interface BegunErrand {
  readonly provider: OpenIdProvider;
  readonly url: URL;
  readonly cookie: string;
}

const LONGEST_SUBJECT = 255;

/**
 * Sends browsers to a provider and reads what they bring back: authorization code flow with PKCE, state and nonce
 * (OpenID Connect Core 1.0, section 3.1; RFC 9700). Each provider has an address of its own to come back to, and `iss` is
 * checked where it is sent (RFC 9207), so that one provider's answer never counts as another's.
 */
@Injectable()
export class OpenIdErrands {
  constructor(
    private readonly settings: Settings,
    private readonly secrets: StaffSecrets,
    private readonly providers: OpenIdProviders,
  ) {}

  /**
   * Begins an errand.
   *
   * @throws {Refused} `openid` when there is no such provider; `provider_down` when it does not answer
   */
  async begin(id: string, errand: Pick<Errand, 'kind' | 'next' | 'session'>): Promise<BegunErrand> {
    const provider = this.providers.get(id);
    if (!provider) throw notTheAnswer();
    const configuration = await this.configuration(provider);
    const verifier = randomPKCECodeVerifier();
    const state = randomState();
    const nonce = randomNonce();
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: this.addressOf(provider),
      scope: provider.scopes.join(' '),
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      // Somebody who was there in the morning has not shown that they are there now.
      ...(errand.kind === 'prove' && { prompt: 'login', max_age: '0' }),
    });
    const began = Math.floor(Date.now() / 1000);
    const cookie = await sealErrand(this.secrets.errands, { ...errand, provider: id, state, nonce, verifier, began });
    return { provider, url, cookie };
  }

  /**
   * Reads what a browser brings back.
   *
   * @param id of the provider whose address it came to
   * @param cookie what {@link begin} gave it
   * @param query of the address, as it came
   * @throws {Refused} `openid` when it is not the answer to this errand; `provider_down` when the provider does not say more
   */
  async finish(id: string, cookie: string, query: string): Promise<{ errand: Errand; identity: Identity }> {
    const errand = await openErrand(this.secrets.errands, cookie);
    const provider = this.providers.get(id);
    if (!provider || errand?.provider !== id) throw notTheAnswer();
    const configuration = await this.configuration(provider);
    // Our own address and not the one that was asked for: headers could say any.
    const address = new URL(this.addressOf(provider));
    address.search = query;
    const tokens = await authorizationCodeGrant(configuration, address, {
      pkceCodeVerifier: errand.verifier,
      expectedState: errand.state,
      expectedNonce: errand.nonce,
      idTokenExpected: true,
    }).catch(() => {
      // Its message may quote what was sent; what went wrong is the provider's to know.
      throw notTheAnswer();
    });
    const claims: Readonly<Record<string, unknown>> = tokens.claims() ?? {};
    if (errand.kind === 'prove' && !isSince(claims.auth_time, errand.began)) throw notTheAnswer();
    return { errand, identity: identityOf(provider, claims) };
  }

  private addressOf({ id }: OpenIdProvider): string {
    return `${this.settings.staffOrigin}/staff/openid/${id}/callback`;
  }

  private async configuration(provider: OpenIdProvider): Promise<Configuration> {
    return this.providers.configuration(provider).catch(() => {
      throw new Refused(
        503,
        'provider_down',
        'Your agency’s sign-in does not answer. Use another way in, or try later.',
      );
    });
  }
}

function identityOf(provider: OpenIdProvider, claims: Readonly<Record<string, unknown>>): Identity {
  const subject = claims[provider.subjectClaim];
  if (typeof subject !== 'string' || subject === '' || subject.length > LONGEST_SUBJECT) throw notTheAnswer();
  const agency = provider.agencyClaim === null ? null : claims[provider.agencyClaim];
  if (agency !== null && typeof agency !== 'string') throw notTheAnswer();
  const { acr, amr } = provider.resistsPhishing;
  const said = Array.isArray(claims.amr) ? (claims.amr as readonly unknown[]) : [];
  return {
    issuer: provider.issuer.href,
    subject,
    agency,
    resistsPhishing: acr.some((value) => value === claims.acr) || amr.some((value) => said.includes(value)),
  };
}

function isSince(authTime: unknown, began: number): boolean {
  return typeof authTime === 'number' && authTime >= began - CLOCK_SECONDS;
}

function notTheAnswer(): Refused {
  return new Refused(403, 'openid', 'Signing in there did not work. Begin again from here.');
}
