import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Invalid } from '../web/errors.js';
import { pageOf, readCursor, writeCursor } from './list-cursor.js';

const aDay = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe('the cursor of a list', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(aDay, fc.uuid(), (day, id) => {
        expect(readCursor(writeCursor({ day, id }))).toEqual({ day, id });
      }),
    );
  });

  it('is refused when it is anything else, and names the field', () => {
    const forged = (text: string): string => Buffer.from(text).toString('base64url');
    const id = '3f2a9d1c-0000-4000-8000-000000000000';
    const texts = [
      `2026-02-31~${id}`,
      `2026-13-01~${id}`,
      `2026-01-01~${id}' OR true`,
      `2026-01-01~x`,
      `0000-01-01~${id}`,
      '',
    ].map(forged);
    for (const text of [...texts, '', '%', `${writeCursor({ day: '2026-01-01', id })}=`]) {
      expect(() => readCursor(text)).toThrow(Invalid);
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (text) => {
        expect(() => readCursor(text)).toThrow(Invalid);
      }),
    );
  });
});

describe('a page of a list', () => {
  it('goes on where it ends, over every line once, and ends', () => {
    fc.assert(
      fc.property(fc.array(fc.uuid(), { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), (ids, most) => {
        const seen: string[] = [];
        for (let after: string | null = ''; after !== null;) {
          const from: number = after === '' ? 0 : ids.indexOf(readCursor(after).id, seen.length - 1) + 1;
          const page = pageOf(ids.slice(from, from + most + 1), most, (id) => ({ day: '2026-01-01', id }));
          seen.push(...page.rows);
          ({ after } = page);
        }
        expect(seen).toEqual(ids);
      }),
    );
  });
});
