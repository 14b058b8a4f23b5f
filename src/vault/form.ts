import { decode, decodedLength, fromUtf8, isBase64url } from './bytes.js';
import {
  CASE_KEY_NAMES,
  ITEM_KINDS,
  VaultError,
  requireThat,
  type CaseKeyName,
  type ItemKind,
  type JsonObject,
  type KeyId,
} from './suite.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MAX_HEADER = 1024;

type Form<T> = { [Name in keyof T]: (value: unknown) => value is T[Name] };

/** The value, if it has exactly the members of `form` and each is as it should be. @throws VaultError */
export function readForm<T extends object>(value: unknown, form: Form<T>): T {
  requireThat(isObject(value));
  const names = Object.keys(form);
  requireThat(Object.keys(value).length === names.length);
  for (const name of names) {
    requireThat(Object.hasOwn(value, name) && form[name as keyof T](value[name]));
  }
  return value as T;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function is<T extends string>(wanted: T): (value: unknown) => value is T {
  return (value): value is T => value === wanted;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

export function isEpoch(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1_000_000;
}

/** 32 bytes in base64url: a thumbprint, a commit, a hash, an id. */
export function isHash(value: unknown): value is KeyId {
  return isBase64url(value, 32);
}

/** From 1 to `most` kids in ascending order, each once. */
export function areKids(value: unknown, most: number): value is KeyId[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > most) return false;
  return value.every((kid: unknown, at) => isHash(kid) && (at === 0 || (value[at - 1] as KeyId) < kid));
}

export function isCaseKeyName(value: unknown): value is CaseKeyName {
  return CASE_KEY_NAMES.some((name) => name === value);
}

export function isItemKind(value: unknown): value is ItemKind {
  return ITEM_KINDS.some((kind) => kind === value);
}

/**
 * JSON that is an object and is written the one way `JSON.stringify` writes it: without spaces and without a repeated
 * member, which two readers could take differently. @throws VaultError
 */
export function readJson(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new VaultError();
  }
  requireThat(isObject(value) && JSON.stringify(value) === text);
  return value;
}

/** What a compact JWE shows without a key: its protected header, and how many bytes its key and its ciphertext have. */
export interface JweForm {
  header: JsonObject;
  encryptedKey: number;
  ciphertext: number;
}

/** The form of a compact JWE of at most `maxCiphertext` bytes with a 96-bit IV and a 128-bit tag. @throws VaultError */
export function readJwe(jwe: unknown, maxCiphertext: number): JweForm {
  requireThat(typeof jwe === 'string' && jwe.length <= MAX_HEADER + 256 + Math.ceil((maxCiphertext * 4) / 3));
  const [header, encryptedKey, iv, ciphertext, tag, ...more] = jwe.split('.', 6);
  requireThat(header !== undefined && encryptedKey !== undefined && ciphertext !== undefined && more.length === 0);
  requireThat(isBase64url(iv, 12) && isBase64url(tag, 16));
  const size = decodedLength(ciphertext);
  requireThat(size <= maxCiphertext);
  return { header: readHeader(header), encryptedKey: decodedLength(encryptedKey), ciphertext: size };
}

/** What a compact JWS says, not verified. */
export interface JwsForm {
  header: JsonObject;
  payload: string;
}

/** The form of a compact JWS (ES384: a signature of 96 bytes) of at most `max` characters. @throws VaultError */
export function readJws(jws: unknown, max: number): JwsForm {
  requireThat(typeof jws === 'string' && jws.length <= max);
  const [header, payload, signature, ...more] = jws.split('.', 4);
  requireThat(header !== undefined && payload !== undefined && more.length === 0);
  requireThat(isBase64url(signature, 96));
  return { header: readHeader(header), payload: fromUtf8(decode(payload)) };
}

function readHeader(part: string): JsonObject {
  requireThat(part.length <= MAX_HEADER);
  return readJson(fromUtf8(decode(part)));
}

/** A mistake of the programmer who seals, named by its parameter. @throws TypeError */
export function requireInput(condition: boolean, parameter: string): asserts condition {
  if (!condition) throw new TypeError(`${parameter} is not what the vault takes`);
}
