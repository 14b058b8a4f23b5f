import { doubtIn, requireAdded, requireLoggedKids } from '../../agencies/browser/proved-readers.js';
import { READS } from '../../vault/key-log.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, elementOf, say } from '../../web/browser/page.js';
import type { Share } from '../../vault/consent.js';
import type { MailboxCase, MailboxReferral } from '../mailbox-side.js';
import type { OpenSide } from '../open-side.js';
import { signReferralConsent } from '../sign-consent.js';
import type { MailboxLine } from './mailbox-line.js';

/** The mailbox's case as it is open now, or a part of it. */
export interface AtHand {
  readonly line: MailboxLine;
  readonly stored: MailboxCase;
  readonly side: OpenSide;
  /** Id of the part. */
  readonly part?: string;
}

/**
 * Lets the person answer what is asked about handing their case on. What they agree to is signed here, with a key that
 * the server does not have.
 *
 * @param atHand the mailbox as it is open when they answer
 * @param refresh looks again, and shows what there is now
 * @param prefix of the ids of a part
 */
export function enlivenAnswers(atHand: () => AtHand, refresh: () => Promise<void>, prefix = ''): void {
  for (const place of ['referral', 'unconfirmed']) {
    const form = elementOf(HTMLFormElement, `#${prefix}${place}-answer`);
    const progress = element('[data-slot=progress]', form);
    onAnswer(
      form,
      async (decision, id) => {
        progress.textContent = say('answering');
        try {
          await send(atHand(), id, decision);
          await refresh().catch(() => undefined);
          element('#done').textContent = '';
          const answered = element(`#${prefix}answered`);
          answered.textContent = say('answered');
          answered.hidden = false;
          answered.focus();
        } finally {
          progress.textContent = '';
        }
      },
      refresh,
    );
  }
  onAnswer(
    elementOf(HTMLFormElement, `#${prefix}retold`),
    async (_decision, id) => {
      await atHand().line.tellOfRetelling(id);
      await refresh().catch(() => undefined);
      element('[data-slot=counted]', element(`#${prefix}journey`)).textContent = say('counted');
    },
    refresh,
  );
}

async function send({ line, stored, side }: AtHand, id: string, decision: string): Promise<void> {
  if (decision === 'refuse') return line.refuse(id);
  if (decision === 'withdraw') return line.takeBack(id);
  const asked = [stored.referral, stored.unconfirmed].find((referral) => referral?.id === id);
  if (!asked) throw new ApiProblem(409, 'not_asked_now');
  await requireLoggedReaders(line, asked, decision === 'confirm');
  const share: Share = decision === 'agree' && asked.asksIdentity ? ['case', 'identity'] : ['case'];
  return line.agree(id, await signReferralConsent(side, asked, share));
}

/**
 * Checks that those who would read it are who the person is told they are. Who has the case already may have new keys since:
 * of the keys that it was given to it is enough that they were in the log.
 *
 * @throws {KeyDoubted}
 */
async function requireLoggedReaders(
  line: MailboxLine,
  { to: { id: agency }, readers: kids, whoReads }: MailboxReferral,
  isDone: boolean,
): Promise<void> {
  const uses = whoReads === null ? READS.complaint : READS.disclosure;
  if (isDone) await requireAdded({ proof: await line.addedProofOf(kids), agency, uses, kids });
  else await requireLoggedKids({ proof: await line.readersProofOf(agency), agency, uses, kids });
}

/** Runs an answer once at a time. Where it has moved on meanwhile, the page shows what there is now. */
function onAnswer(
  form: HTMLFormElement,
  work: (decision: string, id: string) => Promise<void>,
  refresh: () => Promise<void>,
): void {
  const told = element('[data-slot=told]', form);
  const tell = (message: string): void => {
    told.textContent = message;
    told.hidden = message === '';
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.ariaBusy === 'true') return;
    form.ariaBusy = 'true';
    tell('');
    const decision = event.submitter instanceof HTMLButtonElement ? event.submitter.value : '';
    void work(decision, form.dataset.referral ?? '')
      .catch(async (error: unknown) => {
        const movedOn = error instanceof ApiProblem && (error.status === 409 || error.status === 404);
        if (movedOn) await refresh().catch(() => undefined);
        tell(doubtIn(error, element('#say').dataset) ?? say(movedOn ? 'changed' : 'notAnswered'));
      })
      .finally(() => {
        form.ariaBusy = 'false';
      });
  });
}
