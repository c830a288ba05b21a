// The commands an operator gives, and what to say when one was taken. Nothing is decided here: the API refuses what may not be.
import { dataOf, type MooringClient } from '../client/index.ts';
import type { Connection, RevocationPlan } from './reads.ts';
import { exactly, spoken } from './words.ts';

/** Gives the command; resolves to what to tell the operator. */
export type Command = (client: MooringClient, connection: Connection) => Promise<string>;

const at = ({ id }: Connection) => ({ path: { id } });

export const syncNow: (mode: 'incremental' | 'backfill') => Command =
  (mode) => async (client, connection) => {
    const { attachedTo } = await dataOf(
      client.POST('/v1/connections/{id}/sync', { params: at(connection), body: { mode } }),
    );
    return attachedTo === null ? 'A sync was asked for.' : 'The run under way will take this up.';
  };

export const refreshNow: Command = async (client, connection) => {
  const answer = await dataOf(client.POST('/v1/connections/{id}/refresh', { params: at(connection) }));
  switch (answer.outcome) {
    case 'fresh':
      return `The credential is fresh: generation ${answer.generation}.`;
    case 'retry_later':
      return `Not now; it is tried again at ${exactly(answer.retryAt)}.`;
    case 'reauth_required':
      return `The merchant must approve again: ${spoken(answer.reason).toLowerCase()}.`;
    case 'revoked':
      return 'The connection has ended.';
  }
};

export const pause: Command = async (client, connection) => {
  await dataOf(client.POST('/v1/connections/{id}/pause', { params: at(connection) }));
  return 'Syncing pauses; the credential is kept fresh.';
};

export const resume: Command = async (client, connection) => {
  await dataOf(client.POST('/v1/connections/{id}/resume', { params: at(connection) }));
  return 'Syncing resumes.';
};

export interface ReconnectLink {
  readonly url: string;
  readonly expiresAt: string;
}

/** A fresh link for the merchant. Whoever holds it acts as the merchant. */
export async function makeReconnectLink(
  client: MooringClient,
  { id, tenantId, platform }: Connection,
): Promise<ReconnectLink> {
  return dataOf(client.POST('/v1/connect-sessions', { body: { connectionId: id, tenantId, platform } }));
}

export const confirmDeletions: (runId: string) => Command =
  (runId) =>
  async (client, { id }) => {
    await dataOf(
      client.POST('/v1/connections/{id}/runs/{runId}/confirm-deletions', { params: { path: { id, runId } } }),
    );
    return 'The held deletions will be made.';
  };

/** Of the move that is shown: another one that came meanwhile is refused by the API. */
export const decideMove: (decision: 'confirm' | 'refuse', authorizationId: string) => Command =
  (decision, authorizationId) => async (client, connection) => {
    const given = { params: at(connection), body: { authorizationId } };
    await dataOf(
      decision === 'confirm'
        ? client.POST('/v1/connections/{id}/confirm-move', given)
        : client.POST('/v1/connections/{id}/refuse-move', given),
    );
    return decision === 'confirm'
      ? 'The new address holds.'
      : 'The new address was refused; nothing changed.';
  };

export interface RevocationWish {
  readonly upstream: boolean;
  readonly erase: boolean;
}

export const revoke: (wish: RevocationWish) => Command =
  (wish) =>
  async (client, { id }) => {
    await dataOf(
      client.DELETE('/v1/connections/{id}', {
        params: { path: { id }, query: { upstream: String(wish.upstream), erase: String(wish.erase) } },
      }),
    );
    return 'Revoked: nothing uses the credential any more. The rest follows.';
  };

export function readPlan(client: MooringClient, { id }: Connection): Promise<RevocationPlan> {
  return dataOf(client.GET('/v1/connections/{id}/revocation', { params: { path: { id } } }));
}
