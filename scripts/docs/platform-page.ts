// The page of one platform, made of its data alone.
import type { CredentialField, Platform, ResourceDefinition } from '../../domain/platform.ts';
import { PERMISSIONS, RESOURCES } from '../../domain/resource.ts';
import { authFlow, endpointOf, exampleShop } from './auth-flow.ts';
import { cell, code, codes, duration, list, page, section, table } from './markdown.ts';
import { schemeLink } from './scheme-names.ts';
import { subscriptionWords } from './subscription-words.ts';
import { lifetimeWords, obtainWords, renewWords, signatureWords, signWords } from './words.ts';

export const CERTAINTY_WORDS = {
  vendor: 'the vendor’s own documentation or code',
  secondary: 'somebody else’s documentation or code',
  unverified: 'not confirmed',
} as const;

export function platformPage(platform: Platform): string {
  return page(
    `# ${platform.name}`,
    `Made of \`platforms/${platform.id}/platform.ts\` by \`npm run docs\`; edit that. Facts from ${CERTAINTY_WORDS[platform.certainty]}: <${platform.documentation}>.`,
    overview(platform),
    section('Connect', ways(platform)),
    ...platform.auth.map((method) =>
      section(`How \`${method.credentialKind}\` is obtained`, authFlow(platform, method)),
    ),
    section('Shop', shopFields(platform)),
    section('What is entered', enteredFields(platform)),
    section('Our registration', registration(platform)),
    section('Permissions and scopes', permissions(platform)),
    section('Resources', resources(platform)),
    section('Rate limits', rateLimits(platform)),
    section('What its answers mean', answers(platform), waits(platform)),
    section('Notifications', notifications(platform)),
    section('Deadlines', deadlines(platform)),
    section('Ending a grant', revocation(platform)),
    section('In a diagnosis', explains(platform)),
    section('Not supported', list(platform.unsupported ?? [])),
    section('Unverified', list(unverifiedOf(platform))),
  );
}

/** Everything that the data itself marks as not confirmed. */
export function unverifiedOf(platform: Platform): string[] {
  const limits = platform.rateLimits.filter(({ certainty }) => certainty === 'unverified');
  return [
    ...(platform.certainty === 'unverified' ? ['Everything on this page.'] : []),
    ...(platform.unverified ?? []),
    ...limits.map(
      ({ scope, endpoints = [] }) =>
        `The rate limit of a ${scope}${endpoints.length === 0 ? '' : ` for ${codes(endpoints)}`}.`,
    ),
    ...platform.answers.flatMap(({ note }) =>
      note?.includes('unverified') === true ? [`An answer: ${note}.`] : [],
    ),
  ];
}

function overview(platform: Platform): string {
  const { apiVersion, otherBaseUrls = {} } = platform;
  const sunset = apiVersion.sunset === null ? 'no end announced' : `ends ${apiVersion.sunset}`;
  return table(
    ['', ''],
    [
      ['id', code(platform.id)],
      ['API', `${code(platform.baseUrl)}, version ${code(apiVersion.name)} (${sunset})`],
      ...Object.entries(otherBaseUrls).map(([name, url]) => [`API, ${name}`, code(url)]),
      ...(platform.endpoints ?? []).map(({ endpoint, version, sunset: end, note }) => [
        `version of ${code(endpoint)}`,
        `${code(version)}${end === null ? '' : `, ends ${end}`}${note === undefined ? '' : `: ${note}`}`,
      ]),
      ...Object.entries(platform.headers ?? {}).map(([name, value]) => [
        'every call',
        code(`${name}: ${value}`),
      ]),
      ['needs our registration', platform.needsRegistration ? 'yes' : 'no'],
      ['proof', code(endpointOf(platform))],
    ],
  );
}

