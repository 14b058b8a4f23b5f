/**
 * Whether an address is at one of some organisations. A notice sent there would tell them who wrote.
 *
 * @param address as typed
 * @param domains of their websites, such as `msd.govt.nz`; an address under one of them counts too
 */
export function isAddressAt(address: string, domains: readonly string[]): boolean {
  const host = address
    .slice(address.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase();
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}
