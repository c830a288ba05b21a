// Which network addresses a connection may be opened to. An address is judged as parsed, never as text; unknown means no.
import ipaddr from 'ipaddr.js';

/** Addresses that are global unicast by their range and yet belong to a cloud's inside. */
const INSIDE = new Set(['168.63.129.16', '100.100.100.200', '192.0.0.192']);

/** IPv6 that IANA has given out as global unicast; everything else is reserved or a translation. */
const GLOBAL_V6 = ipaddr.parseCIDR('2000::/3');

/** Ranges a setting for development and tests may open: never link-local, where metadata services answer. */
const PRIVATE_RANGES = new Set(['private', 'loopback', 'uniqueLocal']);

/** Says whether `address` (an IP literal, without brackets) may be connected to. */
export function isAllowedAddress(address: string, allowPrivateNetworks: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (INSIDE.has(parsed.toString())) return false;
  const range = parsed.range();
  if (allowPrivateNetworks && PRIVATE_RANGES.has(range)) return true;
  if (range !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_V6);
}