function ways(platform: Platform): string {
  const rows = platform.auth.map((method) => [
    code(method.credentialKind),
    schemeLink(method.obtain.kind, obtainWords(method)),
    method.renew.kind === 'none'
      ? 'not renewed'
      : schemeLink(renewPage(method.renew.kind), renewWords(method)),
    method.sign.map((one) => schemeLink(one.scheme, signWords(one))).join(' + '),
    lifetimeWords(method, duration),
    method.transport === undefined ? '–' : schemeLink('mutual_tls', 'client certificate'),
  ]);
  const upgrades = platform.auth.flatMap(({ upgrade, credentialKind }) =>
    upgrade === undefined
      ? []
      : [
          `${code(credentialKind)} becomes ${code(upgrade.to)}${upgrade.deadline === null ? '' : ` by ${upgrade.deadline}`}${upgrade.irreversible ? ', once and for good' : ''}: ${upgrade.note}`,
        ],
  );
  const made = table(['credential', 'obtained by', 'renewed by', 'on a request', 'lives', 'transport'], rows);
  return upgrades.length === 0 ? made : `${made}\n\n${list(upgrades)}`;
}

function renewPage(kind: 'refresh_token' | 'client_credentials' | 'assertion' | 'login') {
  return kind === 'assertion' ? 'jwt_bearer' : kind;
}

function shopFields({ shop }: Platform): string {
  if (shop.length === 0) return 'There is nothing to name: the credential tells the shop.';
  const rows = shop.map((field) => [
    code(field.name),
    field.label,
    code(field.pattern),
    code(field.example),
    `${field.help}${field.optional === true ? ' (optional, or told by the approval)' : ''}`,
    field.choices === undefined
      ? '–'
      : field.choices.map(({ value, label }) => `${code(value)} ${label}`).join(', '),
  ]);
  return table(['field', 'label', 'pattern', 'example', 'help', 'choices'], rows);
}

function fieldRows(fields: readonly CredentialField[]): string[][] {
  return fields.map((field) => [
    `${code(field.name)}${field.optional === true ? ' (optional)' : ''}`,
    field.label,
    field.secret ? 'secret' : 'shown',
    field.help,
  ]);
}

function enteredFields({ auth }: Platform): string | null {
  const rows = auth.flatMap(({ obtain, credentialKind }) =>
    'fields' in obtain ? fieldRows(obtain.fields).map((row) => [code(credentialKind), ...row]) : [],
  );
  return rows.length === 0 ? null : table(['credential', 'field', 'label', '', 'help'], rows);
}

function registration({ registration: fields = [] }: Platform): string | null {
  return fields.length === 0 ? null : table(['field', 'label', '', 'help'], fieldRows(fields));
}

function permissions(platform: Platform): string {
  const rows = PERMISSIONS.flatMap((permission) => {
    const scopes = platform.permissions[permission];
    return scopes === undefined ? [] : [[code(permission), codes(scopes, 'no scope needed')]];
  });
  const always = platform.alwaysScopes ?? [];
  const implied = Object.entries(platform.impliedScopes ?? {});
  return [
    rows.length === 0 ? 'None is offered.' : table(['permission', 'scopes'], rows),
    ...(always.length === 0 ? [] : [`Always asked for: ${codes(always)}.`]),
    ...(implied.length === 0
      ? []
      : [`Implied: ${implied.map(([scope, by]) => `${code(scope)} → ${codes(by)}`).join('; ')}.`]),
  ].join('\n\n');
}

function resources(platform: Platform): string {
  const rows = RESOURCES.flatMap((resource) => {
    const definition: ResourceDefinition | undefined = platform.resources[resource];
    if (definition === undefined) return [];
    const { pageSize, filter, overlapS, windowS, details, requires } = definition;
    return [
      [
        resource,
        code(listEndpoint(platform, definition)),
        filter === 'updated_at' ? 'what changed since' : 'a full scan',
        `${pageSize.default}, at most ${pageSize.max}`,
        windowS === null ? 'unbounded' : duration(windowS),
        overlapS === 0 ? 'none' : duration(overlapS),
        details === undefined ? '–' : `${details.max} a request`,
        code(requires),
      ],
    ];
  });
  if (rows.length === 0) return 'None yet.';
  return table(
    ['resource', 'listed by', 'a pass reads', 'page', 'window', 'overlap', 'details', 'needs'],
    rows,
  );
}

function listEndpoint(platform: Platform, { request, pageSize }: ResourceDefinition): string {
  const pass = {
    shop: exampleShop(platform),
    sinceMs: null,
    untilMs: Date.parse('2026-11-21T00:00:00Z'),
    pageSize: pageSize.default,
    facts: {},
  };
  try {
    return request(pass, null).endpoint;
  } catch {
    return 'needs what the proof told';
  }
}

