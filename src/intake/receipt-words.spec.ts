import { describe, expect, it } from '@jest/globals';
import { loadDirectory } from '../agencies/directory.js';
import { Translations } from '../web/translations.js';
import { receiptWords, type ReceiptWords, type Way } from './receipt-words.js';

const directory = loadDirectory();
const translations = new Translations();
const MSD = 'Ministry of Social Development (Work and Income)';

function words(way: Partial<Way>, lang: 'en' | 'mi' = 'en'): ReceiptWords {
  const direct = { path: 'complaint', delivery: 'direct', destination: 'msd', agency: 'msd' } as const;
  return receiptWords({ ...direct, ...way }, directory, { t: translations.in(lang), lang });
}

describe('a receipt', () => {
  it('names who has the case, and who is meant where that is another', () => {
    const desk = { delivery: 'triage_desk', agency: 'triage' } as const;
    expect(words({}).goesTo).toBe(`It goes to: ${MSD}.`);
    expect(words(desk).goesTo).toBe(`First it goes to: The triage desk. They pass it on to: ${MSD}.`);
    expect(words({ ...desk, destination: 'triage' }).goesTo).toBe(
      'First it goes to: The triage desk. They work out where it belongs.',
    );
  });

  it('names it in the language of the page', () => {
    expect(words({}, 'mi').goesTo).toContain('Te Manatū Whakahiato Ora');
  });

  it('says by what right an answer is due: our aim, the agency’s own, or what the law says a receiver should do', () => {
    expect(words({}).basis).toBe('This is our aim, not a legal limit.');
    expect(words({ destination: 'oranga_tamariki', agency: 'oranga_tamariki' }).basis).toBe(
      'That is the time Oranga Tamariki - Ministry for Children itself aims for, not a legal limit.',
    );
    const disclosure = words({ path: 'disclosure', destination: 'ombudsman', agency: 'ombudsman' });
    expect(disclosure.due).toMatch(/what they are doing, or how long they need/);
    expect(disclosure.basis).toContain('the law says');
  });

  it('states no date as law where a disclosure lies with the desk', () => {
    const { due, basis } = words({ path: 'disclosure', delivery: 'triage_desk', agency: 'triage' });
    expect({ due, basis }).toEqual({
      due: 'You should have an answer by:',
      basis: 'This is our aim, not a legal limit.',
    });
  });
});
