import { applyDecorators } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  Equals,
  IsArray,
  IsObject,
  IsString,
  Matches,
  MaxLength,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';
import { isDay } from './day.js';

/** Characters of a sealed item: 128 KiB of padded text, signed and sealed, in base64url. */
export const LONGEST_ITEM = 180_000;
/** Characters of a sealed key or address, and of what is signed about them. */
const LONGEST_SMALL = 4_000;

const BYTES_32 = /^[A-Za-z0-9_-]{43}$/;
const P384_COORDINATE = /^[A-Za-z0-9_-]{64}$/;
const COMPACT_JWE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** 32 bytes in base64url: a key's id, a hash, a commitment, a token. */
export function IsBytes32(): PropertyDecorator {
  return Matches(BYTES_32);
}

/** A list of such, at most so many and each once. */
export function AreBytes32(most: number): PropertyDecorator {
  return applyDecorators(Matches(BYTES_32, { each: true }), ArrayUnique(), ArrayMaxSize(most), IsArray());
}

/** The form of a compact JWE (RFC 7516) of at most so many characters; its encrypted key may be empty. */
export function IsCompactJwe(longest = LONGEST_SMALL): PropertyDecorator {
  return applyDecorators(Matches(COMPACT_JWE), MaxLength(longest), IsString());
}

/** The form of a compact JWS (RFC 7515) of at most so many characters. */
export function IsCompactJws(longest = LONGEST_SMALL): PropertyDecorator {
  return applyDecorators(Matches(COMPACT_JWS), MaxLength(longest), IsString());
}

/** A day that there is, YYYY-MM-DD. ISO 8601 knows weeks and hours of the same length, which are none. */
export function IsDay(options?: ValidationOptions): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && isDay(value);
  return ValidateBy({ name: 'isDay', validator: { validate, defaultMessage: () => 'not a day' } }, options);
}

/** A form sends what was not filled in as nothing, which counts as left out. */
export function NotFilledIn(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value));
}

/** Left out is left out; null is no way to say so, since it would be taken as if it were an answer. */
export function MayBeLeftOut(): PropertyDecorator {
  return ValidateIf((_of, value: unknown) => value !== undefined);
}

/** One object of a class of rules: not null, and not a list, each member of which would be checked in its place. */
export function IsOne(type: () => new () => object): PropertyDecorator {
  return applyDecorators(Type(type), ValidateNested(), IsObject());
}

/** A list of objects of a class of rules: a list among them would have each of its members checked, and if empty none. */
export function IsListOf(type: () => new () => object, least: number, most: number): PropertyDecorator {
  return applyDecorators(
    Type(type),
    ValidateNested({ each: true }),
    IsObject({ each: true }),
    ArrayMaxSize(most),
    ArrayMinSize(least),
    IsArray(),
  );
}

/** The public half of a P-384 key and nothing more: a private member is an unknown field and refused. */
export class PublicJwkDto {
  @Equals('EC')
  kty: 'EC';

  @Equals('P-384')
  crv: 'P-384';

  @Matches(P384_COORDINATE)
  x: string;

  @Matches(P384_COORDINATE)
  y: string;
}

export class PublicKeyDto {
  @IsBytes32()
  kid: string;

  @IsOne(() => PublicJwkDto)
  jwk: PublicJwkDto;
}
