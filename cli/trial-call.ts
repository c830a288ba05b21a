// A few real calls with a developer's own credential: signed by the platform's data, sent over the same guard as every call of Mooring's, judged by the
// platform's own table. Nothing is kept.

import { templateValues } from '../auth/context.ts';
import { obtainCredential, signRequest } from '../auth/index.ts';
import type { AuthMethod, Json, Platform, PlatformRequest } from '../domain/platform.ts';
import { createGuard } from '../egress/guard.ts';
import { acceptOrThrow, readAnswer } from '../egress/outcome.ts';
import { parseOriginOverrides } from '../egress/overrides.ts';
import { API_BOUNDS, createSender, type Sender, TOKEN_BOUNDS } from '../egress/send.ts';
import { namesForCall } from '../platforms/asked-names.ts';
import { methodForFields } from '../platforms/credential-form.ts';
import { type CredentialFile, contextOf, methodFor, secretParts } from './sign.ts';

export interface Calling {
  readonly shop: Readonly<Record<string, string>>;
  /** Throws the code that the answer stands for. */
  call(
    request: PlatformRequest,
  ): Promise<{ readonly body: Json; readonly headers: Readonly<Record<string, string>> }>;
  /** What was obtained on the way, and must not be shown either. */
  secrets(): readonly string[];
}

/** Lends the calls, and closes what it opened. What is entered in a form becomes a credential first, by the platform's own exchange. */
export async function callPlatform<T>(
  platform: Platform,
  file: CredentialFile,
  kind: string | undefined,
  use: (calling: Calling) => Promise<T>,
): Promise<T> {
  const sender = createSender(
    createGuard({
      originOverrides: parseOriginOverrides(process.env['MOORING_ORIGIN_OVERRIDES']),
      allowPrivateNetworks: process.env['MOORING_ALLOW_PRIVATE_NETWORKS'] === 'true',
    }),
  );
  try {
    return await use(await calling(platform, file, kind, sender));
  } finally {
    await sender.close();
  }
}

async function calling(
  platform: Platform,
  file: CredentialFile,
  kind: string | undefined,
  sender: Sender,
): Promise<Calling> {
  const entered = enteredFor(platform, file, kind);
  const obtained = entered === null ? null : await obtain(platform, file, entered, sender);
  const credential = obtained?.parts ?? file.credential;
  const whole = { ...file, credential, shop: { ...file.shop, ...obtained?.shop } };
  const context = await contextOf(platform, whole, { nowMs: Date.now() });
  const method = entered ?? methodFor(context, kind);
  return {
    shop: context.shop,
    secrets: () => Object.values(obtained?.parts ?? {}),
    call: async (request) => {
      const nowMs = Date.now();
      const signed = await signRequest(method, { ...context, nowMs }, request);
      const answer = await sender.send(signed, { bounds: API_BOUNDS });
      const read = readAnswer(platform, request, answer, method.credentialKind);
      const { body, headers } = acceptOrThrow(read, request, nowMs);
      return { body, headers };
    },
  };
}

/** The method whose form the file fills, where calls need something made of it. */
function enteredFor(platform: Platform, file: CredentialFile, kind: string | undefined): AuthMethod | null {
  const method = methodForFields(platform, Object.keys(file.credential));
  if (method === undefined || (kind !== undefined && method.credentialKind !== kind)) return null;
  const { credential, clientId, clientSecret, registration, shop } = file;
  const known = templateValues({
    platform,
    shop,
    clientId: clientId ?? null,
    clientSecret: null,
    registration: secretParts(registration),
    credential: { kind: '', parts: secretParts(credential) },
  });
  const isComplete = namesForCall(method).every(
    (name) => Object.hasOwn(known, name) || (name === 'clientSecret' && clientSecret !== undefined),
  );
  return isComplete && method.renew.kind === 'none' ? null : method;
}

async function obtain(platform: Platform, file: CredentialFile, method: AuthMethod, sender: Sender) {
  const context = await contextOf(platform, file, { nowMs: Date.now() });
  const obtained = await obtainCredential(
    {
      platform,
      shop: context.shop,
      registration:
        context.clientId === null
          ? null
          : {
              clientId: context.clientId,
              redirectUri: null,
              secret: context.clientSecret,
              earlierSecrets: [],
              fields: context.registration ?? {},
            },
      authorization: secretParts(file.credential),
      send: (request) => sender.send(request, { bounds: TOKEN_BOUNDS }),
      call: async (credential, request, shop) => {
        const signed = await signRequest(
          method,
          { ...context, credential, shop, nowMs: Date.now() },
          request,
        );
        const answer = await sender.send(signed, { bounds: API_BOUNDS });
        const read = readAnswer(platform, request, answer, method.credentialKind);
        return acceptOrThrow(read, request, Date.now());
      },
      nowMs: Date.now(),
    },
    method.obtain.kind,
  );
  return { parts: obtained.parts, shop: obtained.shop };
}
