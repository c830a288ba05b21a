// A shop whose own server registers us: its first message is judged and answered, its second makes the keys it brings an install, or the new credential of the
// connection that has the shop. One that is connected must sign by the secret it has. What does not verify leaves nothing.
import { assertCallbackSigned, assertSignedAgain, registrationProof } from '../auth/index.ts';
import { MooringError } from '../domain/errors.ts';
import type { InstallId } from '../domain/ids.ts';
import type { BrowserObtain, CallbackStep, Platform } from '../domain/platform.ts';
import type { InstallContext } from '../egress/install-exchange.ts';
import { shopAfterCallback } from '../platforms/shop.ts';
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
  readonly obtain: BrowserObtain;
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

async function answer(deps: Deps, of: Registration, context: InstallContext): Promise<RegistrationAnswer> {
  const step = of.obtain.callback.find(({ reply }) => reply !== undefined);
  if (step?.reply === undefined)
    throw new MooringError('internal', `"${of.platform.id}" answers no registration`);
  const approval = revealed(context);
  await assertCallbackSigned(context, step, approval);
  const known = await connectionOf(deps, of, context, step);
  if (known !== null) await assertBySecretItHas(deps, of, { context, step, known });
  const proof = registrationProof(context, step.reply, approval);
  const connectionId = known?.connectionId ?? null;
  await deps.db.acrossTenants((tx) => keepAnswered(tx, of.install.id, { connectionId }));
  return { outcome: 'answered', proof };
}

async function confirm(
  deps: Deps,
  of: Registration,
  context: InstallContext,
): Promise<RegistrationConfirmed> {
  const { install, platform } = of;
  const step = of.obtain.callback.find(({ grants }) => grants);
  if (step === undefined) throw new MooringError('internal', `no step of "${platform.id}" brings the keys`);
  const approval = revealed(context);
  await assertCallbackSigned(context, step, approval);
  const shop = shopAfterCallback(platform, step, context.shop, approval);
  const known = await connectionOf(deps, of, context, step);
  if ((known?.connectionId ?? null) !== install.connectionId)
    throw new MooringError('invalid_state', 'the shop was connected by another registration meanwhile');
  if (known !== null) await assertBySecretItHas(deps, of, { context, step, known });
  const { bytes, keyVersion } = await deps.vault.seal(installBinding(install.id), approval);
  const sealed = { sealed: Uint8Array.from(bytes), keyVersion };
  if (known === null) {
    const expiresAt = new Date(deps.nowMs() + (step.claimWithinS ?? DEFAULT_CLAIM_S) * 1_000);
    await deps.db.acrossTenants((tx) => keepConfirmed(tx, install.id, { ...sealed, shop, expiresAt }));
    return { outcome: 'confirmed', again: null };
  }
  return { outcome: 'confirmed', again: await beginAgain(deps, of, { known, sealed, shop }) };
}

/** The attempt stands before anybody is told of it. */
async function beginAgain(
  deps: Deps,
  { install, platform, obtain }: Registration,
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
      obtain: obtain.kind,
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
  { platform }: Registration,
  context: InstallContext,
  { again }: CallbackStep,
): Promise<KnownShop | null> {
  const { registrationId } = context;
  if (registrationId === null)
    throw new MooringError('registration_missing', `there is no client registration for "${platform.id}"`);
  const value = again === undefined ? undefined : context.shop[again.shopField];
  if (again === undefined || value === undefined) return null;
  const field = again.shopField;
  return deps.db.acrossTenants((tx) =>
    findShopConnection(tx, { platform: platform.id, registrationId, field, value }),
  );
}

/** Whoever holds our app's secret could name any shop: one that is connected proves that it is the one that was. */
async function assertBySecretItHas(
  deps: Deps,
  { install }: Registration,
  by: { readonly context: InstallContext; readonly step: CallbackStep; readonly known: KnownShop },
): Promise<void> {
  const { context, step, known } = by;
  const purpose = 'authorization';
  await deps.exchange({ ...known, purpose, reason: install.id, credential: 'current' }, async (opened) => {
    const held = Object.entries(opened.credential?.material.parts ?? {});
    const parts = Object.fromEntries(held.map(([name, secret]) => [name, secret.reveal()]));
    await assertSignedAgain(context, step, revealed(context), parts);
  });
}

function registrationOf(deps: Deps, install: InstallRow): Registration {
  const platform = deps.platforms.get(install.platform);
  const method = platform?.auth.find(({ obtain }) => obtain.kind === install.obtain);
  if (platform === undefined || method === undefined || !('callback' in method.obtain))
    throw new MooringError('unknown_platform', `nobody registers at "${install.platform}"`);
  return { install, platform, obtain: method.obtain };
}

function revealed({ authorization }: InstallContext): Record<string, string> {
  return Object.fromEntries(
    Object.entries(authorization ?? {}).map(([name, secret]) => [name, secret.reveal()]),
  );
}
