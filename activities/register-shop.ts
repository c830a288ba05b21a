// A shop whose own server registers us: its first message is judged and answered, its second makes the keys it brings an install, or the new credential of the
// connection that has the shop. One that is connected must sign by the secret it has. What does not verify leaves nothing.
import { answeredStep, confirmShop, type HeldParts, proveRegistration } from '../auth/index.ts';
import { MooringError } from '../domain/errors.ts';
import type { InstallId } from '../domain/ids.ts';
import type { AuthMethod, Platform } from '../domain/platform.ts';
import type { InstallContext } from '../egress/install-exchange.ts';
import { insertAuthorization } from '../store/authorizations.ts';
import { deleteUnclaimed, findInstall, type InstallRow, installBinding } from '../store/installs.ts';
import { newId } from '../store/new-id.ts';
import { textFields } from '../store/shop-moves.ts';
import {
  findShopConnection,
  giveToConnection,
  type KnownShop,
  keepAnswered,
  keepConfirmed,
} from '../store/shop-registrations.ts';
import type { RegistrationAnswer, RegistrationConfirmed } from '../workflows/messages.ts';
import type { LifecycleActivities } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';

type Deps = Pick<
  LifecycleDeps,
  'db' | 'vault' | 'platforms' | 'installExchange' | 'exchange' | 'workflows' | 'nowMs' | 'log'
>;

/** The new keys are proved at once; no longer than this. */
const PROOF_LIFETIME_MS = 5 * 60_000;
const DEFAULT_CLAIM_S = 3_600;

export const answerRegistration =
  (deps: Deps): LifecycleActivities['answerRegistration'] =>
  (input) =>
    judged(deps, input, 'registering', answer);

export const confirmRegistration =
  (deps: Deps): LifecycleActivities['confirmRegistration'] =>
  (input) =>
    judged(deps, input, 'answered', confirm);

/** The shop has had its answer: only now does it let the new keys be used. Safe to repeat, as an attempt is taken once. */
export const reconnectShop =
  (deps: Deps): LifecycleActivities['reconnectShop'] =>
  async ({ authorizationId, ...connection }) => {
    await deps.workflows.authorize(connection, { authorizationId, discardOnRefusal: false });
  };

interface Registration {
  readonly install: InstallRow;
  readonly platform: Platform;
  readonly method: AuthMethod;
}

type Judge<T> = (deps: Deps, of: Registration, context: InstallContext) => Promise<T>;
type Refused = Extract<RegistrationAnswer, { readonly outcome: 'refused' }>;

async function judged<T>(
  deps: Deps,
  { installId }: { readonly installId: InstallId },
  at: 'registering' | 'answered',
  judge: Judge<T>,
): Promise<T | Refused> {
  try {
    const install = await deps.db.acrossTenants((tx) => findInstall(tx, { id: installId }));
    if (install === null || install.exchange !== at)
      throw new MooringError('invalid_state', 'the registration is over');
    const registration = registrationOf(deps, install);
    const shop = textFields(install.shop);
    return await deps.installExchange({ installId, platform: registration.platform, shop }, (context) =>
      judge(deps, registration, context),
    );
  } catch (error) {
    await deps.db.acrossTenants((tx) => deleteUnclaimed(tx, installId));
    if (!(error instanceof MooringError)) deps.log('registerShop', error);
    const { code, message } =
      error instanceof MooringError ? error : new MooringError('internal', 'the registration failed');
    return { outcome: 'refused', code, message };
  }
}

async function answer(
  deps: Deps,
  { install, method }: Registration,
  context: InstallContext,
): Promise<RegistrationAnswer> {
  const known = await connectionOf(deps, method, context);
  const proof = await proveRegistration(context, method, heldBy(deps, install, known));
  const connectionId = known?.connectionId ?? null;
  await deps.db.acrossTenants((tx) => keepAnswered(tx, install.id, { connectionId }));
  return { outcome: 'answered', proof };
}

async function confirm(
  deps: Deps,
  of: Registration,
  context: InstallContext,
): Promise<RegistrationConfirmed> {
  const { install, method } = of;
  const known = await connectionOf(deps, method, context);
  const { parts, shop } = await confirmShop(context, method, heldBy(deps, install, known));
  if ((known?.connectionId ?? null) !== install.connectionId)
    throw new MooringError('invalid_state', 'the shop was connected by another registration meanwhile');
  const { bytes, keyVersion } = await deps.vault.seal(installBinding(install.id), parts);
  const sealed = { sealed: Uint8Array.from(bytes), keyVersion };
  if (known !== null)
    return { outcome: 'confirmed', again: await beginAgain(deps, of, { known, sealed, shop }) };
  const expiresAt = new Date(deps.nowMs() + claimWithinS(method) * 1_000);
  await deps.db.acrossTenants((tx) => keepConfirmed(tx, install.id, { ...sealed, shop, expiresAt }));
  return { outcome: 'confirmed', again: null };
}

function claimWithinS({ obtain }: AuthMethod): number {
  const steps = 'callback' in obtain ? obtain.callback : [];
  return steps.find(({ grants }) => grants)?.claimWithinS ?? DEFAULT_CLAIM_S;
}

/** The attempt stands before anybody is told of it. */
async function beginAgain(
  deps: Deps,
  { install, platform, method }: Registration,
  by: {
    readonly known: KnownShop;
    readonly sealed: { readonly sealed: Uint8Array<ArrayBuffer>; readonly keyVersion: number };
    readonly shop: Readonly<Record<string, string>>;
  },
) {
  const authorizationId = newId('authorization');
  const at = deps.nowMs();
  await deps.db.acrossTenants(async (tx) => {
    if (!(await giveToConnection(tx, install, new Date(at))))
      throw new MooringError('invalid_state', 'the registration is over');
    await insertAuthorization(tx, {
      ...by.known,
      ...by.sealed,
      id: authorizationId,
      sessionId: null,
      platform: platform.id,
      obtain: method.obtain.kind,
      stateHash: null,
      browserHash: null,
      redirectUri: null,
      shop: by.shop,
      installId: install.id,
      expiresAt: new Date(at + PROOF_LIFETIME_MS),
    });
  });
  return { ...by.known, authorizationId };
}

async function connectionOf(
  deps: Deps,
  method: AuthMethod,
  context: InstallContext,
): Promise<KnownShop | null> {
  const { registrationId, platform, shop } = context;
  if (registrationId === null)
    throw new MooringError('registration_missing', `there is no client registration for "${platform.id}"`);
  const { again } = answeredStep(context, method);
  const value = again === undefined ? undefined : shop[again.shopField];
  if (again === undefined || value === undefined) return null;
  const field = again.shopField;
  return deps.db.acrossTenants((tx) =>
    findShopConnection(tx, { platform: platform.id, registrationId, field, value }),
  );
}

/** Whoever holds our app's secret could name any shop: one that is connected proves that it is the one that was. */
function heldBy(deps: Deps, install: InstallRow, known: KnownShop | null): HeldParts {
  if (known === null) return async () => undefined;
  const use = { ...known, purpose: 'authorization', reason: install.id, credential: 'current' } as const;
  return (judge) => deps.exchange(use, ({ credential }) => judge(credential?.material.parts ?? {}));
}

function registrationOf(deps: Deps, install: InstallRow): Registration {
  const platform = deps.platforms.get(install.platform);
  const method = platform?.auth.find(({ obtain }) => obtain.kind === install.obtain);
  if (platform === undefined || method === undefined)
    throw new MooringError('unknown_platform', `nobody registers at "${install.platform}"`);
  return { install, platform, method };
}
