// A shop that registers us, in two messages: whether each is signed, by our app's secret, by the secret we answered with, and by the one that the shop had before;
// and the proof it knows us by. Opened values go no further than this file and what is sealed at once.
import { createHmac } from 'node:crypto';
import { MooringError } from '../domain/errors.ts';
import type { AuthMethod, CallbackStep } from '../domain/platform.ts';
import type { Secret } from '../domain/secret.ts';
import { shopAfterCallback } from '../platforms/shop.ts';
import { assertCallbackSigned, assertSignedAgain, grantingStep } from './callback.ts';
import { revealed } from './context.ts';
import { type GrantContext, grantValues } from './grant-context.ts';

type Parts = Readonly<Record<string, Secret>>;

/** Lends what the credential of a shop that is connected holds; calls nothing where the shop is new. */
export type HeldParts = (judge: (parts: Parts) => Promise<void>) => Promise<void>;

/** The step that is answered. Throws internal where the platform's data has none. */
export function answeredStep({ platform }: GrantContext, { obtain }: AuthMethod): CallbackStep {
  const steps = 'callback' in obtain ? obtain.callback : [];
  const step = steps.find(({ reply }) => reply !== undefined);
  if (step === undefined) throw new MooringError('internal', `"${platform.id}" answers no registration`);
  return step;
}

/** Judges the first message. Gives the proof (HMAC-SHA256, hex), no secret itself; null where none is asked for. Throws invalid_callback, registration_missing. */
export async function proveRegistration(
  context: GrantContext,
  method: AuthMethod,
  held: HeldParts,
): Promise<string | null> {
  const step = answeredStep(context, method);
  const approval = revealed(context.authorization);
  await assertCallbackSigned(context, step, approval);
  await assertByHeld(context, step, held);
  const proof = step.reply?.proof;
  if (proof === undefined) return null;
  if (context.registration?.secret == null)
    throw new MooringError('registration_missing', 'the app has no secret to prove itself by');
  const values = grantValues(context, method, null, approval);
  return createHmac('sha256', values.fill(proof.key)).update(values.fill(proof.message)).digest('hex');
}

export interface ConfirmedShop {
  /** What both messages brought, to be sealed at once. */
  readonly parts: Readonly<Record<string, string>>;
  readonly shop: Readonly<Record<string, string>>;
}

/** Judges the second message. Throws invalid_callback, shop_mismatch. */
export async function confirmShop(
  context: GrantContext,
  { obtain }: AuthMethod,
  held: HeldParts,
): Promise<ConfirmedShop> {
  if (!('callback' in obtain)) throw new MooringError('internal', 'nobody calls back here');
  const step = grantingStep(context.platform, obtain);
  const parts = revealed(context.authorization);
  await assertCallbackSigned(context, step, parts);
  await assertByHeld(context, step, held);
  return { parts, shop: shopAfterCallback(context.platform, step, context.shop, parts) };
}

async function assertByHeld(context: GrantContext, step: CallbackStep, held: HeldParts): Promise<void> {
  await held((parts) => assertSignedAgain(context, step, revealed(context.authorization), revealed(parts)));
}
