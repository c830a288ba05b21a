// The HTTP part, built apart from listening: plugins, checks, then one plugin a noun. It holds no state of its own.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import cookie from '@fastify/cookie';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
  type RawServerDefault,
} from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { MooringError } from '../domain/errors.ts';
import { authenticate } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { acceptEmptyBodies } from './empty-body.ts';
import { acceptIdempotencyKeys } from './idempotency.ts';
import { describeApi } from './openapi.ts';
import { sendProblem } from './problem.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { auditRoutes } from './routes/audit.ts';
import { calendarRoutes } from './routes/calendar.ts';
import { callbackRoutes } from './routes/callbacks.ts';
import { clientRegistrationRoutes } from './routes/client-registrations.ts';
import { connectPageRoutes } from './routes/connect-page.ts';
import { connectSessionRoutes } from './routes/connect-sessions.ts';
import { connectionCommandRoutes } from './routes/connection-commands.ts';
import { connectionMoveRoutes } from './routes/connection-moves.ts';
import { connectionRoutes } from './routes/connections.ts';
import { consoleRoutes } from './routes/console.ts';
import { dataKeyRoutes } from './routes/data-keys.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { endpointCommandRoutes } from './routes/endpoint-commands.ts';
import { endpointRoutes } from './routes/endpoints.ts';
import { feedRoutes } from './routes/feeds.ts';
import { fleetRoutes } from './routes/fleet.ts';
import { fleetRunRoutes } from './routes/fleet-runs.ts';
import { importRoutes } from './routes/imports.ts';
import { installRoutes } from './routes/installs.ts';
import { inventoryRoutes } from './routes/inventory.ts';
import { notificationFactRoutes } from './routes/notification-facts.ts';
import { notifyRoutes } from './routes/notify.ts';
import { notifyPubSubRoutes } from './routes/notify-pubsub.ts';
import { platformRoutes } from './routes/platforms.ts';
import { probeRoutes } from './routes/probes.ts';
import { problemRoutes } from './routes/problems.ts';
import { proxyRoutes } from './routes/proxy.ts';
import { revocationRoutes } from './routes/revocation.ts';
import { revocationsRoutes } from './routes/revocations.ts';
import { runRoutes } from './routes/runs.ts';
import { tenantRoutes } from './routes/tenants.ts';
import { secureHeaders } from './security-headers.ts';

/** Larger than any body of ours; the proxy route alone takes more. */
const BODY_LIMIT_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 60_000;

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Everything but `listen`. Whoever calls it closes it. */
export async function createServer(deps: HttpDeps): Promise<App> {
  const logger: FastifyBaseLogger = deps.log;
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => `rqs_${randomBytes(12).toString('hex')}`,
    trustProxy: (_address, hop) => hop < deps.settings.trustedProxies,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: 2 * REQUEST_TIMEOUT_MS,
    http: { headersTimeout: 15_000 },
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 300 },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, error, deps.settings.publicUrl),
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
  }).withTypeProvider<ZodTypeProvider>();
  app.removeContentTypeParser('text/plain');
  acceptEmptyBodies(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  const methodsOf = collectMethods(app);
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error, deps.settings.publicUrl));
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsOf(request.url);
    if (allowed.length > 0) void reply.header('allow', allowed.join(', '));
    const error =
      allowed.length > 0
        ? new MooringError('method_not_allowed', `this address takes ${allowed.join(', ')}`)
        : new MooringError('not_found', 'there is nothing at this address');
    return sendProblem(request, reply, error, deps.settings.publicUrl);
  });
  logRequests(app);
  secureHeaders(app);
  await app.register(cookie);
  await describeApi(app, deps.settings.publicUrl);
  authenticate(app, deps);
  acceptIdempotencyKeys(app, deps);
  for (const routes of ROUTES) await app.register(routes(deps));
  await app.ready();
  return app;
}

const ROUTES = [
  probeRoutes,
  problemRoutes,
  tenantRoutes,
  apiKeyRoutes,
  clientRegistrationRoutes,
  connectSessionRoutes,
  connectionRoutes,
  connectionCommandRoutes,
  connectionMoveRoutes,
  revocationRoutes,
  runRoutes,
  importRoutes,
  installRoutes,
  fleetRunRoutes,
  revocationsRoutes,
  inventoryRoutes,
  calendarRoutes,
  feedRoutes,
  endpointRoutes,
  endpointCommandRoutes,
  deliveryRoutes,
  fleetRoutes,
  auditRoutes,
  dataKeyRoutes,
  proxyRoutes,
  platformRoutes,
  callbackRoutes,
  notifyRoutes,
  notifyPubSubRoutes,
  notificationFactRoutes,
  connectPageRoutes,
  consoleRoutes,
] as const;

/** One line a request, with the route's pattern instead of the address, which may hold a link's token or a code. */
function logRequests(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        key: keyOf(request),
      },
      'request',
    );
  });
}

function keyOf(request: FastifyRequest): string | undefined {
  return request.principal?.keyId;
}

/** Which methods an address takes, so that a wrong one is told apart from an unknown address. */
function collectMethods(app: App): (url: string) => string[] {
  const routes: { method: string; form: RegExp }[] = [];
  app.addHook('onRoute', (route) => {
    const pattern = route.url
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : escaped(part)));
    const form = new RegExp(`^${pattern.join('/')}$`);
    for (const method of [route.method].flat()) routes.push({ method, form });
  });
  return (url) => {
    const [path = ''] = url.split('?', 1);
    return [...new Set(routes.filter((route) => route.form.test(path)).map((route) => route.method))].sort();
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
