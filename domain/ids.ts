// Prefixed ids, made in one place. An id is a name, never a secret: tokens are made elsewhere, with more entropy.
// Form: prefix, underscore, 26 lower-case Crockford base32 digits of a UUIDv7, so ids sort by the time they were made.

export const ID_PREFIXES = {
  tenant: 'ten',
  apiKey: 'key',
  clientRegistration: 'reg',
  connectSession: 'ses',
  authorization: 'aut',
  connection: 'con',
  syncRequest: 'req',
  syncRun: 'run',
  event: 'evt',
  audit: 'aud',
  import: 'imp',
  fleetRun: 'flt',
  install: 'ins',
  endpoint: 'end',
  delivery: 'dlv',
  privacyRequest: 'prv',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;
export type Id<K extends IdKind> = `${(typeof ID_PREFIXES)[K]}_${string}`;

export type TenantId = Id<'tenant'>;
export type ApiKeyId = Id<'apiKey'>;
export type ClientRegistrationId = Id<'clientRegistration'>;
export type ConnectSessionId = Id<'connectSession'>;
export type AuthorizationId = Id<'authorization'>;
export type ConnectionId = Id<'connection'>;
export type SyncRequestId = Id<'syncRequest'>;
export type SyncRunId = Id<'syncRun'>;
export type EventId = Id<'event'>;
export type AuditId = Id<'audit'>;
export type ImportId = Id<'import'>;
export type FleetRunId = Id<'fleetRun'>;
export type InstallId = Id<'install'>;
export type EndpointId = Id<'endpoint'>;
export type DeliveryId = Id<'delivery'>;
export type PrivacyRequestId = Id<'privacyRequest'>;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Formats 16 bytes as an id of the given kind. The caller supplies the bytes, because this folder does no I/O. */
export function formatId<K extends IdKind>(kind: K, bytes: Uint8Array): Id<K> {
  if (bytes.length !== 16) throw new RangeError(`an id needs 16 bytes, got ${bytes.length}`);
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let digit = 0; digit < 26; digit++) {
    text = (ALPHABET[Number(value & 31n)] ?? '') + text;
    value >>= 5n;
  }
  return `${ID_PREFIXES[kind]}_${text}`;
}

/** Says whether `text` has the form of an id of this kind; whether it exists is the store's to say. */
export function isId<K extends IdKind>(kind: K, text: string): text is Id<K> {
  return new RegExp(`^${ID_PREFIXES[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`).test(text);
}
