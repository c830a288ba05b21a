// A callback as the exchange sees it: which step brings the grant, and whether the platform signed it.
import { withoutOwnParts } from '../domain/approval-parts.ts';
import { MooringError } from '../domain/errors.ts';
import type { BrowserObtain, CallbackStep, Platform } from '../domain/platform.ts';
import { verifyCallback } from './callback-signature.ts';
import { clientSecrets, type GrantContext } from './grant-context.ts';
import { verifyReceived } from './received.ts';

export function grantingStep(platform: Platform, obtain: BrowserObtain): CallbackStep {
  const step = obtain.callback.find((one) => one.grants);
  if (step === undefined)
    throw new MooringError('internal', `no callback step of "${platform.id}" brings the grant`);
  return step;
}

/** Throws invalid_callback with the step it fails at in `detail.at`. */
export async function assertCallbackSigned(
  context: GrantContext,
  step: CallbackStep,
  approval: Readonly<Record<string, string>>,
): Promise<void> {
  if (step.signature === undefined) return;
  const { shopSecret } = approval;
  const values = shopSecret === undefined ? {} : { shopSecret };
  await assertSigned(context, step, step.signature, { approval, values });
}

/** A shop that is connected signs by what its credential holds too. Throws invalid_callback. */
export async function assertSignedAgain(
  context: GrantContext,
  step: CallbackStep,
  approval: Readonly<Record<string, string>>,
  held: Readonly<Record<string, string>>,
): Promise<void> {
  if (step.again === undefined) return;
  await assertSigned(context, step, step.again.signature, { approval, values: held });
}

async function assertSigned(
  context: GrantContext,
  step: CallbackStep,
  signature: NonNullable<CallbackStep['signature']>,
  by: {
    readonly approval: Readonly<Record<string, string>>;
    readonly values: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const parameters = withoutOwnParts(by.approval);
  const secrets = clientSecrets(context);
  const nowMs = Number(by.approval['receivedAt'] ?? context.nowMs);
  const verdict =
    'kind' in signature
      ? await verifyReceived(signature, messageOf(step, parameters, by.approval), {
          secrets,
          values: { ...context.shop, ...by.values, clientId: context.registration?.clientId ?? '' },
          send: context.send,
          nowMs,
        })
      : verifyCallback(signature, secrets, parameters, nowMs);
  if (verdict.ok) return;
  throw new MooringError('invalid_callback', `the callback does not verify: ${verdict.at}`, {
    detail: { at: verdict.at },
  });
}

/** Only what was sealed with the approval: its parameters, its query and body as they came, the headers it is signed in. */
function messageOf(
  step: CallbackStep,
  parameters: Readonly<Record<string, string>>,
  { rawQuery = '', rawBody = '', signedHeaders = '{}' }: Readonly<Record<string, string>>,
) {
  const headers: Readonly<Record<string, string>> = JSON.parse(signedHeaders);
  return {
    method: step.method,
    url: `https://callback.invalid/${step.step}?${rawQuery}`,
    headers,
    parameters,
    body: Buffer.from(rawBody, 'utf8'),
  };
}
