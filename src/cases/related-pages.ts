import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Routing } from '../routing/routing.service.js';
import { dayInWords } from '../web/day.js';
import { requestText } from '../web/views.js';
import type { Related } from './read-related.js';

/** Puts what belongs to a case, and how it ended, into the words of its page. */
@Injectable()
export class RelatedPages {
  constructor(private readonly routing: Routing) {}

  /** For the case's own page. */
  onCase({ outcome, closedOn, whole, parts, links }: Related, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      related: {
        outcome,
        closedOn: closedOn === null ? null : dayInWords(closedOn, lang),
        whole,
        parts: parts.map((part) => ({ ...part, agency: this.routing.directory.nameOf(part.agencyId, lang) })),
        links: links.map((link) => ({ ...link, madeOn: dayInWords(link.madeOn, lang) })),
        openPart: parts.some(({ status }) => status !== 'closed'),
      },
    };
  }
}