function rateLimits({ rateLimits: limits }: Platform): string {
  if (limits.length === 0) return 'None is declared.';
  return table(
    ['of a', 'calls', 'burst', 'a second', 'told by answers', 'how sure'],
    limits.map(({ scope, endpoints = [], burst, perSecond, observe, certainty }) => [
      scope,
      codes(endpoints, 'all'),
      String(burst),
      String(perSecond),
      observe === undefined ? 'no' : 'yes',
      certainty,
    ]),
  );
}

function answers({ answers: rules }: Platform): string {
  const intro = 'First match wins; what is not here means what HTTP and RFC 6749 say.';
  if (rules.length === 0) return intro;
  const rows = rules.map(({ status, body, means, at, credentialKind, note }) => [
    at ?? 'both',
    status === undefined ? 'any' : String(status).replaceAll(',', ', '),
    body === undefined
      ? '–'
      : `${code(body.path)}${body.equals === undefined ? '' : ` = ${codes(body.equals)}`}${body.matches === undefined ? '' : ` ~ ${code(body.matches)}`}`,
    credentialKind === undefined ? 'any' : code(credentialKind),
    code(means),
    note ?? '–',
  ]);
  return `${intro}\n\n${table(['at', 'status', 'body', 'credential', 'means', 'note'], rows)}`;
}

function waits({ retryAfter, waitMs }: Platform): string {
  if (waitMs !== undefined) return 'The wait is in the answer’s body.';
  const { header, unit } = retryAfter ?? { header: 'Retry-After', unit: 'seconds' };
  return `The wait is in ${code(header)}, in ${unit}.`;
}

function notifications({ notifications: told }: Platform): string {
  if (told === undefined) return 'None are declared: it is polled.';
  const topics = Object.entries(told.topics);
  const place = (field: { readonly header: string } | { readonly json: string } | undefined): string =>
    field === undefined ? '–' : code('header' in field ? field.header : `body ${field.json}`);
  return [
    table(
      ['', ''],
      [
        ['delivered by', told.delivery],
        ['subscribed by', told.subscribedBy],
        ['subscriptions', subscriptionWords(told)],
        ['signed', signatureWords(told.signature)],
        ['topic in', place(told.topicIn)],
        ['id in', place(told.idIn)],
        ['shop in', place(told.shopIn)],
        ...(told.answerWithinMs === undefined ? [] : [['answered within', `${told.answerWithinMs} ms`]]),
        ...(told.calls ?? []).map((call) => [
          `call ${code(call.name)}`,
          `${call.method}, ${call.means}: ${signatureWords(call.signature)}`,
        ]),
      ],
    ),
    ...(topics.length === 0
      ? []
      : [
          table(
            ['topic', 'means'],
            topics.map(([topic, means]) => [code(topic), means]),
          ),
        ]),
    ...(told.note === undefined ? [] : [told.note]),
  ].join('\n\n');
}

function deadlines({ deadlines: rows = [] }: Platform): string | null {
  if (rows.length === 0) return null;
  return table(
    ['what', 'after', 'note'],
    rows.map(({ kind, afterS, note }) => [kind, duration(afterS), note]),
  );
}

export function revokeWords({ revoke }: Platform): string {
  if (revoke === undefined) return 'not by us';
  if ('token' in revoke) return `${revoke.token.method} ${revoke.token.url}`;
  return 'by a request';
}

function revocation(platform: Platform): string {
  const { revoke } = platform;
  if (revoke === undefined)
    return 'Mooring cannot end it at the platform: the merchant does. The secrets are destroyed all the same.';
  if ('token' in revoke) return `By ${code(`${revoke.token.method} ${revoke.token.url}`)}.`;
  try {
    return `By ${code(revoke.request(exampleShop(platform), { clientId: 'app' }).endpoint)}.`;
  } catch {
    return 'By a request.';
  }
}

function explains({ explains: told = {} }: Platform): string | null {
  const rows = Object.entries(told).map(([about, text]) => [code(about), cell(text ?? '')]);
  return rows.length === 0 ? null : table(['code', 'said'], rows);
}
