import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Directory } from '../../agencies/directory.js';
import { staffFrame } from '../../agencies/staff-frame.js';
import { TIMED_ACTIONS } from '../../audit/audit-actions.js';
import { REFUSED, type FoundEntry } from '../../audit/search-entries.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { requestText } from '../../web/views.js';
import type { LogQuery } from './log.dto.js';
import type { LogPage } from './read-log.service.js';

/** Puts entries of the log into words. */
@Injectable()
export class LogPages {
  constructor(private readonly directory: Directory) {}

  page(actor: StaffActor, query: LogQuery, found: LogPage, reply: FastifyReply): object {
    const { t, lang } = requestText(reply);
    const moment = new Intl.DateTimeFormat(`${lang}-NZ`, {
      timeZone: 'Pacific/Auckland',
      dateStyle: 'medium',
      timeStyle: 'medium',
    });
    const names = new Map(found.people.map(({ id, name }) => [id, name]));
    const who = ({ actorKind, actorId }: FoundEntry): string =>
      actorKind === 'system' ? t('log.system') : (names.get(actorId) ?? t('log.elsewhere'));
    return {
      ...staffFrame(this.directory, actor, lang),
      query,
      ofAll: found.ofAll,
      people: found.people,
      agencies: found.ofAll
        ? this.directory.all().map(({ id }) => ({ id, name: this.directory.nameOf(id, lang) }))
        : [],
      actions: [REFUSED, ...TIMED_ACTIONS].map((code) => ({ code, text: inWords(code, t) })),
      entries: found.entries.map((entry) => ({
        at: moment.format(entry.happenedAt),
        who: who(entry),
        staffId: entry.actorKind === 'staff' ? entry.actorId : null,
        agency: entry.agencyId === null ? '' : this.directory.nameOf(entry.agencyId, lang),
        did: inWords(entry.action, t),
        // Only a code in words already; an id says nothing to a person.
        code: entry.action,
        reference: entry.caseId === null ? null : (found.references.get(entry.caseId) ?? null),
      })),
      next: found.next === null ? null : address(query, { after: found.next }),
      first: query.after === undefined ? null : address(query, { after: '' }),
      of: (staff: string) => address({}, { staff }),
    };
  }
}

/** An action of the log in words, or its code where nothing is known of it. */
export function inWords(code: string, t: (key: string) => string): string {
  const key = `log.actions.${code.replaceAll('.', '_')}`;
  const words = t(key);
  if (words !== key) return words;
  return code.startsWith(`${REFUSED}.`) ? t('log.actions.refused') : code;
}

function address(query: Partial<LogQuery>, change: Readonly<Record<string, string>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of [...Object.entries(query), ...Object.entries(change)]) {
    if (typeof value === 'string') given.set(name, value);
  }
  return `/staff/audit?${given.toString()}`;
}
