// What the type cannot say of a definition: patterns, names, callbacks, scopes, dates. Pure; it calls none of the definition's functions.
import type { AuthMethod, JwtExpected, Platform, ReceivedSignature } from '../domain/platform.ts';
import { RESOURCES } from '../domain/resource.ts';
import { NAMES_OF_REQUEST, namesInSign } from './asked-names.ts';
import type { Report } from './check-shape.ts';
import { missingScopes, scopesFor } from './scopes.ts';

export type PlatformRule = (platform: Platform, report: Report) => void;

export const checkId: PlatformRule = ({ id }, report) => {
  if (!/^[a-z][a-z0-9_-]{1,39}$/.test(id))
    report('id', 'bad_id', `"${id}" is no id: lower-case letters, digits, - and _, from a letter on`);
};

export const checkPatterns: PlatformRule = (platform, report) => {
  for (const { at, pattern, example } of patternsOf(platform)) {
    const compiled = compile(pattern);
    if (compiled === null) report(at, 'bad_pattern', 'does not compile');
    else if (!isAnchored(pattern)) report(at, 'unanchored_pattern', 'must begin with ^ and end with $');
    else if (example !== undefined && !compiled.test(example))
      report(at, 'example_mismatch', `does not match its own example "${example}"`);
  }
  for (const [index, { choices = [], pattern }] of platform.shop.entries())
    for (const { value } of choices)
      if (compile(pattern)?.test(value) === false)
        report(`shop[${index}].choices`, 'example_mismatch', `"${value}" does not match the pattern`);
  for (const [index, { body }] of platform.answers.entries())
    if (body?.matches !== undefined && compile(body.matches) === null)
      report(`answers[${index}].body.matches`, 'bad_pattern', 'does not compile');
};

interface Pattern {
  readonly at: string;
  readonly pattern: string;
  readonly example?: string;
}

function patternsOf(platform: Platform): Pattern[] {
  const ofFields = (at: string, fields: readonly { readonly pattern?: string }[]): Pattern[] =>
    fields.flatMap(({ pattern }, index) =>
      pattern === undefined ? [] : [{ at: `${at}[${index}].pattern`, pattern }],
    );
  const told = (at: string, parts: Readonly<Record<string, unknown>> | undefined): Pattern[] =>
    Object.entries(parts ?? {}).flatMap(([name, part]) =>
      typeof part === 'object' && part !== null && 'pattern' in part && typeof part.pattern === 'string'
        ? [{ at: `${at}.${name}.pattern`, pattern: part.pattern }]
        : [],
    );
  return [
    ...platform.shop.map(({ pattern, example }, index) => ({
      at: `shop[${index}].pattern`,
      pattern,
      example,
    })),
    ...ofFields('registration', platform.registration ?? []),
    ...patternsOfNotifications(platform),
    ...platform.auth.flatMap(({ obtain, tokenAnswer }, index) => [
      ...('fields' in obtain ? ofFields(`auth[${index}].obtain.fields`, obtain.fields) : []),
      ...told(`auth[${index}].tokenAnswer.shopFields`, tokenAnswer?.shopFields),
      ...('callback' in obtain
        ? obtain.callback.flatMap((step, at) => [
            ...told(`auth[${index}].obtain.callback[${at}].shopFields`, step.shopFields),
            ...(typeof step.continueAt === 'object' && 'host' in step.continueAt
              ? [
                  {
                    at: `auth[${index}].obtain.callback[${at}].continueAt.host`,
                    pattern: step.continueAt.host,
                  },
                ]
              : []),
          ])
        : []),
    ]),
  ];
}

function patternsOfNotifications({ notifications, resources }: Platform): Pattern[] {
  const places = [
    ...Object.entries(notifications?.objectIn ?? {}).map(([name, some]) => ({
      at: `notifications.objectIn.${name}`,
      some,
    })),
    ...Object.entries(notifications?.subjectIn ?? {}).map(([name, some]) => ({
      at: `notifications.subjectIn.${name}`,
      some,
    })),
  ].flatMap(({ at, some }) =>
    (some ?? []).flatMap(({ pattern }, index) =>
      pattern === undefined ? [] : [{ at: `${at}[${index}].pattern`, pattern }],
    ),
  );
  const shop = notifications?.shopIs?.pattern;
  const ids = Object.entries(resources).flatMap(([name, definition]) =>
    definition?.one === undefined ? [] : [{ at: `resources.${name}.one.id`, pattern: definition.one.id }],
  );
  return [
    ...places,
    ...(shop === undefined ? [] : [{ at: 'notifications.shopIs.pattern', pattern: shop }]),
    ...ids,
  ];
}

