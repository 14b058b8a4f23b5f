import ipaddr from 'ipaddr.js';

/** The one block of IPv6 from which addresses are given out to the public (RFC 4291, 2.4; IANA). */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an address is one of the public Internet: not of this machine, of a private or a provider's own network, of a
 * link (which is where clouds keep their credentials, 169.254.169.254), for many, or reserved. An address of IPv4 inside
 * one of IPv6 counts as what it is; one that is to be translated on its way is refused, since who knows to where.
 *
 * @param address IPv4 or IPv6 as text, without brackets
 */
export function isPublicAddress(address: string): boolean {
  // A zone names one of our own links.
  if (!ipaddr.isValid(address) || address.includes('%')) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6);
}
