// What a merchant sees at the end of an approval: it worked, it did not and what to do, or wait. No code, no state, no secret, and
// nothing a platform said that is not escaped.
import type { ErrorCode } from '../../domain/errors.ts';
import type { CallbackRow } from '../../store/authorization-callbacks.ts';
import type { ConnectionListRow } from '../../store/connections-list.ts';
import type { AttemptOutcome } from '../../store/shared-grants.ts';
import { outcomeOf } from '../schemas/connect-sessions.ts';
import { textRecord } from '../schemas/connections.ts';
import { html, layout, type Markup } from './layout.ts';

/** What to tell a merchant; codes that are missing here get the last line. */
const ADVICE: Readonly<Partial<Record<ErrorCode, readonly [title: string, advice: string]>>> = {
  authorization_denied: [
    'You declined',
    'Nothing was connected. Open the link again if you change your mind.',
  ],
  authorization_expired: [
    'This approval came too late',
    'Nothing was connected. Open the link again and approve within ten minutes.',
  ],
  invalid_state: [
    'This approval cannot be used',
    'It was used before, or began in another browser. Open the link again in this browser.',
  ],
  invalid_callback: ['The platform sent something unexpected', 'Nothing was connected. Open the link again.'],
  shop_mismatch: [
    'That was another shop',
    'Sign in to the shop you want to reconnect, then open the link again.',
  ],
  shop_already_connected: [
    'This shop is already connected',
    'A shop can be connected once. Open the link again for another shop; to connect this one anew, ask where you got the link.',
  ],
  credential_rejected: ['The platform did not accept this', 'Check what you entered, then try again.'],
  scope_missing: [
    'Some permissions are missing',
    'Open the link again and approve every permission that is asked for.',
  ],
  registration_rejected: [
    'Your provider must fix something',
    'The platform does not accept their app just now. You have nothing to do.',
  ],
  registration_missing: [
    'Your provider must fix something',
    'They have not set up their app at this platform. You have nothing to do.',
  ],
  connection_revoking: [
    'This shop is being disconnected',
    'Open the link again when that has ended, to connect it anew.',
  ],
  move_refused: [
    'The new address was not confirmed',
    'The connection goes on with the address it had. Ask where you got this link.',
  ],
  session_expired: ['This link has expired', 'Ask for a new one where you got it.'],
  not_found: ['This link leads nowhere', 'Check that you copied all of it, or ask for a new one.'],
  platform_down: ['The platform has a problem', 'Nothing was connected. Try again in a few minutes.'],
  platform_unreachable: ['The shop cannot be reached', 'Check its address, then try again.'],
  platform_rate_limited: ['The platform is busy', 'Try again in a few minutes.'],
  worker_unavailable: ['This takes longer than it should', 'Try again in a few minutes.'],
};
const OTHERWISE = [
  'That did not work',
  'Nothing was connected. Open the link again, or ask where you got it.',
] as const;

export function adviceFor(code: string): readonly [title: string, advice: string] {
  const found = Object.entries(ADVICE).find(([known]) => known === code);
  return found?.[1] ?? OTHERWISE;
}

export function failurePage(code: string, retryUrl: string | null = null): string {
  const [title, advice] = adviceFor(code);
  return layout({
    title,
    body: html`<h1>${title}</h1><p role="alert">${advice}</p>
      ${retryUrl === null ? null : html`<a class="button" href="${retryUrl}">Try again</a>`}
      <p class="soft">Reference: <code>${code}</code></p>`,
  });
}

export function waitingPage(): string {
  return layout({
    title: 'One moment',
    refresh: { afterS: 2, to: '' },
    body: html`<h1>One moment</h1><p role="status">The shop is confirming the connection. This page looks again by itself.</p>`,
  });
}

export interface Outcome {
  readonly row: CallbackRow;
  readonly connection: ConnectionListRow | null;
  /** further shops of the same approval */
  readonly shares: readonly AttemptOutcome[];
  readonly platform: string;
  readonly returnUrl: string | null;
}

export function resultPage(outcome: Outcome): string {
  const { row, connection, shares, platform, returnUrl } = outcome;
  const back = returnUrl === null ? null : html`<a class="button" href="${returnUrl}">Continue</a>`;
  if (row.status === 'proved') return movePage({ shop: textRecord(row.shop), next: back });
  if (row.status !== 'authorized') {
    const [title, advice] = adviceFor(row.refusal ?? 'internal');
    return layout({
      title,
      body: html`<h1>${title}</h1><p role="alert">${advice}</p>${back}<p class="soft">Reference: <code>${row.refusal ?? 'refused'}</code></p>`,
    });
  }
  return connectedPage({ platform, connection, shares, next: back });
}

/** Installed at the platform, and nobody's yet. */
export function installPage({
  platform,
  token,
}: {
  readonly platform: string;
  readonly token: string;
}): string {
  return layout({
    title: 'One more step',
    body: html`<h1>One more step</h1><p role="status">${platform} has installed the app. To connect your shop, give this code to your provider
      within the hour:</p>
      <p class="notice"><code id="install">${token}</code></p><p class="soft">The code works once. Share it with nobody else.</p>`,
  });
}

/** Approved at another address: nothing more for the merchant to do. */
export function movePage(of: {
  readonly shop: Readonly<Record<string, string>>;
  readonly next: Markup | null;
}): string {
  return layout({
    title: 'One more check',
    body: html`<h1>One more check</h1><p class="notice" role="status">The shop answered at <strong>${Object.values(of.shop).join(', ')}</strong>.
      Because its address is new, your provider confirms it before it is used. You have nothing more to do.</p>
      <p>You can close this page.</p>${of.next}`,
  });
}

/** In a merchant's words what became of one of several shops. */
const SHARE_WORDS: Readonly<Record<ReturnType<typeof outcomeOf>['outcome'], string>> = {
  connecting: 'is being connected',
  connected: 'is connected',
  already_connected: 'was connected already',
  move_proposed: 'waits for a check of its address',
  refused: 'could not be connected',
};

function shareList(shares: readonly AttemptOutcome[]): Markup | null {
  if (shares.length === 0) return null;
  return html`<h2>More shops of the same approval</h2>
    <ul class="plain">${shares.map((one) => {
      const { outcome, code } = outcomeOf(one);
      const why = code === undefined ? '' : `: ${adviceFor(code)[0]}`;
      return html`<li>${Object.values(one.shop ?? {}).join(', ')} ${SHARE_WORDS[outcome]}${why}</li>`;
    })}</ul>`;
}

export function connectedPage(outcome: {
  readonly platform: string;
  readonly connection: ConnectionListRow | null;
  readonly shares?: readonly AttemptOutcome[];
  readonly next: Markup | null;
}): string {
  const { platform, connection, shares = [], next } = outcome;
  const isWaiting = shares.some((one) => outcomeOf(one).outcome === 'connecting');
  const shop = connection?.shopName ?? connection?.shopKey ?? 'Your shop';
  const needsMore = connection?.state === 'reauth_required';
  return layout({
    title: needsMore ? 'Almost connected' : 'Connected',
    ...(isWaiting ? { refresh: { afterS: 2, to: '' } } : {}),
    body: needsMore
      ? html`<h1>Almost connected</h1><p role="alert">${shop} approved fewer permissions than are needed. Open the link again and
          approve all of them.</p>${shareList(shares)}${next}`
      : html`<h1>Connected</h1><p class="notice good" role="status">${shop} on ${platform} is connected. Its data is being synced now,
          and the connection is kept fresh for you.</p>${shareList(shares)}<p>You can close this page.</p>${next}`,
  });
}
