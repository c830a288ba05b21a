// Asks a platform for OAuth 1.0a's temporary credentials, before the merchant's browser leaves for it. Their secret is sealed on the authorization; only the
// identifier, which the browser carries anyway, is given back. Asked once: what a second try gets would not be what the browser left with.
import { requestTemporary } from '../auth/index.ts';
import { MooringError } from '../domain/errors.ts';
import { findAuthorization, keepTemporary, temporaryBinding } from '../store/authorizations.ts';
import { textFields } from '../store/shop-moves.ts';
import type { LifecycleActivities } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';

type Deps = Pick<LifecycleDeps, 'db' | 'vault' | 'exchange' | 'log'>;

export const askTemporary =
  (deps: Deps): LifecycleActivities['askTemporary'] =>
  async (input) => {
    const { tenantId, connectionId, authorizationId, callbackUrl } = input;
    try {
      const row = await deps.db.inTenant(tenantId, (tx) => findAuthorization(tx, authorizationId));
      if (row === null || row.status !== 'started' || row.temporary !== null)
        throw new MooringError('invalid_state', `the authorization "${authorizationId}" was used before`);
      const use = { tenantId, connectionId, reason: authorizationId, credential: 'none' } as const;
      const issued = await deps.exchange({ ...use, purpose: 'authorization' }, (context) =>
        requestTemporary({ ...context, shop: { ...context.shop, ...textFields(row.shop) } }, callbackUrl),
      );
      const sealed = await deps.vault.seal(temporaryBinding(tenantId, authorizationId), { ...issued });
      await deps.db.inTenant(tenantId, (tx) =>
        keepTemporary(tx, authorizationId, {
          sealed: Uint8Array.from(sealed.bytes),
          keyVersion: sealed.keyVersion,
        }),
      );
      return { outcome: 'issued', requestToken: issued.requestToken };
    } catch (error) {
      if (!(error instanceof MooringError)) deps.log('askTemporary', error);
      const { code, message } =
        error instanceof MooringError ? error : new MooringError('internal', 'the request failed');
      return { outcome: 'refused', code, message };
    }
  };
