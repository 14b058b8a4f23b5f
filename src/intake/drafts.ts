import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SealedSessions } from '../web/sealed-sessions.js';
import type { Answers } from './journey.js';

const NAME = 'draft';

/** What a journey has gathered: codes only. No word of what happened is ever in it. */
export interface Draft {
  readonly answers: Answers;
  readonly destination?: string;
  readonly delivery?: 'triage_desk';
  /** Kids of those whom the person leaves out. */
  readonly excluded?: readonly string[];
  /** It was sent. What is left serves only to answer the same form the same way. */
  readonly lodged?: true;
}

/** Journeys under way, for thirty minutes, sealed under keys that only the travellers' cookies hold. */
@Injectable()
export class Drafts {
  constructor(private readonly sessions: SealedSessions) {}

  async get(request: FastifyRequest): Promise<Draft | null> {
    return (await this.sessions.get(request, NAME)) as Draft | null;
  }

  /** The draft of a page. One that was sent is dropped, so that the next person at this computer finds nothing of it. */
  async open(request: FastifyRequest, reply: FastifyReply): Promise<Draft | null> {
    const draft = await this.get(request);
    if (!draft?.lodged) return draft;
    await this.drop(request, reply);
    return null;
  }

  /** Begins a draft, under a key of its own whatever cookie the browser came with: it may have been planted there. */
  async begin(request: FastifyRequest, reply: FastifyReply, draft: Draft): Promise<void> {
    await this.drop(request, reply);
    await this.sessions.putNew(reply, NAME, draft);
  }

  put(request: FastifyRequest, reply: FastifyReply, draft: Draft): Promise<void> {
    return this.sessions.put(request, reply, NAME, draft);
  }

  drop(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.sessions.drop(request, reply, NAME);
  }
}
