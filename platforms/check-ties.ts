// What one field of a definition says of another: shop fields and kinds that are named are there, and an exchange has what its way of proving our client,
// or of renewing, asks for. Pure; it calls none of the definition's functions.
import { ERRORS } from '../domain/errors.ts';
import type { Platform } from '../domain/platform.ts';
import { tokensOf } from './check-addresses.ts';
import type { PlatformRule } from './check-rules.ts';
import { joined } from './check-shape.ts';

/** Every place that names a shop field by itself, not in a text. */
export const checkShopFields: PlatformRule = (platform, report) => {
  const known = platform.shop.map(({ name }) => name);
  for (const { at, name } of namedShopFields(platform))
    if (!known.includes(name)) report(at, 'unknown_name', `"${name}" is no shop field`);
};

interface Named {
  readonly at: string;
  readonly name: string;
}

function namedShopFields({ auth, notifications, demo }: Platform): Named[] {
  const keys = (at: string, fields: object | undefined): Named[] =>
    Object.keys(fields ?? {}).map((name) => ({ at: joined(at, name), name }));
  const shopIs = notifications?.shopIs?.field;
  return [
    ...auth.flatMap(({ obtain, tokenAnswer }, index) => {
      const several = 'severalShops' in obtain ? obtain.severalShops : undefined;
      return [
        ...keys(`auth[${index}].tokenAnswer.shopFields`, tokenAnswer?.shopFields),
        ...('callback' in obtain
          ? obtain.callback.flatMap(({ shopFields, again }, step) => {
              const at = `auth[${index}].obtain.callback[${step}]`;
              return [
                ...keys(`${at}.shopFields`, shopFields),
                ...(again === undefined ? [] : [{ at: `${at}.again.shopField`, name: again.shopField }]),
              ];
            })
          : []),
        ...(several?.kind === 'split'
          ? [{ at: `auth[${index}].obtain.severalShops.list.shopField`, name: several.list.shopField }]
          : []),
      ];
    }),
    ...(notifications?.calls ?? []).flatMap(({ shopFields }, index) =>
      keys(`notifications.calls[${index}].shopFields`, shopFields),
    ),
    ...(shopIs === undefined ? [] : [{ at: 'notifications.shopIs.field', name: shopIs }]),
    ...keys('demo.shop', demo?.shop),
  ];
}

/** Kinds of credential and topics that are named elsewhere than where they are defined, and codes of ours. */
export const checkKinds: PlatformRule = ({ auth, answers, notifications, explains = {} }, report) => {
  const { credentialKinds = [], except = [] } = notifications?.subscribe ?? {};
  const known = auth.map(({ credentialKind }) => credentialKind);
  const named = [
    ...auth.map(({ upgrade }, index) => ({ at: `auth[${index}].upgrade.to`, kind: upgrade?.to })),
    ...answers.map(({ credentialKind }, index) => ({
      at: `answers[${index}].credentialKind`,
      kind: credentialKind,
    })),
    ...credentialKinds.map((kind, index) => ({
      at: `notifications.subscribe.credentialKinds[${index}]`,
      kind,
    })),
  ];
  for (const { at, kind } of named)
    if (kind !== undefined && !known.includes(kind))
      report(at, 'unknown_value', `"${kind}" is none of ${known.join(', ')}`);
  for (const [index, topic] of except.entries())
    if (!Object.hasOwn(notifications?.topics ?? {}, topic))
      report(`notifications.subscribe.except[${index}]`, 'unknown_value', `"${topic}" is no topic`);
  const { delivery = 'none', subscribedBy, subscribe } = notifications ?? {};
  if (delivery !== 'none' && subscribedBy === 'shop' && subscribe === undefined)
    report('notifications.subscribe', 'missing', 'says how we subscribe; by hand, it is by the merchant');
  for (const code of Object.keys(explains))
    if (!Object.hasOwn(ERRORS, code)) report(joined('explains', code), 'unknown_value', 'is no code of ours');
};

/** Which method is meant is told by what was entered, or by the way the merchant came. */
export const checkWays: PlatformRule = ({ auth }, report) => {
  const seen = new Set<string>();
  for (const [index, { obtain }] of auth.entries()) {
    const at = `auth[${index}].obtain`;
    const way =
      'fields' in obtain
        ? obtain.fields
            .map(({ name }) => name)
            .sort()
            .join(' ')
        : obtain.kind;
    if (seen.has(way))
      report('fields' in obtain ? `${at}.fields` : `${at}.kind`, 'duplicate', 'is that of another method');
    seen.add(way);
    for (const [step, one] of 'callback' in obtain ? obtain.callback.entries() : [])
      if (!/^[a-z][a-z0-9_-]{0,39}$/.test(one.step))
        report(`${at}.callback[${step}].step`, 'bad_id', `"${one.step.slice(0, 60)}" is no name of a step`);
  }
};

/** What would else be left out without a word: a signature, a verifier, a refresh token. */
export const checkProofs: PlatformRule = (platform, report) => {
  for (const { at, token } of tokensOf(platform)) {
    if (token.clientAuthentication === 'signed' && token.sign === undefined)
      report(`${at}.sign`, 'missing', 'is missing, and the exchange is to be signed');
    if (token.clientAuthentication === 'private_key_jwt' && token.clientAssertion === undefined)
      report(`${at}.clientAssertion`, 'missing', 'is missing, and our client is to prove itself by it');
  }
  for (const [index, { obtain, renew, tokenAnswer }] of platform.auth.entries()) {
    const at = `auth[${index}]`;
    if (obtain.kind === 'authorization_code' && obtain.pkce === 'S256') {
      if (!Object.values(obtain.authorizeParameters).includes('{codeChallenge}'))
        report(`${at}.obtain.authorizeParameters`, 'no_pkce', 'has no {codeChallenge}');
      if (!Object.values(obtain.token.parameters).includes('{codeVerifier}'))
        report(`${at}.obtain.token.parameters`, 'no_pkce', 'has no {codeVerifier}');
    }
    const answers = ['token' in obtain ? obtain.token.answer : undefined, tokenAnswer];
    const isEntered = 'fields' in obtain && obtain.fields.some(({ name }) => name === 'refreshToken');
    if (
      renew.kind === 'refresh_token' &&
      !isEntered &&
      answers.every((one) => one?.refreshToken === undefined)
    )
      report(`${at}.tokenAnswer.refreshToken`, 'no_token_answer', 'is missing, and renew needs it');
  }
};
