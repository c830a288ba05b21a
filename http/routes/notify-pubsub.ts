// What Google Pub/Sub pushes of a platform's messages: the token says who pushes, nothing says that the message is the platform's. It is a hint therefore, whatever it
// says. 2xx only once it is written; anything else, and Pub/Sub sends it again.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import type { Platform, ReceivedSignature } from '../../domain/platform.ts';
import type { PubSubSettings } from '../../domain/queue-settings.ts';
import { takeQueued } from '../../egress/index.ts';
import type { HttpDeps } from '../deps.ts';

/** A message is 10 MB at most, and grows by a third in base64; a notification is far smaller. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

const pushed = z.object({
  message: z.object({
    data: z.base64().default(''),
    attributes: z.record(z.string(), z.string()).default({}),
    messageId: z.string().optional(),
  }),
  subscription: z.string().optional(),
});

export const notifyPubSubRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/notify/:platform/pubsub',
      config: { access: 'public', idempotent: false },
      bodyLimit: BODY_LIMIT_BYTES,
      schema: {
        tags: ['Notifications'],
        summary: 'What Google Pub/Sub pushes of a platform’s messages',
        params: z.strictObject({ platform: z.string().max(100) }),
        body: pushed,
      },
      // Before the body is looked at.
      preValidation: async (request) => {
        const platform = deps.platforms.get(request.params.platform);
        const { pubSub = null } = deps.settings;
        if (platform?.notifications === undefined || pubSub === null)
          throw new MooringError('not_found', 'there is nothing at this address');
        await proved(deps, platform, pubSub, request.headers.authorization ?? '');
      },
      handler: async (request, reply) => {
        const platform = deps.platforms.get(request.params.platform);
        if (platform === undefined) throw new MooringError('not_found', 'there is nothing at this address');
        const { data, attributes, messageId } = request.body.message;
        const text = Buffer.from(data, 'base64').toString('utf8');
        const as = await takeQueued(deps.db, platform, text, attributes).catch((error: unknown) => {
          if (!(error instanceof MooringError) || error.code !== 'platform_answer_invalid') throw error;
          deps.log.error({ platform: platform.id, messageId }, 'a pushed message cannot be understood');
          throw new MooringError('invalid_request', 'the message is not a notification', {
            fields: [{ path: 'message.data', rule: 'must be a notification of the platform, as JSON' }],
          });
        });
        deps.log.debug({ as }, 'notification');
        return reply.code(200).send();
      },
    });
  };

/** Throws notification_unverified. */
async function proved(
  deps: HttpDeps,
  platform: Platform,
  { audience, issuer, keysUrl, serviceAccount }: PubSubSettings,
  authorization: string,
): Promise<void> {
  const signature: ReceivedSignature = {
    kind: 'jwt',
    in: { header: 'authorization' },
    jwt: {
      algorithms: ['RS256'],
      key: { kind: 'jwks', url: keysUrl },
      issuer,
      audience,
      required: ['email', 'email_verified'],
    },
  };
  const token = /^Bearer ([\w.-]+)$/.exec(authorization)?.[1] ?? '';
  const verdict = await deps.receive.verify({ platform, connection: null, registrationId: null }, signature, {
    method: 'POST',
    url: '',
    headers: { authorization: token },
    parameters: {},
    body: Buffer.alloc(0),
  });
  const claims = verdict.ok ? (verdict.claims ?? {}) : {};
  if (verdict.ok && claims['email'] === serviceAccount && claims['email_verified'] === true) return;
  throw new MooringError('notification_unverified', 'the push is not that of our subscription', {
    detail: { failedAt: verdict.ok ? 'claim' : verdict.at },
  });
}