function compile(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern);
  } catch {
    return null;
  }
}

/** ^…$, with no alternative outside a group: ^a|b$ is anchored at one end each. */
function isAnchored(pattern: string): boolean {
  if (!/^\^[\s\S]*[^\\]\$$/.test(pattern) && !/^\^[\s\S]*\\\\\$$/.test(pattern)) return false;
  let depth = 0;
  const bare = pattern.replace(/\\[\s\S]/g, '').replace(/\[[^\]]*\]/g, '');
  for (const one of bare) {
    if (one === '(') depth += 1;
    else if (one === ')') depth -= 1;
    else if (one === '|' && depth === 0) return false;
  }
  return true;
}

export const checkDuplicates: PlatformRule = (platform, report) => {
  const once = (at: string, names: readonly string[]): void => {
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    for (const name of new Set(twice)) report(at, 'duplicate', `"${name}" is there twice`);
  };
  const names = (fields: readonly { readonly name: string }[]) => fields.map(({ name }) => name);
  once('shop', names(platform.shop));
  once('registration', names(platform.registration ?? []));
  once(
    'auth',
    platform.auth.map(({ credentialKind }) => credentialKind),
  );
  for (const [index, { obtain }] of platform.auth.entries()) {
    if ('fields' in obtain) once(`auth[${index}].obtain.fields`, names(obtain.fields));
    if ('callback' in obtain)
      once(
        `auth[${index}].obtain.callback`,
        obtain.callback.map(({ step }) => step),
      );
  }
};

export const checkNames: PlatformRule = (platform, report) => {
  for (const [index, method] of platform.auth.entries()) {
    const known = [...namesHeld(platform, method), ...NAMES_OF_REQUEST];
    for (const [at, one] of method.sign.entries())
      for (const name of namesInSign(one))
        if (!known.includes(name))
          report(
            `auth[${index}].sign[${at}]`,
            'unknown_name',
            `"{${name}}" is neither of the credential, the shop nor the registration`,
          );
  }
};

/** What a call with a credential of this method may name. */
export function namesHeld(
  platform: Platform,
  { obtain, renew, tokenAnswer, credentialKind }: AuthMethod,
): string[] {
  const kept = (one: AuthMethod['tokenAnswer']): string[] => Object.keys(one?.keep ?? {});
  const exchanged = [
    'token' in obtain ? obtain.token.answer : undefined,
    renew.kind === 'none' ? undefined : renew.token.answer,
    tokenAnswer,
  ];
  const isExchanged = exchanged.some((one) => one !== undefined);
  const becomes = platform.auth.some(({ upgrade }) => upgrade?.to === credentialKind);
  return [
    ...('fields' in obtain ? obtain.fields.map(({ name }) => name) : []),
    ...('discover' in obtain ? (obtain.discover?.brings ?? []) : []),
    ...(obtain.kind === 'key_handshake' ? Object.keys(obtain.keys) : []),
    ...(obtain.kind === 'oauth1' ? ['accessToken', 'tokenSecret'] : []),
    ...('callback' in obtain
      ? ['shopSecret', ...obtain.callback.flatMap((step) => Object.keys(step.credentialFields ?? {}))]
      : []),
    ...(isExchanged || becomes ? ['accessToken', 'refreshToken', ...exchanged.flatMap(kept)] : []),
    ...platform.shop.flatMap(({ name, choices = [] }) => [
      name,
      ...choices.flatMap(({ gives = {} }) => Object.keys(gives)),
    ]),
    ...(platform.registration ?? []).map(({ name }) => name),
    'clientId',
    'clientSecret',
  ];
}

export const checkExchanges: PlatformRule = (platform, report) => {
  for (const [index, { obtain, renew, tokenAnswer }] of platform.auth.entries()) {
    const exchanges = [
      ...('token' in obtain ? [{ at: 'obtain', token: obtain.token }] : []),
      ...(renew.kind === 'none' ? [] : [{ at: 'renew', token: renew.token }]),
    ];
    for (const { at, token } of exchanges)
      if (tokenAnswer === undefined && token.answer === undefined)
        report(`auth[${index}].tokenAnswer`, 'no_token_answer', `is missing, and ${at} exchanges something`);
  }
};

