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
  const parameters = withoutOwnParts(approval);
  const secrets = clientSecrets(context);
  const verdict =
    'kind' in step.signature
      ? await verifyReceived(step.signature, messageOf(step, parameters, approval), {
          secrets,
          values: { ...context.shop, clientId: context.registration?.clientId ?? '' },
          send: context.send,
          nowMs: context.nowMs,
        })
      : verifyCallback(step.signature, secrets, parameters, context.nowMs);
  if (verdict.ok) return;
  throw new MooringError('invalid_callback', `the callback does not verify: ${verdict.at}`, {
    detail: { at: verdict.at },
  });
}

/** Only what was sealed with the approval: its parameters, and its query as it came. */
function messageOf(
  step: CallbackStep,
  parameters: Readonly<Record<string, string>>,
  { rawQuery = '' }: Readonly<Record<string, string>>,
) {
  return {
    method: step.method,
    url: `https://callback.invalid/${step.step}?${rawQuery}`,
    headers: {},
    parameters,
    body: new Uint8Array(),
  };
}
