/** How the addresses begin from which tests come: those for trying out (RFC 2544), more than one run takes. */
export const FRESH_ADDRESSES = '198.18.';

let given = 0;

/** An address that nobody came from yet, so that nobody is slowed down for what another one tried. */
export function freshAddress(): string {
  given++;
  return `${FRESH_ADDRESSES}${(given >> 8).toString()}.${(given & 255).toString()}`;
}
