/** A privacy loss as an exact fraction: two of them add up to what they are, and none is rounded on its way. */
export interface Epsilon {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * Reads a privacy loss as PostgreSQL writes a `numeric`: a plain decimal, with no sign, exponent or space.
 *
 * @param text up to nine digits before the point and up to eighteen after it
 * @returns the fraction in lowest terms
 * @throws RangeError for anything else, and for zero
 */
export function exactEpsilon(text: string): Epsilon {
  const match = /^(0|[1-9]\d{0,8})(?:\.(\d{1,18}))?$/.exec(text);
  const [, whole = '', fraction = ''] = match ?? [];
  const numerator = match ? BigInt(whole + fraction) : 0n;
  if (numerator === 0n) throw new RangeError('Epsilon is written as a plain decimal above 0.');
  const denominator = 10n ** BigInt(fraction.length);
  const common = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / common, denominator: denominator / common };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}
