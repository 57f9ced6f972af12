import { createServer, type RequestListener } from 'node:http';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyHelmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import { type INestApplication, RequestMethod } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { VoiceWebhooks } from './calls/voice/voice-webhooks';
import { WebhookServer } from './channels/ingress/webhook-server';
import { Config } from './platform/config';
import { HttpErrorsFilter } from './platform/http-errors.filter';
import { uuidv7 } from './platform/ids';
import { LOGGER } from './platform/logger';
import { runWithRequestId } from './platform/request-context';
import { StrictPipe } from './platform/validation';
import { createIoAdapter } from './realtime/io-adapter';
import { withWords } from './refusals/refusal-words';

/**
 * Webhooks are read by a plain listener beside Fastify (raw bytes, signature, commit, answer) and nothing else; all
 * other requests go through Nest. The listener is put in place once the application knows its own parts. A worker
 * answers for its health only.
 */
export interface WebhookDoors {
  webhooks?: WebhookServer;
  /** Calls under way wait for what they are to do next. */
  voice?: VoiceWebhooks;
}

export function createAdapter(config: Config): { adapter: FastifyAdapter; route: WebhookDoors } {
  const route: WebhookDoors = {};
  const adapter = new FastifyAdapter({
    bodyLimit: 1024 * 1024,
    trustProxy: config.TRUST_PROXY > 0 ? (_address: string, hop: number) => hop < config.TRUST_PROXY : false,
    genReqId: () => uuidv7(),
    routerOptions: { maxParamLength: 200 },
    serverFactory: (handler: unknown) =>
      createServer(
        { requestTimeout: 30_000, headersTimeout: 15_000, maxHeaderSize: 16 * 1024 },
        (request, response) => {
          if (route.voice && request.url?.startsWith('/webhooks/voice/')) route.voice.handle(request, response);
          else if (route.webhooks && request.url?.startsWith('/webhooks/')) route.webhooks.handle(request, response);
          else (handler as RequestListener)(request, response);
        },
      ),
  });
  return { adapter, route };
}

/** Everything around the modules, the same in main and in tests. */
export async function setup(app: NestFastifyApplication, route: WebhookDoors): Promise<void> {
  const config = app.get(Config);
  const log = app.get<Logger>(LOGGER);
  const fastify = app.getHttpAdapter().getInstance();
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: contentSecurityPolicy(config),
    hsts: config.PUBLIC_URL?.startsWith('https:') ?? false,
  });
  // a file is read by its route, with a limit of its own and only after the caller is known
  fastify.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    void reply.header('x-request-id', request.id);
    runWithRequestId(String(request.id), done);
  });
  fastify.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const route = request.routeOptions.url ?? '(none)';
    log.debug({
      event: 'http.request',
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      ms: reply.elapsedTime,
    });
    done();
  });
  app.setGlobalPrefix('api/v1', {
    exclude: [
      { path: 'health/{*rest}', method: RequestMethod.GET },
      { path: 'metrics', method: RequestMethod.GET },
      { path: 'media/{*rest}', method: RequestMethod.GET },
      { path: 'widget.js', method: RequestMethod.GET },
      { path: 'widget/{*rest}', method: RequestMethod.ALL },
      { path: 'survey/{*rest}', method: RequestMethod.ALL },
    ],
  });
  app.useGlobalFilters(new HttpErrorsFilter(log, withWords));
  app.useGlobalPipes(new StrictPipe());
  await serveConsole(app);
  app.useWebSocketAdapter(await createIoAdapter(app, config));
  app.enableShutdownHooks();
  route.webhooks = app.get(WebhookServer);
  route.voice = app.get(VoiceWebhooks);
}

/** The console, when it has been built. */
async function serveConsole(app: NestFastifyApplication): Promise<void> {
  const root = [join(__dirname, '..', '..', 'web', 'dist'), join(__dirname, '..', 'web', 'dist')].find((dir) =>
    existsSync(join(dir, 'index.html')),
  );
  if (!root) return;
  await app.register(fastifyStatic, {
    root,
    wildcard: false,
    setHeaders: (reply, path) => {
      void reply.header(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  const fastify = app.getHttpAdapter().getInstance();
  // whatever a person types is answered with the page, which knows its addresses and says so where there is none
  fastify.get('/*', (request: FastifyRequest, reply: FastifyReply) => {
    const asksForPage = String(request.headers.accept).includes('text/html') && !NO_PAGE.test(request.url);
    if (!asksForPage) return reply.callNotFound();
    return reply.header('cache-control', 'no-cache').sendFile('index.html');
  });
}

/** What answers programs, or people who are no agents. */
const NO_PAGE = /^\/(api|webhooks|health|metrics|media|assets|widget|survey|socket\.io)(\/|\?|\.|$)/;

function contentSecurityPolicy(config: Config) {
  return {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      fontSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'https:', ...(config.NODE_ENV === 'production' ? [] : ['http:'])],
      mediaSrc: ["'self'", 'https:', ...(config.NODE_ENV === 'production' ? [] : ['http:'])],
      connectSrc: ["'self'", 'ws:', 'wss:'],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  };
}

/** OpenAPI is loaded only when someone looks: it costs a quarter of a second and memory at start. */
export async function mountApiDocs(app: INestApplication): Promise<void> {
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  const options = new DocumentBuilder()
    .setTitle('Pasokh')
    .setVersion('1')
    .addBearerAuth()
    .addCookieAuth('pasokh_session')
    .build();
  SwaggerModule.setup('api/docs', app, () => SwaggerModule.createDocument(app, options), {
    jsonDocumentUrl: 'api/docs-json',
  });
}
