import 'reflect-metadata';
import fastifyCookie from '@fastify/cookie';
import { type DynamicModule, Module, type NestApplicationOptions, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { DestinationStream } from 'pino';
import { Database } from '../../config/database.js';
import type { Settings } from '../../config/settings.js';
import { loadManifest, MadeAssets, useAssets } from './assets.js';
import { answerBrokenRequest, hangUpWhenClosing, SERVER_LIMITS } from './limits.js';
import { useBodies } from './bodies.js';
import { requireCsrf } from './csrf.js';
import { ErrorFilter } from './error-filter.js';
import { BARE_HEADERS, useHeaders } from './headers.js';
import { HealthChecks } from './health-checks.js';
import { keepWorldsApart, worldOfRequest } from './hosts.js';
import { type Log, NestLog, openLog } from './log.js';
import { measureRequests, Metrics, routeInFigures } from './metrics.js';
import { problemDetails, problemOf } from './problems.js';
import { Translations } from './translations.js';
import { InputPipe } from './validation.js';
import { useViews } from './views.js';
import { WebModule } from './web.module.js';

@Module({})
class Root {}

/**
 * Puts the shell around the pages and calls of a module: limits, headers, the two hosts, CSRF, views, errors, log.
 *
 * @param module with the controllers; must provide `Database` globally where sealed sessions are used
 * @param settings validated
 * @param options.log where the log goes; standard output by default
 * @returns the application, not listening yet: see {@link listen}
 * @throws {Error} when the assets were not built
 */
export async function createWebApp(
  module: Type | DynamicModule,
  settings: Settings,
  options: { readonly log?: DestinationStream } = {},
): Promise<NestFastifyApplication> {
  const log = openLog(settings.LOG_LEVEL, options.log);
  const adapter = new FastifyAdapter({
    ...SERVER_LIMITS,
    logger: false,
    trustProxy: (_address: string, hop: number) => hop < settings.TRUSTED_PROXIES,
    genReqId: () => randomBytes(8).toString('hex'),
    clientErrorHandler: answerBrokenRequest,
    // The router refuses a broken address before any hook, so this answer brings its headers along.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const problem = problemOf(error);
      void reply
        .status(problem.status)
        .headers(BARE_HEADERS)
        .send(JSON.stringify(problemDetails(problem, request.id)));
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: Root, imports: [WebModule.with(settings, log), module] },
    adapter,
    nestOptions(log),
  );
  const made = app.get(MadeAssets);
  const manifest = loadManifest(made);
  const instance = adapter.getInstance<FastifyInstance>();
  await useHeaders(instance, settings);
  await instance.register(fastifyCookie);
  await useViews(instance, settings, app.get(Translations), manifest);
  keepWorldsApart(instance, settings);
  useAssets(instance, manifest, made);
  useBodies(instance);
  requireCsrf(instance, settings);
  hangUpWhenClosing(instance);
  measureRequests(instance, app.get(Metrics));
  logRequests(instance, settings, log);
  app.useGlobalPipes(new InputPipe());
  app.useGlobalFilters(new ErrorFilter(settings, log));
  checkDatabase(app);
  return app;
}

/**
 * Starts to serve. With `PORT=0` the port taken is written into the settings, from which both origins follow.
 *
 * @returns both origins and the port
 */
export async function listen(
  app: NestFastifyApplication,
  settings: Settings,
): Promise<{ publicOrigin: string; staffOrigin: string; port: number }> {
  await app.listen(settings.PORT, settings.HOST);
  const { port } = app.getHttpServer().address() as AddressInfo;
  settings.PORT = port;
  return { publicOrigin: settings.publicOrigin, staffOrigin: settings.staffOrigin, port };
}

/** Bodies are parsed by us; a module that cannot be put together is an error to its caller, not the end of the process. */
function nestOptions(log: Log): NestApplicationOptions {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and never asks for an instance
  return { bodyParser: false, abortOnError: false, logger: new NestLog(log) };
}

/**
 * What staff ask for is logged. What the public asks for is not, at any level, unless it fails here: the time of a line
 * and its route would say when somebody disclosed.
 */
function logRequests(instance: FastifyInstance, settings: Settings, log: Log): void {
  instance.addHook('onResponse', (request, reply, done) => {
    const broken = reply.statusCode >= 500;
    if (!broken && worldOfRequest(request, settings) !== 'staff') {
      done();
      return;
    }
    log.event(
      'request',
      {
        method: request.method,
        // Of what broke, which it was; else no log needs to tell when somebody was at work on a disclosure.
        route: broken ? (request.routeOptions.url ?? 'unmatched') : routeInFigures(request.routeOptions.url),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        correlation: request.id,
      },
      broken ? 'error' : 'info',
    );
    done();
  });
}

function checkDatabase(app: NestFastifyApplication): void {
  let database: Database;
  try {
    database = app.get(Database, { strict: false });
  } catch {
    return; // A module without a database has nothing to wait for.
  }
  app.get(HealthChecks, { strict: false }).add('database', () => database.dataSource.query('SELECT 1'));
}
