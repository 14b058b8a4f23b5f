import { sealNote } from '../../src/cases/seal-words.js';
import type { Answer } from '../cases/desk.js';
import type { AtDesk } from '../cases/handing-on.js';
import { fetchSealed } from '../cases/sealed-cases.js';
import { sealedReply, type AnyCase } from '../cases/splitting.js';
import { support } from './support.js';

/** What of a step is not sealed. */
interface Facts {
  readonly receivedOn?: string;
  readonly orally?: boolean;
  readonly asked?: boolean;
  readonly expectedOn?: string;
  readonly actions?: readonly string[];
  readonly reason?: string;
  readonly discloserConsultedOn?: string;
  readonly recipientConsultedOn?: string;
}

/** Words of a step: to the person, or as a note for the desk. */
type Words = { readonly tells: string } | { readonly notes: string } | null;

/** What an officer's browser sends to take a step. */
export async function sealedStep(
  by: AtDesk,
  of: AnyCase,
  number: number,
  words: Words,
  facts: Facts = {},
): Promise<object> {
  const step = { id: crypto.randomUUID(), number, ...facts };
  if (words === null) return step;
  if ('tells' in words) return { ...step, item: await sealedReply(by, of, words.tells) };
  const keys = await by.keys();
  const { sealed, opened } = await fetchSealed(by.client, of.id, keys);
  return { ...step, ...(await sealNote(sealed, opened, keys.signing, words.notes)) };
}

/** Sends a step as it was sealed. */
export function sendStep(by: AtDesk, { id }: AnyCase, kind: string, step: object): Promise<Answer> {
  return by.client.post(`/staff/api/cases/${id}/duties/${kind}`, step);
}

/** One officer takes the steps of one disclosure, each with the number that comes next. */
export class StepsOf {
  private taken = 0;

  constructor(
    readonly by: AtDesk,
    readonly of: AnyCase,
    /** The day on which it lay there. */
    private readonly lodgedOn: string,
  ) {}

  acknowledge(more: Facts = {}, words: Words = null): Promise<Answer> {
    return this.take('acknowledge', words, { receivedOn: this.lodgedOn, orally: false, ...more });
  }

  consider(): Promise<Answer> {
    return this.take('consider', { notes: 'It warrants investigation: there are receipts.' });
  }

  askElsewhere(): Promise<Answer> {
    return this.take('elsewhere', { tells: 'Have you told anybody else, and what came of it?' }, { asked: true });
  }

  noteElsewhere(): Promise<Answer> {
    return this.take('elsewhere', { notes: 'They wrote that they told nobody.' }, { asked: false });
  }

  async firstThree(): Promise<void> {
    for (const answer of [await this.acknowledge(), await this.consider(), await this.askElsewhere()]) {
      if (answer.status !== 204) throw new Error(answer.text);
    }
  }

  extend(expectedOn: string): Promise<Answer> {
    return this.take('extend', { tells: 'There are many papers to read.' }, { expectedOn });
  }

  update(): Promise<Answer> {
    return this.take('update', { tells: 'We have read half of them.' });
  }

  deal(actions: readonly string[] = ['investigating'], reason?: string, more: Facts = {}): Promise<Answer> {
    return this.take('deal', null, { actions, ...(reason === undefined ? {} : { reason }), ...more });
  }

  inform(): Promise<Answer> {
    return this.take('inform', { tells: 'We investigated it, because the receipts were forged.' });
  }

  /** The risk and a plan for support, without which no disclosure is closed. */
  support(): Promise<void> {
    return support(this.by, this.of);
  }

  /** @param kind of wrongdoing, where whoever closes it says so */
  close(kind?: string): Promise<Answer> {
    return this.by.client.submit(`/staff/cases/${this.of.id}/duties/close`, kind === undefined ? {} : { kind });
  }

  async reopen(): Promise<Answer> {
    const answer = await this.by.client.submit(`/staff/cases/${this.of.id}/duties/reopen`);
    if (answer.status === 303) this.taken += 1;
    return answer;
  }

  private async take(kind: string, words: Words, facts: Facts = {}): Promise<Answer> {
    const answer = await sendStep(
      this.by,
      this.of,
      kind,
      await sealedStep(this.by, this.of, this.taken + 1, words, facts),
    );
    if (answer.status === 204) this.taken += 1;
    return answer;
  }
}
