import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { dayInAuckland } from '../web/day.js';
import { NotFound } from '../web/errors.js';
import { Translations } from '../web/translations.js';
import { requestText } from '../web/views.js';
import { inForceOn } from './in-force.js';
import type { Published } from './in-force.js';
import { Routing } from './routing.service.js';
import { aboutTheRules, facetsDescribed, rulesDescribed, versionDescribed } from './rules-described.js';
import type { Speaker } from './rules-in-words.js';
import { PARTS } from './ruleset.js';

/** Which ruleset is asked for; without, which there are. */
export class RulesQuery {
  @IsOptional()
  @IsString()
  @MaxLength(40)
  version?: string;
}

/** An answer ready to be sent, and its name for whoever has it already. */
interface Answer {
  readonly body: string;
  readonly etag: string;
}

/** The register of how decisions are made: every ruleset that was, is or will be in force, for anybody to read. */
@Controller()
export class RulesController {
  /** What was answered already, by version, or under none for which there are; for as long as the same rulesets are published. */
  private readonly answers = new WeakMap<readonly Published[], Map<string | undefined, Answer>>();

  constructor(
    private readonly routing: Routing,
    private readonly translations: Translations,
  ) {}

  /** @throws {NotFound} for a version that was never published */
  @Get('api/v1/routing/rules')
  async read(
    @Query() { version }: RulesQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { body, etag } = this.answer(version);
    // What is published can change until it is: kept by whoever likes, and asked for again each time.
    void reply.header('cache-control', 'public, no-cache').header('etag', etag);
    if (request.headers['if-none-match'] === etag) await reply.status(304).send();
    else await reply.type('application/json; charset=utf-8').send(body);
  }

  @Get('rules')
  async register(@Res() reply: FastifyReply): Promise<void> {
    const speaker = this.speaker(reply);
    const published = this.routing.published();
    const inForce = inForceOn(published, dayInAuckland());
    await reply.view('rules.njk', {
      ...facetsDescribed(inForce.ruleset, speaker),
      inForce: inForce.version,
      today: dayInAuckland(),
      versions: published.map(versionDescribed).reverse(),
    });
  }

  /** @throws {NotFound} for a version that was never published */
  @Get('rules/:version')
  async table(@Param('version') version: string, @Res() reply: FastifyReply): Promise<void> {
    const speaker = this.speaker(reply);
    const one = this.find(version);
    const rules = rulesDescribed(one.ruleset, speaker);
    await reply.view('rules-table.njk', {
      ...versionDescribed(one),
      parts: [...PARTS, 'subjects'].map((part) => ({ part, rules: rules.filter((rule) => rule.part === part) })),
      fallback: one.ruleset.fallback.map((id) => this.routing.directory.nameOf(id, speaker.language)),
    });
  }

  private answer(version: string | undefined): Answer {
    const published = this.routing.published();
    const known = this.answers.get(published) ?? new Map<string | undefined, Answer>();
    this.answers.set(published, known);
    const before = known.get(version);
    if (before) return before;
    const body = JSON.stringify(version === undefined ? this.overview(published) : this.whole(this.find(version)));
    const answer = { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
    known.set(version, answer);
    return answer;
  }

  private overview(published: readonly Published[]): object {
    return { about: aboutTheRules(this.english), versions: published.map(versionDescribed) };
  }

  /** The words of the rules are in English; where there is te reo Māori for a reason or a warning, it stands beside. */
  private whole(one: Published): object {
    return {
      about: aboutTheRules(this.english),
      ...versionDescribed(one),
      ...facetsDescribed(one.ruleset, this.english),
      fallback: one.ruleset.fallback,
      rules: rulesDescribed(one.ruleset, this.english),
    };
  }

  private find(version: string): Published {
    const found = this.routing.published().find((one) => one.version === version);
    if (!found) throw new NotFound();
    return found;
  }

  private get english(): Speaker {
    const { catalogue, directory } = this.routing;
    return { t: this.translations.in('en'), language: 'en', catalogue, directory };
  }

  private speaker(reply: FastifyReply): Speaker {
    const { t, lang } = requestText(reply);
    const { catalogue, directory } = this.routing;
    return { t, language: lang, catalogue, directory };
  }
}
