import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServiceKeys } from '../../config/service-keys.js';
import { Settings } from '../../config/settings.js';
import { custodiansAmong, identityReaders } from '../agencies/identity-readers.js';
import { KeyLog } from '../agencies/key-log/key-log.js';
import { todayInAuckland } from '../clocks/calendar.js';
import { Routing } from '../routing/routing.service.js';
import { clearSite } from '../web/clear-site.js';
import { Invalid } from '../web/errors.js';
import { pageProblems } from '../web/page-problems.js';
import { Throttle } from '../web/throttle.js';
import { requestText } from '../web/views.js';
import { websitesOf } from './choose-receiver.js';
import { Crossroads, namedReaders, outsideTheAct, sourced } from './crossroads.js';
import { peopleAmong } from './exclusions.js';
import { Drafts, type Draft } from './drafts.js';
import { IdempotentRequest, makeIdempotencyKey } from './idempotency.js';
import type { Answers } from './journey.js';
import { WordsDto } from './journey.dto.js';
import { type Lodged, Lodging, wayOf } from './lodge.js';
import { receiptWords, type ReceiptWords } from './receipt-words.js';
import { tryCheck } from './try-check.js';

/** The API's names of what this page names otherwise; its whole form is blamed where the most is written. */
const ON_THIS_PAGE: Readonly<Record<string, string>> = {
  statement: 'whatHappened',
  way: 'write-title',
  'Idempotency-Key': 'idempotencyKey',
};

/** The page where a person writes, the way without a script, and the pack to take elsewhere. */
@Controller()
export class WriteController {
  constructor(
    private readonly drafts: Drafts,
    private readonly crossroads: Crossroads,
    private readonly lodging: Lodging,
    private readonly routing: Routing,
    private readonly keys: ServiceKeys,
    private readonly keyLog: KeyLog,
    private readonly settings: Settings,
    private readonly throttle: Throttle,
  ) {}

  @Get('write')
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const draft = await this.drafts.open(request, reply);
    if (!draft) return reply.redirect('/start', 303);
    const page = await this.writePage(draft, reply);
    return page && !page.namedChanged ? reply.view('write.njk', page) : reply.redirect('/decision', 303);
  }

  @Post('write')
  @HttpCode(200)
  async lodge(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    await this.throttle.takeInTurn('lodge_in_clear', request);
    const draft = await this.drafts.get(request);
    if (!draft) throw new Invalid([], requestText(reply).t('intake.write.expired'));
    const { value, problems } = tryCheck(WordsDto, body, reply);
    if (!value) {
      return reply.status(422).view('write.njk', { ...(await this.writePage(draft, reply)), values: body, problems });
    }
    const { whatHappened, outcomeSought, who, when, where, identity, notify, way, excluded, idempotencyKey } = value;
    const statement = { whatHappened, outcomeSought, who, when, where, identity };
    try {
      const { answers: facets, destination, delivery } = draft;
      const lodged = await this.lodging.lodge(
        {
          facets,
          destination,
          delivery,
          excluded,
          shown: way,
          submission: { kind: 'in_clear', statement, notify: notify === '' ? undefined : notify },
        },
        new IdempotentRequest(idempotencyKey, { statement, notify, facets, destination, delivery, excluded }),
      );
      await this.drafts.put(request, reply, { ...draft, lodged: true });
      return await reply.view('receipt.njk', { lodged, words: this.wordsOf(lodged, facets, reply) });
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const fields = error.fields.map((wrong) => ({ ...wrong, field: ON_THIS_PAGE[wrong.field] ?? wrong.field }));
      const wrong = pageProblems(fields, requestText(reply).t);
      return reply.status(422).view('write.njk', {
        ...(await this.writePage(excluded ? { ...draft, excluded } : draft, reply)),
        values: body,
        problems: wrong,
      });
    }
  }

  /** Nothing of it is left in this browser once the words were saved. */
  @Post('finish')
  async finish(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    await this.drafts.drop(request, reply);
    clearSite(reply);
    return reply.redirect('/', 303);
  }

  @Get('pack')
  async pack(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const draft = await this.drafts.open(request, reply);
    if (!draft) return reply.redirect('/start', 303);
    const page = await this.crossroads.page(draft, requestText(reply).lang);
    const entry = page.destination && this.routing.directory.get(page.destination.id);
    return reply.view('pack.njk', {
      ...page,
      takes: entry?.takes ?? [],
      timeLimit: sourced(entry?.timeLimit),
      unconfirmed: page.unconfirmed || entry?.confidence === 'memory' || entry?.unconfirmed.includes('takes'),
    });
  }

  private wordsOf({ delivery, destination }: Lodged, facets: Answers, reply: FastifyReply): ReceiptWords {
    const { path } = this.routing.decide(this.routing.parse(facets));
    const agency = delivery === 'direct' ? destination.id : this.settings.TRIAGE_AGENCY;
    const way = { path: path ?? 'complaint', delivery, destination: destination.id, agency };
    return receiptWords(way, this.routing.directory, requestText(reply));
  }

  /** What the page and its script need; null where nobody can receive it. */
  private async writePage(
    draft: Draft,
    reply: FastifyReply,
  ): Promise<(Record<string, unknown> & { readonly namedChanged: boolean }) | null> {
    const text = requestText(reply);
    const { lang } = text;
    const facets = this.routing.parse(draft.answers);
    const decision = this.routing.decide(facets, lang);
    const receiver = await this.crossroads.receiver(draft, decision);
    const { path } = decision;
    if (!receiver || path === null) return null;
    const { delivery, destination, agencyId: agency } = receiver;
    const { directory } = this.routing;
    const { kid, publicJwk } = this.keys.sealing;
    const { excluded = [] } = draft;
    const readers = receiver.readers.filter((reader) => !excluded.includes(reader.kid));
    return {
      ...namedReaders(path, receiver, excluded),
      keepNames: path === 'disclosure' ? peopleAmong(identityReaders(readers)).map(({ label }) => label) : [],
      namesApart: custodiansAmong(readers).length > 0,
      agency: directory.nameOf(agency, lang),
      path,
      way: wayOf(path, { ...receiver, readers }),
      deskOutsideTheAct: outsideTheAct(path, delivery),
      words: receiptWords({ path, delivery, destination: destination.id, agency }, directory, text),
      idempotencyKey: makeIdempotencyKey(),
      values: {},
      sealing: {
        facets,
        destination: draft.destination,
        delivery: draft.delivery,
        receiver: agency,
        readers,
        excluded,
        namesApart: custodiansAmong(readers).length > 0,
        proof: await this.keyLog.proofOf(agency),
        path,
        day: todayInAuckland(),
        notifyKey: { kid, jwk: publicJwk },
        notAt: websitesOf(this.routing.directory, [facets.about, receiver.destination.id, receiver.agencyId]),
      },
    };
  }
}
