// A shop whose own server registers us: what it sends is sealed as it came and judged by the worker, which alone can; here the answer is written. The secret in it
// is made here and sealed before anything is asked, so that it is in no history.
import { randomBytes } from 'node:crypto';
import { withoutOwnParts } from '../domain/approval-parts.ts';
import { MooringError } from '../domain/errors.ts';
import type { CallbackStep, ReceivedSignature } from '../domain/platform.ts';
import { shopAfterCallback } from '../platforms/shop.ts';
import { fillTemplate } from '../platforms/template.ts';
import { broughtBinding, countUnclaimed, insertInstall, installBinding } from '../store/installs.ts';
import { newId } from '../store/new-id.ts';
import { keepBrought, takeConfirmation } from '../store/shop-registrations.ts';
import { type Callback, requireParameters } from './callback.ts';
import type { HttpDeps } from './deps.ts';
import { MAX_UNCLAIMED } from './installs.ts';
import { hashToken, mintToken } from './tokens.ts';

/** From the first message to the second; a shop sends them within seconds. */
const REGISTRATION_LIFETIME_MS = 5 * 60_000;

/** Whether this step is one of the two messages of such a registration. */
export function registersShop({ step: { obtain, step } }: Callback): boolean {
  return step.reply !== undefined || (step.grants && obtain.callback.some((one) => one.reply !== undefined));
}

/** Gives what the shop is answered. Throws invalid_callback where it does not verify, invalid_state, too_many_requests. */
export async function answerShop(deps: HttpDeps, callback: Callback): Promise<Record<string, string>> {
  const { reply } = callback.step.step;
  if (reply !== undefined) return await register(deps, callback, reply);
  await confirm(deps, callback);
  return { status: 'ok' };
}

async function register(
  deps: HttpDeps,
  callback: Callback,
  reply: NonNullable<CallbackStep['reply']>,
): Promise<Record<string, string>> {
  const { step, parameters } = callback;
  requireParameters(step.step, parameters);
  const shop = shopAfterCallback(step.platform, step.step, {}, parameters);
  const id = newId('install');
  const state = mintToken();
  const shopSecret = randomBytes(48).toString('base64url');
  const { bytes, keyVersion } = await deps.vault.seal(installBinding(id), {
    ...received(deps, callback),
    shopSecret,
  });
  const now = new Date(deps.nowMs());
  const expiresAt = new Date(now.getTime() + REGISTRATION_LIFETIME_MS);
  await deps.db.acrossTenants(async (tx) => {
    if ((await countUnclaimed(tx, step.platform.id, now)) >= MAX_UNCLAIMED)
      throw new MooringError('too_many_requests', `too many shops of "${step.platform.id}" register at once`);
    await insertInstall(tx, {
      id,
      platform: step.platform.id,
      obtain: step.obtain.kind,
      shop,
      tokenHash: hashToken(state),
      correlationHash: null,
      sealed: Uint8Array.from(bytes),
      keyVersion,
      redirectUri: stepUrl(deps, callback, step.step.step),
      exchange: 'registering',
      expiresAt,
    });
  });
  const outcome = await deps.lifecycle.answerRegistration({
    installId: id,
    expiresAtMs: expiresAt.getTime(),
  });
  if (outcome.outcome === 'refused') throw new MooringError(outcome.code, outcome.message);
  return fillReply(deps, callback, reply, {
    newSecret: shopSecret,
    state,
    ...(outcome.proof === null ? {} : { proof: outcome.proof }),
  });
}

/** By the state that the address carried, which nobody but the shop was told. */
async function confirm(deps: HttpDeps, callback: Callback): Promise<void> {
  const { step, parameters } = callback;
  const state = parameters[step.step.stateParameter] ?? '';
  const of = { platform: step.platform.id, now: new Date(deps.nowMs()) };
  requireParameters(step.step, parameters);
  const id = await deps.db.acrossTenants((tx) => takeConfirmation(tx, hashToken(state), of));
  if (id === null) throw new MooringError('invalid_state', 'no registration waits for this confirmation');
  const { bytes, keyVersion } = await deps.vault.seal(broughtBinding(id), received(deps, callback));
  const sealed = Uint8Array.from(bytes);
  await deps.db.acrossTenants((tx) => keepBrought(tx, id, { sealed, keyVersion }));
  const outcome = await deps.lifecycle.confirmRegistration(id);
  if (outcome === null) throw new MooringError('invalid_state', 'the registration is over');
  if (outcome.outcome === 'refused') throw new MooringError(outcome.code, outcome.message);
}

/** What the worker judges: all of it as it came. */
function received(deps: HttpDeps, { step: { step }, parameters, rawQuery, headers, rawBody }: Callback) {
  const { [step.stateParameter]: _state, ...told } = withoutOwnParts(parameters);
  const names = new Set([...headersOf(step.signature), ...headersOf(step.again?.signature)]);
  const signed = Object.entries(headers).filter(([name]) => names.has(name));
  return {
    ...told,
    rawQuery,
    rawBody,
    signedHeaders: JSON.stringify(Object.fromEntries(signed)),
    receivedAt: String(deps.nowMs()),
  };
}

/** The headers a signature is in, or over. */
function headersOf(signature: CallbackStep['signature']): string[] {
  if (signature === undefined || !('kind' in signature)) return [];
  return [...namedIn(signature)].map((name) => name.toLowerCase());
}

function* namedIn(signature: ReceivedSignature): Generator<string> {
  const text = JSON.stringify(signature);
  for (const [, name = ''] of text.matchAll(/"header":"([^"]+)"/g)) yield name;
  for (const [, name = ''] of text.matchAll(/\{header:([^{}]+)\}/g)) yield name;
}

function fillReply(
  deps: HttpDeps,
  callback: Callback,
  reply: NonNullable<CallbackStep['reply']>,
  { state, ...made }: Readonly<Record<string, string>>,
): Record<string, string> {
  const address = (_: string, name: string): string =>
    `${stepUrl(deps, callback, name)}?${new URLSearchParams({ [stateNameOf(callback, name)]: state ?? '' })}`;
  const known = { ...callback.parameters, ...made };
  return Object.fromEntries(
    Object.entries(reply.json).map(([name, text]) => {
      const isAddress = /^\{stepUrl:([^{}]+)\}$/.test(text);
      return [name, isAddress ? text.replace(/^\{stepUrl:([^{}]+)\}$/, address) : fillTemplate(text, known)];
    }),
  );
}

function stateNameOf({ step: { obtain } }: Callback, name: string): string {
  return obtain.callback.find((one) => one.step === name)?.stateParameter ?? 'state';
}

function stepUrl(deps: HttpDeps, { step: { platform } }: Callback, name: string): string {
  return `${deps.settings.publicUrl}/oauth/${platform.id}/${name}`;
}
