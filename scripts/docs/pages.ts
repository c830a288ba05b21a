// All pages that are made, by their path: of platforms wholly; of schemes the head and who uses it, around a text written by hand. The same data and text give the same bytes.
import type { AuthMethod, CallbackStep, Platform } from '../../domain/platform.ts';
import { PERMISSIONS, RESOURCES } from '../../domain/resource.ts';
import { eventsPage } from './events-page.ts';
import { code, duration, list, page, section, table } from './markdown.ts';
import { platformPage, revokeWords, unverifiedOf } from './platform-page.ts';
import { SCHEMES, type SchemeName, schemeFile, schemeLink } from './scheme-names.ts';
import { CLIENT_WORDS, INSTALL_WORDS, obtainWords, renewWords, signatureWords, signWords } from './words.ts';

/** `textOf`: a scheme's page as it stands, whose text is kept; "" where there is none yet. */
export function generatedPages(
  platforms: readonly Platform[],
  textOf: (path: string) => string,
): ReadonlyMap<string, string> {
  const sorted = [...platforms].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  const names = Object.keys(SCHEMES).filter(isSchemeName);
  return new Map([
    ['docs/events.md', eventsPage()],
    ['docs/platforms/README.md', platformsPage(sorted)],
    ...sorted.map((platform) => [`docs/platforms/${platform.id}.md`, platformPage(platform)] as const),
    ['docs/schemes/README.md', schemesPage(sorted, names)],
    ...names.map((name) => {
      const path = `docs/schemes/${schemeFile(name)}`;
      return [path, schemePage(sorted, name, writtenIn(textOf(path)))] as const;
    }),
  ]);
}

function isSchemeName(name: string): name is SchemeName {
  return Object.hasOwn(SCHEMES, name);
}

const MADE = 'Made by `npm run docs`; edit what it is made of.';
const BEGIN = '<!-- Written by hand from here… -->';
const END = '<!-- …to here. The rest is made by `npm run docs`. -->';

function platformsPage(platforms: readonly Platform[]): string {
  const rows = platforms.map((platform) => [
    `[${platform.name}](${platform.id}.md)`,
    unique(platform.auth.map(obtainWords)),
    unique(platform.auth.flatMap(({ sign }) => sign.map(({ scheme }) => schemeLink(scheme, scheme)))),
    unique(platform.auth.map(renewWords)),
    RESOURCES.filter((resource) => platform.resources[resource] !== undefined).join(', '),
    permissionWords(platform),
    notificationWords(platform),
    revokeWords(platform),
    unique((platform.deadlines ?? []).map(({ kind, afterS }) => `${kind} ${duration(afterS)}`)),
    platform.certainty,
    String(unverifiedOf(platform).length),
  ]);
  const head = ['platform', 'obtained by', 'on a request', 'renewed by', 'resources', 'permissions'];
  const more = ['notifications', 'ended by us', 'deadlines', 'facts from', 'unverified'];
  const gaps = (told: (platform: Platform) => readonly string[]): string =>
    platforms
      .filter((platform) => told(platform).length > 0)
      .map((platform) => `**[${platform.name}](${platform.id}.md)**\n\n${list(told(platform))}`)
      .join('\n\n');
  return page(
    '# Platforms',
    `${platforms.length} platforms. ${MADE} How they came to be known, and how one is added: [platforms.md](../platforms.md), [how-to](../how-to/add-a-platform.md).`,
    table([...head, ...more], rows),
    'Facts from: `vendor`, the vendor’s own documentation or code; `secondary`, somebody else’s; `unverified`, nobody confirmed them. The last column counts what a platform’s page marks as unverified.',
    section(
      'What is not supported',
      gaps(({ unsupported }) => unsupported ?? []),
    ),
    section('What is unverified', gaps(unverifiedOf)),
  );
}

function unique(texts: readonly string[]): string {
  return [...new Set(texts)].join('; ');
}

/** Which of read and write, for which resources. */
function permissionWords({ permissions }: Platform): string {
  const offered = PERMISSIONS.filter((permission) => permissions[permission] !== undefined);
  if (offered.length === PERMISSIONS.length) return 'all';
  return RESOURCES.flatMap((resource) => {
    const acts = ['read', 'write'].filter((act) => offered.some((one) => one === `${resource}:${act}`));
    return acts.length === 0 ? [] : [`${resource} ${acts.join('+')}`];
  }).join(', ');
}

