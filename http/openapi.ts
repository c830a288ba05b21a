// The OpenAPI document, made of the routes' own schemas, and the reference page over it. Each operation says which role it needs.
import swagger from '@fastify/swagger';
import reference from '@scalar/fastify-api-reference';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { problem } from './schemas/shapes.ts';
import type { App } from './server.ts';
import { webhooksDocument } from './webhooks-document.ts';

const DESCRIPTION = `Keeps every merchant connection usable.

Errors are problem+json (RFC 9457) with a stable \`code\`. Lists are \`{ data, nextCursor }\`. Instants are RFC 3339 UTC.
Writes take an \`Idempotency-Key\`. Roles, each including the ones before it: read, sync, admin (one tenant), operator (all tenants).`;

export async function describeApi(app: App, publicUrl: string): Promise<void> {
  // Routes that plugins bring have no access of their own to declare: the document and its page are public.
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/docs')) route.config = { ...route.config, access: 'public' };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Mooring', version: '0.1.0', description: DESCRIPTION },
      servers: [{ url: publicUrl }],
      components: {
        securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'mk_live_…' } },
      },
      tags: TAGS.map((name) => ({ name })),
      webhooks: webhooksDocument(),
    },
    transform: (input) => {
      const access = input.route.config?.access ?? 'operator';
      const responses = typeof input.schema?.response === 'object' ? input.schema.response : {};
      const documented = jsonSchemaTransform({
        ...input,
        schema: { ...input.schema, response: { ...responses, default: problem } },
      });
      const security = access === 'public' ? [] : [{ apiKey: [] }];
      return {
        ...documented,
        schema: { ...documented.schema, security, 'x-access': access } as typeof documented.schema,
      };
    },
    transformObject: jsonSchemaTransformObject,
  });
  app.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
    reply
      .type('application/json; charset=utf-8')
      .serializer((body: unknown) => JSON.stringify(body))
      .send(app.swagger()),
  );
  await app.register(reference, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      pageTitle: 'Mooring API',
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  });
}

const TAGS = [
  'Tenants',
  'API keys',
  'Client registrations',
  'Connecting',
  'Connections',
  'Fleet',
  'Inventory',
  'Syncs',
  'Feeds',
  'Deliveries',
  'Audit',
  'Data keys',
  'Platforms',
  'Probes',
];
