// Ends a grant at the platform's revocation endpoint: RFC 7009, or what a platform has in its place. That a token is unknown there is as good as revoked.
import type { CredentialMaterial } from '../domain/credential.ts';
import type { AuthMethod, TokenRequest } from '../domain/platform.ts';
import { revealed } from './context.ts';
import { type GrantContext, grantValues } from './grant-context.ts';
import { withMetadata } from './issuer.ts';
import { randomNonce } from './random-nonce.ts';
import { assertGood } from './token-exchange.ts';
import { tokenRequest } from './token-request.ts';

/** Throws the codes of an exchange; credential_dead is a confirmation to whoever asked. */
export async function revokeCredential(
  context: GrantContext,
  method: AuthMethod,
  token: TokenRequest,
  material: CredentialMaterial,
): Promise<void> {
  const issuer = method.obtain.kind === 'authorization_code' ? method.obtain.issuer : undefined;
  const plain = grantValues(context, method, token, revealed(material.parts));
  const values = await withMetadata(issuer, plain, { uses: [token], send: context.send });
  const moment = { nowMs: context.nowMs, nonce: randomNonce() };
  const answer = await context.send(await tokenRequest(token, values, moment, method.transport));
  assertGood({ platform: context.platform, answerForm: token.answer, moment }, answer);
}