export const checkCallbacks: PlatformRule = (platform, report) => {
  for (const [index, { obtain }] of platform.auth.entries()) {
    if (!('callback' in obtain)) continue;
    const at = `auth[${index}].obtain`;
    const asked = Object.values(obtain.authorizeParameters).join(' ');
    if (asked.includes('{clientSecret}'))
      report(`${at}.authorizeParameters`, 'secret_in_address', '"{clientSecret}" is secret');
    // With OAuth 1.0a the platform's own token is the state.
    const isNamedThere = obtain.kind === 'oauth1' && obtain.temporary === 'before_redirect';
    const state = isNamedThere ? '{requestToken}' : '{state}';
    if (obtain.authorizeUrl !== '' && !asked.includes(state))
      report(`${at}.authorizeParameters`, 'no_state', `no parameter carries ${state}`);
    if (isNamedThere && obtain.callback.some((step) => step.stateParameter !== 'oauth_token'))
      report(`${at}.callback`, 'no_state', 'must have the state parameter "oauth_token"');
    if (obtain.callback.filter(({ grants }) => grants).length !== 1)
      report(`${at}.callback`, 'no_granting_step', 'must have exactly one step that grants');
    for (const [step, { startsAt, required, stateParameter }] of obtain.callback.entries())
      if (startsAt === undefined && !required.includes(stateParameter))
        report(`${at}.callback[${step}].required`, 'no_state', `must hold "${stateParameter}"`);
  }
};

export const checkScopes: PlatformRule = (platform, report) => {
  for (const resource of RESOURCES) {
    const definition = platform.resources[resource];
    if (definition === undefined) continue;
    const { requires, pageSize } = definition;
    if (pageSize.default > pageSize.max)
      report(
        `resources.${resource}.pageSize`,
        'page_size',
        `${pageSize.default} is more than ${pageSize.max}`,
      );
    if (platform.permissions[requires] === undefined)
      report(
        `resources.${resource}.requires`,
        'permission_not_offered',
        `"${requires}" is not in permissions`,
      );
    else if (platform.permissions[`${resource}:write`] !== undefined) {
      const written = scopesFor(platform, [`${resource}:write`]);
      if (missingScopes(platform, [requires], written).length > 0)
        report(`permissions["${resource}:write"]`, 'write_covers_read', `does not cover "${requires}"`);
    }
  }
};

export const checkDates: PlatformRule = (platform, report) => {
  const dates = [
    { at: 'apiVersion.sunset', date: platform.apiVersion.sunset },
    ...(platform.endpoints ?? []).map(({ sunset }, index) => ({
      at: `endpoints[${index}].sunset`,
      date: sunset,
    })),
    ...platform.auth.map(({ upgrade }, index) => ({
      at: `auth[${index}].upgrade.deadline`,
      date: upgrade?.deadline ?? null,
    })),
  ];
  for (const { at, date } of dates)
    if (date !== null && !isDate(date)) report(at, 'bad_date', `"${date}" is no day in the form YYYY-MM-DD`);
};

function isDate(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

export const checkKeys: PlatformRule = (platform, report) => {
  for (const { at, jwt } of jwtsOf(platform))
    if (jwt.algorithms.some((one) => one.startsWith('HS') !== (jwt.key.kind === 'secret')))
      report(`${at}.algorithms`, 'key_confusion', `are not all those of a key of the kind "${jwt.key.kind}"`);
};

function jwtsOf(platform: Platform): { readonly at: string; readonly jwt: JwtExpected }[] {
  const of = (at: string, signature: ReceivedSignature | object | null | undefined) =>
    signature != null && 'jwt' in signature && 'kind' in signature && signature.kind === 'jwt'
      ? [{ at: `${at}.jwt`, jwt: signature.jwt }]
      : [];
  return [
    ...of('notifications.signature', platform.notifications?.signature),
    ...platform.auth.flatMap(({ obtain, tokenAnswer }, index) => [
      ...('callback' in obtain
        ? obtain.callback.flatMap((step, at) =>
            of(`auth[${index}].obtain.callback[${at}].signature`, step.signature),
          )
        : []),
      ...(tokenAnswer?.idToken === undefined
        ? []
        : [{ at: `auth[${index}].tokenAnswer.idToken.jwt`, jwt: tokenAnswer.idToken.jwt }]),
    ]),
  ];
}
