// Proves a credential by the platform's own proof call, before anything is saved. A failed proof shows what the platform
// answered, redacted: it is the merchant's only clue.
import { MooringError } from '../domain/errors.ts';
import type { Classification } from '../domain/platform.ts';
import type { Proven } from './exchange.ts';
import { acceptOrThrow, type ReadAnswer } from './outcome.ts';
import { type CallParts, type CallSubject, performCall, type SigningMaterial } from './perform.ts';
import { redactBody } from './redact.ts';

/** Nobody renews during a proof, so an expired or dead credential is simply one the platform does not take. */
const NOT_TAKEN: ReadonlySet<Classification> = new Set([
  'credential_expired',
  'credential_dead',
  'uninstalled',
  'rejected',
  'not_found',
]);

const SHOWN_CHARACTERS = 500;

/** Throws credential_rejected and the other codes of a call, with the redacted answer in `detail.answer`. */
export async function proveWith(
  parts: CallParts,
  subject: CallSubject,
  material: SigningMaterial,
): Promise<Proven> {
  const request = subject.platform.proof.request(subject.shop);
  const read = await performCall(parts, subject, request, async () => material);
  try {
    const { body, headers } = acceptOrThrow(read, request, parts.clock.nowMs());
    return subject.platform.proof.read({ body, headers }, subject.shop);
  } catch (error) {
    if (!(error instanceof MooringError)) throw error;
    throw withAnswer(error, subject, material, read);
  }
}

function withAnswer(
  error: MooringError,
  subject: CallSubject,
  material: SigningMaterial,
  read: ReadAnswer,
): MooringError {
  const code = NOT_TAKEN.has(read.result.classification) ? 'credential_rejected' : error.code;
  const secrets = Object.values(material.credential.parts);
  const clientSecret = subject.registration?.secret ?? null;
  const hidden = clientSecret === null ? secrets : [...secrets, clientSecret];
  return new MooringError(
    code,
    `"${subject.platform.name}" did not confirm the credential: ${error.message}`,
    {
      ...(error.retryAtMs === undefined ? {} : { retryAtMs: error.retryAtMs }),
      detail: { ...error.detail, answer: redactBody(read.result.bodyText, hidden, SHOWN_CHARACTERS) },
    },
  );
}
