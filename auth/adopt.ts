// Takes over a grant that was made elsewhere: its tokens as they are, renewed first when the access token is over. Plaintext in, plaintext
// out, like any other way to obtain a credential; the caller proves it and seals it at once.
import { MooringError } from '../domain/errors.ts';
import type { AuthMethod } from '../domain/platform.ts';
import { Secret } from '../domain/secret.ts';
import { type GrantContext, type Obtained, renewCredential } from './grant.ts';
import type { Issued } from './token-answer.ts';

/** An access token that ends within this is over: it would die during the proof. */
const NEARLY_OVER_MS = 60_000;

export interface AdoptContext extends GrantContext {
  readonly methodFor: (credentialKind: string) => AuthMethod;
  readonly prove: (credential: {
    readonly kind: string;
    readonly parts: Readonly<Record<string, Secret>>;
  }) => Promise<unknown>;
}

/** Throws credential_rejected where the grant is dead, and the codes of an exchange. `isRenewed`: what was imported is used up. */
export async function adoptCredential(
  context: AdoptContext,
): Promise<Obtained & { readonly isRenewed: boolean }> {
  const { kind, expiresAt, refreshExpiresAt, ...parts } = revealed(context.authorization);
  const method = context.methodFor(kind ?? '');
  const refreshExpiresAtMs = instantOf(refreshExpiresAt);
  const asTold = issuedAsTold(
    method,
    parts,
    { expiresAtMs: instantOf(expiresAt), refreshExpiresAtMs },
    context,
  );
  const { shop } = context;
  if (method.renew.kind !== 'refresh_token' || !(await isOver(context, asTold, expiresAt !== undefined)))
    return { ...asTold, shop, isRenewed: false };
  try {
    const renewed = await renewCredential(context, method, {
      material: { kind: method.credentialKind, parts: secrets(parts) },
      lifetimeS: null,
      refreshExpiresAtMs,
    });
    return { ...renewed, shop, isRenewed: true };
  } catch (error) {
    throw asRefusal(error);
  }
}

function issuedAsTold(
  method: AuthMethod,
  parts: Readonly<Record<string, string>>,
  told: { readonly expiresAtMs: number | null; readonly refreshExpiresAtMs: number | null },
  { nowMs }: { readonly nowMs: number },
): Issued {
  const lifetimeS = method.defaultLifetimeS;
  return {
    kind: method.credentialKind,
    parts,
    lifetimeS,
    expiresAtMs: told.expiresAtMs ?? (lifetimeS === null ? null : nowMs + lifetimeS * 1000),
    refreshExpiresAtMs: told.refreshExpiresAtMs,
    scopes: null,
  };
}

/** By its date; where the line tells none, the platform is asked. */
async function isOver(context: AdoptContext, issued: Issued, isDated: boolean): Promise<boolean> {
  if (isDated) return issued.expiresAtMs !== null && issued.expiresAtMs - context.nowMs < NEARLY_OVER_MS;
  try {
    await context.prove({ kind: issued.kind, parts: secrets(issued.parts) });
    return false;
  } catch (error) {
    if (error instanceof MooringError && error.code === 'credential_rejected') return true;
    throw error;
  }
}

function asRefusal(error: unknown): unknown {
  if (!(error instanceof MooringError) || error.code !== 'credential_dead') return error;
  return new MooringError('credential_rejected', error.message, { cause: error, detail: error.detail });
}

function instantOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}

function secrets(parts: Readonly<Record<string, string>>): Record<string, Secret> {
  return Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, new Secret(text)]));
}

function revealed(held: Readonly<Record<string, Secret>> | null): Record<string, string> {
  return Object.fromEntries(Object.entries(held ?? {}).map(([name, secret]) => [name, secret.reveal()]));
}
