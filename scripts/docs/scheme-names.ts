// The names of the pages of schemes, and links to them.
import type { Obtain, Renew, Sign } from '../../domain/platform.ts';

/** Everything that has a page: a scheme of a request, a way to obtain or renew, and what stands beside them. */
export type SchemeName =
  | Sign['scheme']
  | Obtain['kind']
  | Exclude<Renew['kind'], 'none' | 'assertion'>
  | 'mutual_tls'
  | 'client_authentication';

export function schemeFile(name: SchemeName): string {
  return `${name.replaceAll('_', '-')}.md`;
}

/** From a page of a platform. */
export function schemeLink(name: SchemeName, text: string): string {
  return `[${text}](../schemes/${schemeFile(name)})`;
}
