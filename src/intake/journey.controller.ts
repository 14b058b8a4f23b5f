import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Routing } from '../routing/routing.service.js';
import { loadVocabulary } from '../routing/vocabulary.js';
import { Invalid, NotFound } from '../web/errors.js';
import { pageProblems } from '../web/page-problems.js';
import { requestText } from '../web/views.js';
import { choicesOf } from './choices.js';
import { Crossroads } from './crossroads.js';
import { Drafts } from './drafts.js';
import { afterQuestions, answered, isQuestion, questionAfter, questionBefore, type Question } from './journey.js';
import {
  AFTER_SPEAKING_UP,
  type AfterSpeakingUp,
  AnswerDto,
  ChoiceDto,
  ClassifiedDto,
  DangerDto,
} from './journey.dto.js';
import { suggestionsFor, type SuggestionSource } from './suggestions.js';
import { tryCheck } from './try-check.js';

/**
 * Where each way on leads; a change comes back, so that nobody writes to an agency they have not read about. Before the first
 * word of a disclosure stands what protects who writes it.
 */
const AFTER = {
  complaint: { send: '/write', triage_desk: '/write', pack: '/pack', change: '/decision' },
  disclosure: { send: '/before-writing', triage_desk: '/before-writing', pack: '/pack', change: '/decision' },
} as const;

/** The pages from the door to the decision. Nothing is kept before both gates are passed. */
@Controller()
export class JourneyController {
  private readonly suggestable: SuggestionSource;

  constructor(
    private readonly routing: Routing,
    private readonly drafts: Drafts,
    private readonly crossroads: Crossroads,
  ) {
    const { catalogue, directory } = routing;
    this.suggestable = { catalogue, directory, vocabulary: loadVocabulary(catalogue, directory) };
  }

  @Get()
  home(@Res() reply: FastifyReply): FastifyReply {
    return reply.view('home.njk');
  }

  @Get('start')
  danger(@Res() reply: FastifyReply): FastifyReply {
    return reply.view('danger.njk');
  }

  /** The same gates, for somebody who is punished for speaking up. */
  @Get('start/punished')
  dangerWhenPunished(@Res() reply: FastifyReply): FastifyReply {
    return reply.view('danger.njk', { topic: 'retaliation' satisfies AfterSpeakingUp });
  }

  /** The same gates, for somebody who was named. */
  @Get('start/named')
  dangerWhenNamed(@Res() reply: FastifyReply): FastifyReply {
    return reply.view('danger.njk', { topic: 'confidentiality_breach' satisfies AfterSpeakingUp });
  }

  @Post('start')
  @HttpCode(200)
  async afterDanger(@Body() body: unknown, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const { value, problems } = tryCheck(DangerDto, body, reply);
    if (!value) return reply.status(422).view('danger.njk', { problems, topic: carried(body) });
    const { danger, topic } = value;
    if (danger === 'immediate') return this.stop({ danger, classified: 'no' }, reply);
    return reply.view('classified.njk', { danger, topic });
  }

  @Post('start/classified')
  @HttpCode(200)
  async afterClassified(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const { value, problems } = tryCheck(ClassifiedDto, body, reply);
    if (!value) return reply.status(422).view('classified.njk', { danger: 'none', topic: carried(body), problems });
    const { topic, ...gates } = value;
    if (gates.classified !== 'no') return this.stop({ ...gates }, reply);
    await this.drafts.begin(request, reply, { answers: topic ? { ...gates, topic } : gates });
    return reply.redirect('/questions/relationship', 303);
  }

  @Get('questions/:question')
  async question(
    @Param('question') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const question = known(name);
    const draft = await this.drafts.open(request, reply);
    if (!draft) return reply.redirect('/start', 303);
    return reply.view('question.njk', this.page(question, draft.answers, reply));
  }

  @Post('questions/:question')
  @HttpCode(200)
  async answer(
    @Param('question') name: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const question = known(name);
    const draft = await this.drafts.open(request, reply);
    if (!draft) return reply.redirect('/start', 303);
    const { value, problems } = tryCheck(AnswerDto, body, reply);
    if (!value || !this.isAnswer(question, value.answer)) {
      const wrong = problems ?? tryCheck(AnswerDto, {}, reply).problems;
      return reply.status(422).view('question.njk', { ...this.page(question, draft.answers, reply), problems: wrong });
    }
    const answers = answered(draft.answers, question, value.answer);
    await this.drafts.put(request, reply, { answers });
    const next = questionAfter(question, answers);
    return reply.redirect(next ? `/questions/${next}` : afterQuestions(answers), 303);
  }

  @Get('decision')
  async decision(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const draft = await this.drafts.open(request, reply);
    if (!draft) return reply.redirect('/start', 303);
    return reply.view('decision.njk', await this.crossroads.page(draft, requestText(reply).lang));
  }

  @Post('decision')
  @HttpCode(200)
  async choose(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const draft = await this.drafts.open(request, reply);
    if (!draft) return reply.redirect('/start', 303);
    const { value, problems } = tryCheck(ChoiceDto, body, reply);
    const page = await this.crossroads.page(draft, requestText(reply).lang);
    if (!value) return reply.status(422).view('decision.njk', { ...page, problems });
    const chosen = this.crossroads.chosen(draft, value);
    const wrong = await this.crossroads.problemsOf(chosen);
    if (wrong) {
      // As they ticked it, with what is wrong beside it.
      const again = await this.crossroads.page({ ...draft, ...chosen }, requestText(reply).lang).catch(() => page);
      return reply.status(422).view('decision.njk', { ...again, problems: pageProblems(wrong, requestText(reply).t) });
    }
    await this.drafts.put(request, reply, chosen);
    return reply.redirect(AFTER[page.path][value.way], 303);
  }

  /** Whether routing takes a code; the two gates are passed by now. */
  private isAnswer(question: Question, code: string): boolean {
    try {
      this.routing.parse({ danger: 'none', classified: 'no', [question]: code });
      return true;
    } catch (error) {
      if (error instanceof Invalid) return false;
      throw error;
    }
  }

  private stop(facets: Readonly<Record<string, string>>, reply: FastifyReply): FastifyReply {
    const decision = this.routing.decide(this.routing.parse(facets), requestText(reply).lang);
    const bodies = [decision.destination, ...decision.alternatives].flatMap((found) => {
      const entry = found && this.routing.directory.get(found.id);
      return entry ? [{ name: found.name, website: entry.website }] : [];
    });
    return reply.view('stop.njk', { danger: facets.danger === 'immediate', decision, bodies });
  }

  private page(question: Question, answers: Readonly<Record<string, string | undefined>>, reply: FastifyReply): object {
    const before = questionBefore(question, answers);
    return {
      question,
      groups: choicesOf(this.routing, question, requestText(reply)),
      given: answers[question],
      suggest: suggestionsFor(this.suggestable, question, requestText(reply).lang),
      back: before ? `/questions/${before}` : '/start',
    };
  }
}

/** What a form of the gates carries along, if it is what they carry. */
function carried(body: unknown): AfterSpeakingUp | undefined {
  const { topic } = (body ?? {}) as { readonly topic?: unknown };
  return AFTER_SPEAKING_UP.find((one) => one === topic);
}

function known(name: string): Question {
  if (!isQuestion(name)) throw new NotFound();
  return name;
}
