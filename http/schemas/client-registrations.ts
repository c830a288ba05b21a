// Our app at a platform, as the API shows it: everything but its secret.
import { z } from 'zod';
import type { ClientRegistrationRow } from '../../store/client-registrations-list.ts';
import { textRecord } from './connections.ts';
import { idOf, instant, label, pageOf, pageQuery, platformId, textOf, textValues } from './shapes.ts';

const clientId = textOf(500).min(1);
const clientSecret = z.string().min(1).max(5000);
const redirectUri = z.url({ protocol: /^https?$/ }).max(1000);

/** The platform's further fields; which there are, GET /v1/platforms tells. */
const fields = textValues(32_768);

export const clientRegistration = z
  .object({
    id: z.string(),
    tenantId: z.string().nullable().meta({ description: 'null: of the installation, for all tenants' }),
    platform: z.string(),
    name: z.string(),
    clientId: z.string(),
    redirectUri: z
      .string()
      .nullable()
      .meta({ description: "null: this installation's own callback address" }),
    fields: z
      .record(z.string(), z.string())
      .meta({ description: "The platform's further fields, without those that are secret" }),
    callbackUrls: z.array(z.string()).meta({ description: 'What to register at the platform' }),
    version: z.int().meta({ description: 'Counts the secrets' }),
    status: z.enum(['active', 'disabled']),
    health: z
      .enum(['ok', 'rejected'])
      .meta({ description: 'rejected: the platform refused our client secret' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'ClientRegistration' });
export const clientRegistrationPage = pageOf(clientRegistration);

export const newClientRegistration = z
  .strictObject({
    platform: platformId,
    tenantId: idOf('tenant')
      .optional()
      .meta({ description: 'Absent with an operator key: of the installation' }),
    name: label.optional(),
    clientId,
    clientSecret: clientSecret
      .optional()
      .meta({ description: 'Absent for a public client, or one that proves itself by a key' }),
    fields: fields.optional(),
    redirectUri: redirectUri.optional(),
  })
  .meta({ id: 'NewClientRegistration' });

export const clientRegistrationChange = z
  .strictObject({
    name: label.optional(),
    redirectUri: redirectUri.nullable().optional(),
    fields: fields.optional().meta({
      description: 'All of them; one that is secret is of the next version, as the client secret is',
    }),
    clientSecret: clientSecret
      .optional()
      .meta({ description: 'The next version; the previous one stays valid for the overlap' }),
    overlapS: z
      .int()
      .min(0)
      .max(604_800)
      .optional()
      .meta({ description: 'How long the previous secret is still accepted; default a day' }),
    status: z.enum(['active', 'disabled']).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { error: 'must change something' })
  .meta({ id: 'ClientRegistrationChange' });

export const clientRegistrationQuery = z.strictObject({ platform: platformId.optional(), ...pageQuery });

export function presentClientRegistration(
  row: ClientRegistrationRow,
  callbackUrls: readonly string[],
): z.infer<typeof clientRegistration> {
  return {
    id: row.id,
    tenantId: row.tenantId,
    platform: row.platform,
    name: row.name,
    clientId: row.clientId,
    redirectUri: row.redirectUri,
    fields: textRecord(row.fields),
    callbackUrls: [...callbackUrls],
    version: row.version,
    status: row.status === 'active' ? 'active' : 'disabled',
    health: row.health === 'ok' ? 'ok' : 'rejected',
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
