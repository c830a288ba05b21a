// The headers of every call and exchange: each has a name that HTTP takes, and is made of what a call with any of the platform's credentials holds. Pure.
import type { Platform } from '../domain/platform.ts';
import { tokensOf } from './check-addresses.ts';
import { namesHeld } from './check-names.ts';
import type { PlatformRule } from './check-rules.ts';
import { joined } from './check-shape.ts';
import { namesIn } from './template.ts';

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export const checkHeaders: PlatformRule = (platform, report) => {
  for (const { at, header } of headersSigned(platform))
    if (!NAME.test(header)) report(at, 'unknown_value', 'is no name of a header (RFC 9110)');
  for (const [header, text] of Object.entries(platform.headers ?? {})) {
    const at = joined('headers', header);
    if (!NAME.test(header)) report(at, 'unknown_value', 'is no name of a header (RFC 9110)');
    for (const method of platform.auth) {
      const held = namesHeld(platform, method);
      for (const name of namesIn(text).filter((one) => !held.includes(one)))
        report(at, 'unknown_name', `"{${name}}" is not there with "${method.credentialKind}"`);
    }
  }
};

/** Those that a scheme or an exchange adds. */
function headersSigned(platform: Platform): { readonly at: string; readonly header: string }[] {
  const signs = [
    ...platform.auth.flatMap(({ sign, signOverHttp = [] }, index) => [
      ...sign.map((one, at) => ({ at: `auth[${index}].sign[${at}]`, one })),
      ...signOverHttp.map((one, at) => ({ at: `auth[${index}].signOverHttp[${at}]`, one })),
    ]),
    ...tokensOf(platform).flatMap(({ at, token }) =>
      token.sign === undefined ? [] : [{ at: `${at}.sign`, one: token.sign }],
    ),
  ];
  const keys = (at: string, headers: object | undefined) =>
    Object.keys(headers ?? {}).map((header) => ({ at: joined(at, header), header }));
  return [
    ...signs.flatMap(({ at, one }) => [
      ...(one.scheme === 'header' ? [{ at: `${at}.name`, header: one.name }] : []),
      ...('headers' in one ? keys(`${at}.headers`, one.headers) : []),
      ...(one.scheme === 'jwt' && one.header !== undefined
        ? [{ at: `${at}.header`, header: one.header }]
        : []),
    ]),
    ...tokensOf(platform).flatMap(({ at, token }) => keys(`${at}.headers`, token.headers)),
  ];
}
