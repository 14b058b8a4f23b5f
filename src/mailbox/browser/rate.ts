import { ask } from '../../web/browser/ask.js';
import { element, elementOf, onSubmit, say } from '../../web/browser/page.js';
import { type BlindToken, drawToken, type RatingKey } from '../rating/blind-token.js';
import type { RatingMoment } from '../rating/rating-questions.js';
import type { MailboxLine } from './mailbox-line.js';

/** What is at hand when somebody answers. */
interface Asked {
  readonly line: MailboxLine;
  readonly stored: { readonly rating: RatingMoment | null };
}

/**
 * Gives the three questions their button. The mailbox has a token signed that it does not show; with the token, and without
 * anything of the mailbox, the answers go in a call of their own.
 */
export function enlivenRating(atHand: () => Asked): void {
  const form = elementOf(HTMLFormElement, '#rate');
  const told = element('#rated');
  // Drawn once for a moment: there is one signature for each, and it is asked for again where an answer was lost.
  let drawn: { readonly moment: RatingMoment; readonly token: BlindToken } | null = null;
  onSubmit('#rate', async () => {
    const { line, stored } = atHand();
    const answers = Object.fromEntries(new FormData(form));
    if (Object.keys(answers).length < form.querySelectorAll('fieldset').length) {
      told.textContent = say('ratingMissing');
      return;
    }
    if (stored.rating === null) return;
    told.textContent = say('ratingSending');
    try {
      const moment = stored.rating;
      if (drawn?.moment !== moment) {
        const { keys } = await ask<{ keys: RatingKey[] }>('/api/v1/keys');
        drawn = { moment, token: await drawToken(keys) };
      }
      const signed = await drawn.token.unblind(await line.signToken(moment, drawn.token.blinded));
      await ask('/api/v1/ratings', { method: 'POST', body: { ...signed, ...answers } });
      form.hidden = true;
      told.textContent = say('ratingSent');
    } catch {
      told.textContent = say('ratingFailed');
    }
  });
}

/** Shows the questions where they are asked. */
export function showRating({ rating }: Asked['stored']): void {
  if (rating === null) return;
  element('#rating').hidden = false;
}
