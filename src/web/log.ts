import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Level, type LevelWithSilent, type Logger, type LoggerOptions } from 'pino';

/** What an event may carry: numbers, switches and codes. Never text of a person, a query, an address. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Codes, route patterns and ids look like this; anything else was text and is left out. */
const CODE = /^[\w.:/*-]{0,120}$/;
const EVENT = /^[a-z][a-z0-9_.]{0,60}$/;
const FRAME = /^ {4}at [\w.$<>[\] ]{0,100}\(?(?:file:|node:|\/)[^\s()]{0,200}\)?$/;

/**
 * The one log. It takes event codes, not sentences, because a sentence sooner or later holds somebody's words: drivers
 * put SQL parameters, parsers put bodies, routers put URLs into their messages.
 */
export class Log {
  constructor(private readonly out: Logger) {}

  /** Writes one event; fields that are not codes are replaced by `[left out]`. */
  event(code: string, fields: LogFields = {}, level: Level = 'info'): void {
    this.out[level]({ event: EVENT.test(code) ? code : 'unnamed', ...clean(fields) });
  }

  /** Writes one failure: the error's class, its code, where it was thrown; never its message. */
  failure(code: string, error: unknown, fields: LogFields = {}): void {
    this.out.error({ event: EVENT.test(code) ? code : 'unnamed', ...clean(fields), ...describe(error) });
  }
}

/** Opens the log at the level of the settings, to standard output unless told otherwise. */
export function openLog(level: LevelWithSilent, destination?: DestinationStream): Log {
  const options: LoggerOptions = { level, base: null, formatters: { level: (label) => ({ level: label }) } };
  return new Log(destination ? pino(options, destination) : pino(options));
}

/** Nest speaks in sentences; of each only its context goes on, and of an error what {@link Log.failure} takes. */
export class NestLog implements LoggerService {
  constructor(private readonly to: Log) {}
  log(_message: unknown, ...rest: unknown[]): void {
    this.to.event('nest.note', { context: contextOf(rest) }, 'debug');
  }
  warn(_message: unknown, ...rest: unknown[]): void {
    this.to.event('nest.warning', { context: contextOf(rest) }, 'warn');
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.to.failure('nest.failed', message, { context: contextOf(rest) });
  }
}

function contextOf(rest: readonly unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' ? last : undefined;
}

function clean(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' && !CODE.test(value) ? '[left out]' : value,
    ]),
  );
}

function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error };
  const driver: unknown = 'driverError' in error ? error.driverError : error;
  const code: unknown = typeof driver === 'object' && driver !== null && 'code' in driver ? driver.code : undefined;
  return {
    error: CODE.test(error.name) ? error.name : 'Error',
    ...(typeof code === 'string' && /^[A-Z0-9_]{2,60}$/.test(code) ? { code } : {}),
    at: frames(error),
  };
}

/** The frames of a stack without its head, which repeats the message; without a known head nothing is taken. */
function frames(error: Error): string[] {
  const stack = error.stack ?? '';
  const cut = error.message === '' ? 0 : stack.indexOf(error.message);
  if (cut < 0) return [];
  const lines = stack.slice(cut + error.message.length).split('\n');
  return lines
    .filter((line) => FRAME.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
}
