import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Directory } from '../../agencies/directory.js';
import { staffFrame } from '../../agencies/staff-frame.js';
import { DeskPages } from '../../cases/desk-pages.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { dayInWords } from '../../web/day.js';
import type { Language } from '../../web/translations.js';
import { requestText } from '../../web/views.js';
import type { AskPage, NamePage, Register, ReleaseInClear, ReleasePage } from './read-releases.js';
import { NOT_PRACTICABLE, RELEASE_GROUNDS } from './release-grounds.js';

/** Puts what was found of names and their releases into the words of the pages. */
@Injectable()
export class IdentityPages {
  constructor(
    private readonly directory: Directory,
    private readonly desk: DeskPages,
  ) {}

  name(actor: StaffActor, { read, releases, ...page }: NamePage, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      ...this.desk.ofCase(actor, read, reply),
      ...page,
      mayAsk: page.mayAsk && read.found.status !== 'closed',
      releases: releases.map((release) => inWords(release, lang)),
    };
  }

  ask(actor: StaffActor, { read, receivers, said }: AskPage, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      ...this.desk.ofCase(actor, read, reply),
      grounds: RELEASE_GROUNDS,
      whyNot: NOT_PRACTICABLE,
      receivers,
      said: said.map((item) => ({ ...item, madeOn: dayInWords(item.madeOn, lang) })),
    };
  }

  release(actor: StaffActor, { read, release, ...may }: ReleasePage, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return { ...this.desk.ofCase(actor, read, reply), ...may, release: inWords(release, lang) };
  }

  register(actor: StaffActor, { releases, next }: Register, after: string | undefined, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      ...staffFrame(this.directory, actor, lang),
      releases: releases.map((release) => inWords(release, lang)),
      next,
      after,
    };
  }
}

function inWords(release: ReleaseInClear, lang: Language): object {
  const day = (text: string | null): string | null => (text === null ? null : dayInWords(text, lang));
  const { askedOn, consultedOn, decidedOn, toldOn } = release;
  return {
    ...release,
    askedOn: day(askedOn),
    consultedOn: day(consultedOn),
    decidedOn: day(decidedOn),
    toldOn: day(toldOn),
    untold: release.state === 'approved' && toldOn === null,
  };
}
