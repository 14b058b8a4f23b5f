import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Directory } from '../agencies/directory.js';
import { requestText } from '../web/views.js';
import { findingSentences, namesIn } from './finding-sentences.js';
import { Proofs } from './proofs.service.js';

/** The page on which anybody checks a proof. The keys come with it, and from then on it needs nobody. */
@Controller('proof')
export class ProofPageController {
  constructor(
    private readonly proofs: Proofs,
    private readonly directory: Directory,
  ) {}

  @Get()
  page(@Res() reply: FastifyReply): FastifyReply {
    const { t, lang } = requestText(reply);
    const given = {
      keys: this.proofs.published(),
      sentences: findingSentences(t),
      names: namesIn(this.directory, lang),
    };
    return reply.view('proof.njk', { given });
  }
}
