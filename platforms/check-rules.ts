// What the type cannot say of a definition: callbacks, answers, scopes, dates. Pure; it calls none of the definition's functions.
import type { JwtExpected, Platform, ReceivedSignature } from '../domain/platform.ts';
import { RESOURCES } from '../domain/resource.ts';
import type { Report } from './check-shape.ts';
import { missingScopes, scopesFor } from './scopes.ts';

export type PlatformRule = (platform: Platform, report: Report) => void;

export const checkId: PlatformRule = ({ id }, report) => {
  if (!/^[a-z][a-z0-9_-]{1,39}$/.test(id))
    report('id', 'bad_id', `"${id}" is no id: lower-case letters, digits, - and _, from a letter on`);
};

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

/** A rule that asks for nothing would decide on every answer. */
export const checkAnswers: PlatformRule = (platform, report) => {
  for (const [index, { status, body }] of platform.answers.entries())
    if (status === undefined && body === undefined)
      report(`answers[${index}]`, 'no_condition', 'has neither a status nor a body, and is every answer');
};

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

/** What must be true of each JWT that we receive, with its place. */
export function jwtsOf(platform: Platform): { readonly at: string; readonly jwt: JwtExpected }[] {
  const of = (at: string, signature: ReceivedSignature | object | null | undefined) =>
    signature != null && 'jwt' in signature && 'kind' in signature && signature.kind === 'jwt'
      ? [{ at: `${at}.jwt`, jwt: signature.jwt }]
      : [];
  return [
    ...of('notifications.signature', platform.notifications?.signature),
    ...(platform.notifications?.calls ?? []).flatMap(({ signature }, index) =>
      of(`notifications.calls[${index}].signature`, signature),
    ),
    ...platform.auth.flatMap(({ obtain, tokenAnswer }, index) => [
      ...('callback' in obtain
        ? obtain.callback.flatMap((step, at) =>
            of(`auth[${index}].obtain.callback[${at}].signature`, step.signature),
          )
        : []),
      ...('subject' in obtain && obtain.subject !== undefined
        ? [{ at: `auth[${index}].obtain.subject`, jwt: obtain.subject }]
        : []),
      ...(tokenAnswer?.idToken === undefined
        ? []
        : [{ at: `auth[${index}].tokenAnswer.idToken.jwt`, jwt: tokenAnswer.idToken.jwt }]),
    ]),
  ];
}
