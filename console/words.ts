// What the API's values are called on screen: states, actions, times, numbers. Pure; a value it does not know is shown as it is.

export type Tone = 'good' | 'warn' | 'bad' | 'calm' | 'busy' | 'over';

/** In the order in which they are counted and drawn. */
export const STATES = [
  'active',
  'degraded',
  'reauth_required',
  'paused',
  'connecting',
  'revoking',
  'revoked',
  'abandoned',
] as const;

const TONES: Readonly<Record<string, Tone>> = {
  active: 'good',
  degraded: 'warn',
  reauth_required: 'bad',
  paused: 'calm',
  connecting: 'busy',
  revoking: 'over',
  revoked: 'over',
  abandoned: 'over',
  completed: 'good',
  partial: 'warn',
  held: 'warn',
  failed: 'bad',
  running: 'busy',
  interrupted: 'warn',
  cancelled: 'calm',
  recovered: 'good',
  reminder: 'warn',
  rejected: 'bad',
  creating: 'busy',
  refused: 'bad',
  open: 'warn',
  closed: 'good',
  done: 'good',
  overdue: 'bad',
  pending: 'busy',
  delivered: 'good',
  enabled: 'good',
  disabled: 'over',
  failing: 'bad',
};

export function toneOf(state: string): Tone {
  return TONES[state] ?? 'calm';
}

/** "reauth_required" → "Reauth required" */
export function spoken(value: string): string {
  const text = value.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const TO_DO: Readonly<Record<string, string>> = {
  none: 'Nothing',
  wait: 'Wait: it is tried again by itself',
  approve: 'Ask the merchant to approve again, with a reconnect link',
  widen_scopes: 'Ask the merchant to grant the missing scopes, with a reconnect link',
  fix_shop: 'Ask the merchant to open or mend the shop',
  confirm_move: 'Confirm the new address, or refuse it',
  fix_registration: 'Correct our client id or secret for this platform',
  contact_platform: "Write to the platform's support",
};

export function whatToDo(action: string): string {
  return TO_DO[action] ?? spoken(action);
}

const count = new Intl.NumberFormat('en');

export function counted(number: number): string {
  return count.format(number);
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' });
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** "3 minutes ago", "in 2 hours"; "now" within two seconds. */
export function fromNow(atMs: number, nowMs: number): string {
  const ms = atMs - nowMs;
  if (Math.abs(ms) < 2000) return 'now';
  const [unit, length] = UNITS.find(([, one]) => Math.abs(ms) >= one) ?? ['second', 1000];
  return relative.format(Math.trunc(ms / length), unit);
}

/** "2026-11-21 07:17:34 UTC" */
export function exactly(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')} UTC`;
}

/** "1 min 5 s" */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What to call a shop: its name, else its key, else whatever the merchant gave. */
export function shopName(shop: {
  readonly name: string | null;
  readonly key: string | null;
  readonly values: Readonly<Record<string, string>>;
}): string {
  return shop.name ?? shop.key ?? Object.values(shop.values)[0] ?? 'Unnamed shop';
}
