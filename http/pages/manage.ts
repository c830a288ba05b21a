// What a merchant sees of a connection that exists: how it is, what was granted, reconnect, disconnect and what that takes along.
import { PERMISSIONS } from '../../domain/resource.ts';
import type { ConnectionListRow } from '../../store/connections-list.ts';
import { readMove } from '../../store/shop-moves.ts';
import { stateOf } from '../schemas/connections.ts';
import { permissionText, shopText } from './connect.ts';
import { html, layout, type Markup } from './layout.ts';

export interface ManagePage {
  readonly tenant: string;
  readonly connection: ConnectionListRow | null;
  readonly plan: {
    readonly upstream: string;
    readonly runsThatStop: readonly unknown[];
    readonly secretsDestroyed: readonly unknown[];
  } | null;
  readonly notice: 'disconnected' | null;
}

/** The public state in a merchant's words. */
const STATES: Readonly<Record<string, string>> = {
  connecting: 'Waiting for your approval',
  active: 'Connected',
  degraded: 'Connected, with a problem that is being retried',
  paused: 'Connected, paused',
  reauth_required: 'Needs your approval again',
  revoking: 'Being disconnected',
  revoked: 'Disconnected',
  abandoned: 'Never approved',
};

/** Paused or degraded, its approval still holds: nobody needs to reconnect it. */
function isConnected(state: string): boolean {
  return state === 'active' || state === 'paused' || state === 'degraded';
}

export function managePage(page: ManagePage): string {
  const { connection, tenant } = page;
  if (connection === null)
    return layout({ title: 'Nothing here', body: html`<h1>There is nothing to show</h1>` });
  const state = stateOf(connection);
  const isOver = state === 'revoking' || state === 'revoked';
  return layout({
    title: `${shopText(connection)} and ${tenant}`,
    body: html`<h1>${shopText(connection)} and ${tenant}</h1>
      ${page.notice === null ? null : html`<p class="notice" role="status">Disconnected. ${tenant} can no longer use your shop.</p>`}
      <p><span class="state ${state}">${STATES[state] ?? state}</span></p>
      <dl><dt>Since</dt><dd>${day(connection.stateSince)}</dd>
        <dt>Last synced</dt><dd>${connection.lastSyncAt === null ? 'never' : day(connection.lastSyncAt)}</dd></dl>
      ${isOver ? null : html`${moveNotice(tenant, connection)}${granted(tenant, connection)}`}
      ${state === 'revoking' ? null : html`<a class="button" href="?again=1">${isConnected(state) ? 'Approve again' : 'Reconnect'}</a>`}
      ${isOver ? null : ending(tenant, page)}`,
  });
}

function moveNotice(tenant: string, connection: ConnectionListRow): Markup | null {
  const move = readMove(connection.move);
  if (move === null) return null;
  return html`<p class="notice" role="status">A new address waits to be confirmed by ${tenant}: <strong>${Object.values(move.shop).join(', ')}</strong>.</p>`;
}

function granted(tenant: string, connection: ConnectionListRow): Markup {
  const known = PERMISSIONS.filter((one) => connection.permissions.includes(one));
  return html`<h2>What ${tenant} may do</h2><ul class="plain">${known.map((one) => html`<li>${permissionText(one)}</li>`)}</ul>`;
}

function ending(tenant: string, page: ManagePage): Markup {
  const { plan } = page;
  return html`<details><summary>Disconnect</summary>
    <p>${tenant} loses access to your shop at once. ${plan === null || plan.runsThatStop.length === 0 ? '' : 'A sync that runs now is stopped.'}
      The stored credential is destroyed. ${plan?.upstream === 'asked' ? 'The platform is told to end the grant too.' : 'To be sure, also remove the key or app in your shop.'}</p>
    <form method="post" action="?"><input type="hidden" name="intent" value="disconnect"><button class="danger" type="submit">Disconnect</button></form>
  </details>`;
}

function day(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
