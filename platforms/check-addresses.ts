// The addresses of a definition: https, whole, without a secret, and of values that cannot change where they lead. Pure.
import type { Platform, ShopField, TokenRequest } from '../domain/platform.ts';
import { jwtsOf } from './check-rules.ts';
import type { Report } from './check-shape.ts';
import { namesIn } from './template.ts';

interface Address {
  readonly at: string;
  readonly text: string;
}

/** Names that metadata gives, each a whole https address (RFC 8414). */
const OF_METADATA = ['tokenEndpoint', 'revocationEndpoint', 'jwksUri'];

export function checkAddresses(platform: Platform, report: Report): void {
  if (!/^https:\/\/[^{}\s]+$/.test(platform.documentation))
    report('documentation', 'not_https', `"${platform.documentation}" is no https address`);
  for (const address of addressesOf(platform)) {
    checkAddress(platform, address, report);
    checkPlaces(platform, address, report);
  }
}

/** Everything that is called, or that a merchant's browser is sent to. */
function addressesOf(platform: Platform): Address[] {
  const tokens = tokensOf(platform).map(({ at, token }) => ({ at: `${at}.url`, text: token.url }));
  const others = Object.entries(platform.otherBaseUrls ?? {});
  return [
    { at: 'baseUrl', text: platform.baseUrl },
    ...others.map(([name, text]) => ({ at: `otherBaseUrls.${name}`, text })),
    ...tokens,
    ...jwtsOf(platform).flatMap(({ at, jwt: { key } }) =>
      key.kind === 'jwks' ? [{ at: `${at}.key.url`, text: key.url }] : [],
    ),
    ...platform.auth.flatMap(({ obtain }, index) => {
      const at = `auth[${index}].obtain`;
      return [
        ...('authorizeUrl' in obtain && obtain.authorizeUrl !== ''
          ? [{ at: `${at}.authorizeUrl`, text: obtain.authorizeUrl }]
          : []),
        ...(obtain.kind === 'oauth1'
          ? [
              { at: `${at}.requestTokenUrl`, text: obtain.requestTokenUrl },
              { at: `${at}.accessTokenUrl`, text: obtain.accessTokenUrl },
            ]
          : []),
        ...('issuer' in obtain && obtain.issuer !== undefined
          ? [{ at: `${at}.issuer.identifier`, text: obtain.issuer.identifier }]
          : []),
      ];
    }),
  ];
}

/** Every exchange, with its place. */
export function tokensOf(platform: Platform): { readonly at: string; readonly token: TokenRequest }[] {
  const revoke = platform.revoke !== undefined && 'token' in platform.revoke ? platform.revoke.token : null;
  return [
    ...platform.auth.flatMap(({ obtain, renew, upgrade }, index) => {
      const several = 'severalShops' in obtain ? obtain.severalShops : undefined;
      return [
        ...('token' in obtain ? [{ at: `auth[${index}].obtain.token`, token: obtain.token }] : []),
        ...(renew.kind === 'none' ? [] : [{ at: `auth[${index}].renew.token`, token: renew.token }]),
        ...(upgrade === undefined ? [] : [{ at: `auth[${index}].upgrade.token`, token: upgrade.token }]),
        ...(several?.kind === 'split'
          ? [
              { at: `auth[${index}].obtain.severalShops.token`, token: several.token },
              { at: `auth[${index}].obtain.severalShops.perShop`, token: several.perShop },
            ]
          : []),
      ];
    }),
    ...(revoke === null ? [] : [{ at: 'revoke.token', token: revoke }]),
    ...(platform.appToken === undefined ? [] : [{ at: 'appToken.token', token: platform.appToken.token }]),
  ];
}

