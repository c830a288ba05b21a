// How a connection shows in Temporal's UI: search attributes, and a short Markdown card. Only what the public API shows as well;
// never a secret, a shop's address or a person's name.
import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import { type ConnectionState, publicState } from '../domain/connection.ts';
import { reasonOf } from '../domain/connection-consequences.ts';
import { nextRefreshAtMs, nextWake } from '../domain/connection-wake.ts';
import { diagnose } from '../domain/diagnosis.ts';

const TENANT_ID = defineSearchAttributeKey('TenantId', 'KEYWORD');
const PLATFORM = defineSearchAttributeKey('Platform', 'KEYWORD');
const STATE = defineSearchAttributeKey('ConnectionState', 'KEYWORD');
const REAUTH_REASON = defineSearchAttributeKey('ReauthReason', 'KEYWORD');
const EXPIRES_AT = defineSearchAttributeKey('CredentialExpiresAt', 'DATETIME');

export function attributesOf(state: ConnectionState): SearchAttributeUpdatePair[] {
  const { lifecycle } = state;
  const expiresAtMs = lifecycle.name === 'active' ? lifecycle.credential.expiresAtMs : null;
  return [
    { key: TENANT_ID, value: state.tenantId },
    { key: PLATFORM, value: state.platform },
    { key: STATE, value: publicState(state) },
    { key: REAUTH_REASON, value: lifecycle.name === 'reauth_required' ? lifecycle.reason : null },
    { key: EXPIRES_AT, value: expiresAtMs === null ? null : new Date(expiresAtMs) },
  ];
}

export function cardOf(state: ConnectionState): string {
  const { lifecycle } = state;
  const reason = reasonOf(state);
  const diagnosis = diagnose(state);
  const rows: readonly (readonly [string, string])[] = [
    ['State', reason === null ? publicState(state) : `${publicState(state)} (${reason})`],
    ['Since', when(state.sinceMs)],
    ['Credential', `generation ${state.generation}`],
    ['Expires', lifecycle.name === 'active' ? when(lifecycle.credential.expiresAtMs, 'never') : '–'],
    ['Next refresh', when(nextRefreshAtMs(state), state.renew === 'on_use' ? 'on use' : '–')],
    ['Last sync', when(state.lastSyncAtMs)],
    ['Wakes', when(nextWake(state)?.atMs ?? null, 'on a message')],
    ['What to do now', `${diagnosis.action} (${diagnosis.actor})`],
  ];
  return [
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
    diagnosis.because,
  ].join('\n');
}

function when(ms: number | null, otherwise = '–'): string {
  return ms === null ? otherwise : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