function notificationWords({ notifications }: Platform): string {
  if (notifications === undefined || notifications.delivery === 'none') return 'polled';
  const signed = notifications.signature === null ? 'unsigned' : 'signed';
  return `${notifications.delivery}, ${signed}, by ${notifications.subscribedBy}`;
}

function schemesPage(platforms: readonly Platform[], names: readonly SchemeName[]): string {
  return page(
    '# Schemes',
    `A platform’s auth is four parts: how a credential is obtained, how it is renewed, how it is put on a request, and what carries it; how they work together: [auth.md](../auth.md). A page a scheme: drawn, what is data, what is code and its tests, who uses it. ${MADE}`,
    table(
      ['scheme', 'part', 'standard', 'platforms'],
      names.map((name) => [
        `[${SCHEMES[name].title}](${schemeFile(name)})`,
        SCHEMES[name].part,
        SCHEMES[name].standard,
        String(usersOf(platforms, name).length),
      ]),
    ),
    'Try one by itself: [`mooring sign` and `mooring verify`](../cli.md).',
  );
}

function schemePage(platforms: readonly Platform[], name: SchemeName, written: string): string {
  const { title, part, standard } = SCHEMES[name];
  const users = usersOf(platforms, name);
  return page(
    `# ${title}`,
    `Part: ${part}. Standard: ${standard}.`,
    BEGIN,
    written,
    END,
    section(
      'Which platforms use it',
      users.length === 0
        ? 'None of ours. A platform of your own may: [how-to](../how-to/add-a-platform.md).'
        : table(
            ['platform', 'credential', 'as'],
            users.map(({ platform, kind, as }) => [
              `[${platform.name}](../platforms/${platform.id}.md)`,
              code(kind),
              as,
            ]),
          ),
    ),
  );
}

/** What stands between the marks, or all of a page that has none yet. */
function writtenIn(text: string): string {
  const [before = '', after] = text.split(BEGIN);
  return ((after ?? before).split(END)[0] ?? '').trim();
}

interface User {
  readonly platform: Platform;
  readonly kind: string;
  readonly as: string;
}

function usersOf(platforms: readonly Platform[], name: SchemeName): User[] {
  return platforms.flatMap((platform) =>
    platform.auth.flatMap((method) => {
      const as = usesOf(platform, method, name);
      return as.length === 0 ? [] : [{ platform, kind: method.credentialKind, as: unique(as) }];
    }),
  );
}

function usesOf(platform: Platform, method: AuthMethod, name: SchemeName): string[] {
  const { obtain, renew, sign, transport } = method;
  const renewed = renew.kind === 'assertion' ? 'jwt_bearer' : renew.kind;
  const steps = 'callback' in obtain ? obtain.callback : [];
  const tokens = [
    ...('token' in obtain ? [obtain.token] : []),
    ...(renew.kind === 'none' ? [] : [renew.token]),
  ];
  const proofs = [...new Set(tokens.map((token) => CLIENT_WORDS[token.clientAuthentication]))];
  return [
    ...(obtain.kind === name ? [obtainWords(method)] : []),
    ...(renewed === name && obtain.kind !== name ? [renewWords(method)] : []),
    ...sign.flatMap((one) => (one.scheme === name ? [signWords(one)] : [])),
    ...(name === 'install'
      ? steps.flatMap(({ startsAt }) => (startsAt === undefined ? [] : [INSTALL_WORDS[startsAt]]))
      : []),
    ...(name === 'mutual_tls' && transport !== undefined
      ? [`on calls to ${transport.at ?? 'token and api'}`]
      : []),
    ...(name === 'client_authentication' && tokens.length > 0 ? [proofs.join('; ')] : []),
    ...(name === 'received' ? receivedWords(platform, method, steps) : []),
  ];
}

/** A platform's notifications are told once, beside its first way to connect. */
function receivedWords(platform: Platform, method: AuthMethod, steps: readonly CallbackStep[]): string[] {
  const { notifications } = platform;
  const isFirst = platform.auth[0] === method;
  return [
    ...steps.flatMap(({ signature }) =>
      signature === undefined ? [] : [`callback: ${signatureWords(signature)}`],
    ),
    ...(isFirst && notifications?.signature != null
      ? [`notifications: ${signatureWords(notifications.signature)}`]
      : []),
  ];
}
