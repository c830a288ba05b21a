// A platform as the API shows it: a view of its data.
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import type { CredentialField, Platform } from '../../domain/platform.ts';
import { PERMISSIONS, RESOURCES } from '../../domain/resource.ts';
import { pageOf } from './shapes.ts';

const auth = z.object({
  obtain: z.string().meta({
    description:
      'authorization_code, key_handshake, oauth1, pasted, client_credentials, jwt_bearer or token_exchange',
  }),
  renew: z.string().meta({ description: 'refresh_token, client_credentials, assertion, login or none' }),
  sign: z.array(z.object({ scheme: z.string() })),
});

export const platformView = z
  .object({
    id: z.string(),
    name: z.string(),
    documentation: z.string(),
    apiVersion: z.object({ name: z.string(), sunset: z.string().nullable() }),
    needsRegistration: z.boolean(),
    auth: auth.meta({ description: 'How a shop is connected: the way that is offered first' }),
    authMethods: z
      .array(auth.extend({ credentialKind: z.string() }))
      .meta({ description: 'Every way, the first included' }),
    shop: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        pattern: z.string(),
        help: z.string(),
        example: z.string(),
        required: z.boolean(),
        choices: z
          .array(z.object({ value: z.string(), label: z.string() }))
          .nullable()
          .meta({ description: 'the values there are; null: whatever the pattern takes' }),
      }),
    ),
    credential: z
      .array(
        z.object({
          name: z.string(),
          label: z.string(),
          secret: z.boolean(),
          help: z.string(),
          required: z.boolean(),
          form: z.enum(['line', 'pem', 'pfx']).meta({ description: 'pfx: a PKCS #12 file in base64' }),
          credentialKind: z.string(),
        }),
      )
      .meta({
        description: 'What to paste where the platform takes pasted credentials; empty where it does not',
      }),
    registration: z
      .array(
        z.object({
          name: z.string(),
          label: z.string(),
          secret: z.boolean(),
          help: z.string(),
          required: z.boolean(),
          form: z.enum(['line', 'pem', 'pfx']),
        }),
      )
      .meta({ description: 'What a client registration holds beside client id and secret: its `fields`' }),
    callbackUrls: z.array(z.string()).meta({ description: 'What to register at the platform' }),
    permissions: z.array(z.string()),
    resources: z.array(z.string()),
    verified: z.enum(['vendor', 'secondary', 'unverified']).meta({ description: 'How sure the facts are' }),
  })
  .meta({ id: 'Platform' });
export const platformPage = pageOf(platformView);

export function presentPlatform(platform: Platform, publicUrl: string): z.infer<typeof platformView> {
  const [first, ...others] = platform.auth.map((method) => ({
    credentialKind: method.credentialKind,
    obtain: method.obtain.kind,
    renew: method.renew.kind,
    sign: method.sign.map(({ scheme }) => ({ scheme })),
  }));
  if (first === undefined) throw new MooringError('internal', `"${platform.id}" has no way to connect`);
  const { obtain, renew, sign } = first;
  return {
    id: platform.id,
    name: platform.name,
    documentation: platform.documentation,
    apiVersion: platform.apiVersion,
    needsRegistration: platform.needsRegistration,
    auth: { obtain, renew, sign },
    authMethods: [first, ...others],
    shop: platform.shop.map(({ name, label, pattern, help, example, optional, choices }) => ({
      name,
      label,
      pattern,
      help,
      example,
      required: optional !== true,
      choices: choices?.map(({ value, label }) => ({ value, label })) ?? null,
    })),
    credential: platform.auth.flatMap(({ obtain, credentialKind }) =>
      'fields' in obtain ? obtain.fields.map((field) => ({ ...presentField(field), credentialKind })) : [],
    ),
    registration: (platform.registration ?? []).map(presentField),
    callbackUrls: callbackUrls(platform, publicUrl),
    permissions: PERMISSIONS.filter((one) => platform.permissions[one] !== undefined),
    resources: RESOURCES.filter((one) => platform.resources[one] !== undefined),
    verified: platform.certainty,
  };
}

function presentField({ name, label, secret, help, optional, form }: CredentialField) {
  return { name, label, secret, help, required: optional !== true, form: form ?? ('line' as const) };
}

/** The addresses of ours that a platform sends merchants, or its own servers, to. */
export function callbackUrls(platform: Platform, publicUrl: string): string[] {
  return platform.auth.flatMap(({ obtain }) =>
    'callback' in obtain
      ? obtain.callback.map(({ step }) => `${publicUrl}/oauth/${platform.id}/${step}`)
      : [],
  );
}
