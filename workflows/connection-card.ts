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

/** Markdown that Temporal's UI shows well: a sentence, then a list; its tables have no room between their columns. */
export function cardOf(state: ConnectionState): string {
  const { lifecycle } = state;
  const reason = reasonOf(state);
  const { action, actor, because } = diagnose(state);
  const shown = reason === null ? publicState(state) : `${publicState(state)} (${reason})`;
  const todo = action === 'none' ? 'nothing' : `${action.replaceAll('_', ' ')}, by the ${actor}`;
  const facts: readonly (readonly [string, string])[] = [
    ['What to do now', action === 'wait' ? 'wait' : todo],
    [
      'Credential',
      `generation ${state.generation}, expires ${
        lifecycle.name === 'active' ? when(lifecycle.credential.expiresAtMs, 'never') : '–'
      }`,
    ],
    ['Next refresh', when(nextRefreshAtMs(state), state.renew === 'on_use' ? 'on use' : '–')],
    ['Last sync', when(state.lastSyncAtMs)],
    ['Wakes', when(nextWake(state)?.atMs ?? null, 'on a message')],
  ];
  return [
    `**${shown}** since ${when(state.sinceMs)}`,
    '',
    because,
    '',
    ...facts.map(([name, value]) => `- ${name}: **${value}**`),
  ].join('\n');
}

function when(ms: number | null, otherwise = '–'): string {
  return ms === null ? otherwise : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
