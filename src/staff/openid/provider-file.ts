import { ArrayMaxSize, IsArray, IsString, Matches, MaxLength, MinLength, ValidateIf } from 'class-validator';
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isLoopback, SettingsError } from '../../../config/settings.js';
import { Invalid } from '../../web/errors.js';
import { IsListOf, IsOne } from '../../web/sealed-forms.js';
import { check } from '../../web/validation.js';

/** A sign-in of an agency, or of several, that people may come in by (OpenID Connect Core 1.0). */
export interface OpenIdProvider {
  /** Short, for addresses of ours. */
  readonly id: string;
  /** As people know it. */
  readonly name: string;
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  /** The claim that identifies a person for ever. */
  readonly subjectClaim: string;
  /** The claim that must hold the id of the person's agency, where the provider serves several. */
  readonly agencyClaim: string | null;
  /** Values of `acr` and `amr` by which the provider says that the person could not be phished. */
  readonly resistsPhishing: { readonly acr: readonly string[]; readonly amr: readonly string[] };
}

const CLAIM = /^[\w:./-]{1,100}$/;
const TEXT = { context: { message: 'must be a text' } };

/** Left out is left out. */
const MayBeMissing = (): PropertyDecorator => ValidateIf((_of, value: unknown) => value !== undefined);

class ClaimsEntry {
  @MayBeMissing()
  @Matches(CLAIM, { context: { message: 'must be the name of a claim' } })
  subject?: string;

  @MayBeMissing()
  @Matches(CLAIM, { context: { message: 'must be the name of a claim' } })
  agency?: string;
}

class ResistsPhishingEntry {
  @MayBeMissing()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  acr?: string[];

  @MayBeMissing()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  amr?: string[];
}

class ProviderEntry {
  @Matches(/^[a-z][a-z0-9-]{0,31}$/, { context: { message: 'must be a short word of a-z, 0-9 and -' } })
  id: string;

  @IsString(TEXT)
  @MinLength(1)
  @MaxLength(80)
  name: string;

  @IsString(TEXT)
  issuer: string;

  @IsString(TEXT)
  @MinLength(1)
  clientId: string;

  @MayBeMissing()
  @IsString(TEXT)
  clientSecretFile?: string;

  @MayBeMissing()
  @Matches(/^[A-Z][A-Z0-9_]*$/, { context: { message: 'must be the name of an environment variable' } })
  clientSecretEnv?: string;

  @MayBeMissing()
  @IsArray()
  @ArrayMaxSize(20)
  @Matches(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { each: true, context: { message: 'must be a list of scopes' } })
  scopes?: string[];

  @MayBeMissing()
  @IsOne(() => ClaimsEntry)
  claims?: ClaimsEntry;

  @MayBeMissing()
  @IsOne(() => ResistsPhishingEntry)
  resistsPhishing?: ResistsPhishingEntry;
}

class ProviderFile {
  @IsListOf(() => ProviderEntry, 1, 50)
  providers: ProviderEntry[];
}

/**
 * Reads the file that `OIDC_PROVIDERS` names (YAML, of which JSON is a part). Nobody is called: a provider that is down
 * keeps nothing from starting.
 *
 * @param path of the file; files of secrets are looked for beside it
 * @param env where the secrets stand that are named and not in files
 * @throws {SettingsError} with a sentence that says what is wrong and repeats no value
 */
export function readProviderFile(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly OpenIdProvider[] {
  const { providers } = checked(parsed(path));
  const ids = new Set(providers.map(({ id }) => id));
  if (ids.size < providers.length) throw wrong('two providers have the same id');
  return providers.map((entry) => providerOf(entry, dirname(resolve(path)), env));
}

function providerOf(
  entry: ProviderEntry,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): OpenIdProvider {
  return {
    id: entry.id,
    name: entry.name,
    issuer: issuerOf(entry),
    clientId: entry.clientId,
    clientSecret: secretOf(entry, folder, env),
    scopes: [...new Set(['openid', ...(entry.scopes ?? [])])],
    subjectClaim: entry.claims?.subject ?? 'sub',
    agencyClaim: entry.claims?.agency ?? null,
    resistsPhishing: { acr: entry.resistsPhishing?.acr ?? [], amr: entry.resistsPhishing?.amr ?? [] },
  };
}

function issuerOf({ id, issuer }: ProviderEntry): URL {
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  const open = url?.protocol === 'http:' && isLoopback(url.hostname);
  if (!url || (url.protocol !== 'https:' && !open) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw wrong(`the issuer of ${id} must be an https:// address without a query (http:// only on this machine)`);
  }
  return url;
}

function secretOf(
  { id, clientSecretEnv, clientSecretFile }: ProviderEntry,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if ((clientSecretEnv === undefined) === (clientSecretFile === undefined)) {
    throw wrong(`${id} needs either clientSecretFile or clientSecretEnv`);
  }
  const secret =
    clientSecretEnv === undefined ? readSecret(id, resolve(folder, clientSecretFile ?? '')) : env[clientSecretEnv];
  if (secret === undefined || secret === '') throw wrong(`the client secret of ${id} is empty or not set`);
  return secret;
}

function readSecret(id: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw wrong(`the file of the client secret of ${id} cannot be read`);
  }
}

function parsed(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw wrong('the file cannot be read');
  }
  try {
    return load(text);
  } catch {
    throw wrong('the file is not YAML');
  }
}

function checked(value: unknown): ProviderFile {
  try {
    return check(ProviderFile, value);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    const [first] = error.fields;
    const field = first === undefined || first.field === '' ? 'the file' : first.field;
    throw wrong(`${field}: ${(first?.message ?? 'this cannot be used').replace(/\.$/, '')}`);
  }
}

function wrong(what: string): SettingsError {
  return new SettingsError(`OIDC_PROVIDERS cannot be used: ${what}.`);
}
