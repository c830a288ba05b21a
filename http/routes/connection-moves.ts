// A shop that was reconnected at another address, on a platform that tells no key: whoever knows the merchant confirms the address, or
// refuses it. The workflow decides and acts; nothing of the credential that waits is ever shown.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import { actorOf, principalOf } from '../auth.ts';
import { throwIfRefused } from '../connecting.ts';
import type { HttpDeps } from '../deps.ts';
import { connectionOf } from '../lookup.ts';
import { connection, moveDecision, presentConnection } from '../schemas/connections.ts';
import { idInPath } from '../schemas/shapes.ts';
import { refuseFinal } from './connections.ts';

const params = z.strictObject({ id: idInPath('connection') });

const DECISIONS = {
  confirm: {
    summary: 'Confirm the new address of a shop',
    description:
      'The credential that waits is proved once more; then it is the next generation, and the address is changed.',
  },
  refuse: {
    summary: 'Refuse the new address of a shop',
    description: 'The credential that waits is destroyed; everything else stays as it is.',
  },
} as const;

export const connectionMoveRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    for (const decision of ['confirm', 'refuse'] as const) {
      app.post(
        `/v1/connections/:id/${decision}-move`,
        {
          config: { access: 'admin' },
          schema: {
            tags: ['Connections'],
            ...DECISIONS[decision],
            params,
            body: moveDecision,
            response: { 200: connection },
          },
        },
        async (request) => {
          const { id } = params.parse(request.params);
          const { authorizationId } = moveDecision.parse(request.body);
          const row = await connectionOf(deps, principalOf(request), id);
          refuseFinal(row.lifecycle, row.id);
          const by = actorOf(request);
          const outcome = await deps.lifecycle.decideMove(row.id, { authorizationId, decision, by });
          if (outcome === null)
            throw new MooringError('connection_final', `the connection "${row.id}" has ended`);
          throwIfRefused(outcome);
          return presentConnection(await connectionOf(deps, principalOf(request), row.id));
        },
      );
    }
  };