function checkAddress(platform: Platform, { at, text }: Address, report: Report): void {
  const names = namesIn(text);
  const [first = ''] = names;
  const isWhole = text.startsWith(`{${first}}`) && isAddressName(platform, first);
  if (!isWhole && !text.startsWith('https://')) {
    report(at, 'not_https', `"${text}" is not https`);
    return;
  }
  const rest = text.replace(/\{[A-Za-z_][A-Za-z0-9_]*\}/g, 'x');
  if (/[{}\s\\]/.test(rest))
    report(at, 'hostile_address', 'holds a brace, a space or a backslash that names no value');
  const url = isWhole ? `https://${rest}` : rest;
  if (!URL.canParse(url)) {
    report(at, 'hostile_address', `"${text}" is no address`);
    return;
  }
  const { username, password, hash, hostname } = new URL(url);
  // The parser writes every IPv4 address, however it was spelt, as four numbers, and an IPv6 address in brackets.
  if (/^(\[.*\]|\d+(\.\d+){3})\.?$/.test(hostname))
    report(at, 'hostile_address', `"${hostname}" is no name of a host`);
  if (username !== '' || password !== '' || hash !== '')
    report(at, 'hostile_address', 'holds a user name or a fragment');
  for (const name of names) {
    if (isSecretName(platform, name)) report(at, 'secret_in_address', `"{${name}}" is secret`);
    else if (!knownNames(platform).includes(name))
      report(at, 'unknown_name', `"{${name}}" is neither a shop field nor what one gives`);
  }
}

function knownNames(platform: Platform): string[] {
  return [
    ...platform.shop.map(({ name }) => name),
    ...Object.keys(givenBy(platform)),
    ...(platform.registration ?? []).flatMap(({ name, secret }) => (secret ? [] : [name])),
    'clientId',
    ...OF_METADATA,
  ];
}

function isSecretName(platform: Platform, name: string): boolean {
  const fields = [
    ...(platform.registration ?? []),
    ...platform.auth.flatMap(({ obtain }) => ('fields' in obtain ? obtain.fields : [])),
  ];
  const isTold = ['clientSecret', 'accessToken', 'refreshToken', 'tokenSecret'].includes(name);
  return isTold || fields.some((field) => field.name === name && field.secret);
}

function givenBy(platform: Platform): Record<string, string[]> {
  const given: Record<string, string[]> = {};
  for (const { choices = [] } of platform.shop)
    for (const { gives = {} } of choices)
      for (const [name, text] of Object.entries(gives)) given[name] = [...(given[name] ?? []), text];
  return given;
}

/** Whether the value is an https address by itself. */
function isAddressName(platform: Platform, name: string): boolean {
  const field = platform.shop.find((one) => one.name === name);
  if (field?.normalize === 'url') return true;
  const given = Object.hasOwn(givenBy(platform), name) ? (givenBy(platform)[name] ?? []) : [];
  const values = field?.choices?.map(({ value }) => value) ?? given;
  return (
    OF_METADATA.includes(name) || (values.length > 0 && values.every((one) => one.startsWith('https://')))
  );
}

/** What leads elsewhere from inside a host, and from inside a path. */
const IN_HOST = ['/', '\\', '@', '?', '#', ':', '%2f'];
const IN_PATH = ['/', '\\', '?', '#', '%2f'];
const IN_ADDRESS = ['\\', '@', '?', '#'];

/** Each shop value in the address, tried with what would change it. */
function checkPlaces(platform: Platform, { at, text }: Address, report: Report): void {
  const path = text.replace(/^https:\/\//, '').indexOf('/');
  const [address = ''] = text.split('?');
  for (const [index, field] of platform.shop.entries()) {
    const place = address.replace(/^https:\/\//, '').indexOf(`{${field.name}}`);
    if (place < 0 || field.choices !== undefined) continue;
    const isHost = text.startsWith('https://') && (path < 0 || place < path);
    const hostile = field.normalize === 'url' ? IN_ADDRESS : isHost ? IN_HOST : IN_PATH;
    const admitted = hostile.find((one) => admits(field, one)) ?? (isDotted(field) ? '..' : undefined);
    if (admitted !== undefined)
      report(`shop[${index}].pattern`, 'hostile_template', `admits "${admitted}", and ${at} is made of it`);
  }
}

function admits({ pattern, example }: ShopField, hostile: string): boolean {
  const within = [...example].map((_, at) => example.slice(0, at) + hostile + example.slice(at));
  const tried = [
    ...within,
    `${example}${hostile}x`,
    `x${hostile}${example}`,
    `${example}${hostile}`,
    `x${hostile}y`,
    hostile,
  ];
  return tried.some((one) => matches(pattern, one));
}

/** A whole segment of dots is another path. */
function isDotted({ pattern, normalize }: ShopField): boolean {
  return normalize !== 'url' && matches(pattern, '..');
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}
