// Data keys by the key-encrypting key that wraps them: whether a former one is still needed, and moving the rest. No key goes in or out.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { createRewrapPort, listDataKeyUses } from '../../store/data-keys.ts';
import { rewrapDataKeys } from '../../vault/index.ts';
import { actorOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';

/** About two seconds of work; the caller comes again for the rest. */
const AT_MOST = 1_000;

const use = z.object({
  keyId: z.string().meta({ description: 'Names a key-encrypting key; not secret' }),
  dataKeys: z.int(),
});
const dataKeys = z
  .object({
    keyId: z.string().meta({ description: 'The key-encrypting key that wraps now' }),
    dataKeys: z.int(),
    underFormer: z.int().meta({ description: 'How many are still wrapped by a former key' }),
    former: z.array(use),
  })
  .meta({ id: 'DataKeys' });
const rewrapping = z
  .object({
    moved: z.int(),
    unreadable: z.int().meta({ description: 'Those no key at hand unwraps; they stay as they are' }),
    left: z.int().meta({ description: 'Still under a former key, unreadable ones included' }),
  })
  .meta({ id: 'Rewrapping' });

export const dataKeyRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/data-keys',
      {
        config: { access: 'operator' },
        schema: {
          tags: ['Data keys'],
          summary: 'How many data keys are under which key-encrypting key',
          response: { 200: dataKeys },
        },
      },
      async () => readUses(deps),
    );

    app.post(
      '/v1/data-keys/rewrap',
      {
        config: { access: 'operator' },
        schema: {
          tags: ['Data keys'],
          summary: 'Move data keys under the key-encrypting key that wraps now',
          description: `Moves about ${AT_MOST} and says what is left; ask again until nothing moves. The sweep does the same by itself.`,
          response: { 200: rewrapping },
        },
      },
      async (request) => {
        const port = createRewrapPort(deps.db, { actor: actorOf(request), reason: request.id });
        const { keyProvider } = deps;
        const { moved, unreadable } = await rewrapDataKeys({ keyProvider, port, atMost: AT_MOST });
        const { underFormer } = await readUses(deps);
        return { moved, unreadable: unreadable.length, left: underFormer };
      },
    );
  };

async function readUses({ db, keyProvider }: HttpDeps): Promise<z.infer<typeof dataKeys>> {
  const keyId = await keyProvider.currentId();
  const uses = await db.sqlAcrossTenants(listDataKeyUses);
  const former = uses.flatMap((one) =>
    one.kekId === keyId ? [] : [{ keyId: one.kekId, dataKeys: one.dataKeys }],
  );
  const count = (of: readonly { dataKeys: number }[]) => of.reduce((sum, one) => sum + one.dataKeys, 0);
  return { keyId, dataKeys: count(uses), underFormer: count(former), former };
}
