import { describe, expect, it } from '@jest/globals';
import { AcknowledgementDto, NoteDto } from '../cases/sealed-words.dto.js';
import { check } from '../web/validation.js';
import { MessageDto } from './mailbox.dto.js';

const item = { id: '0b8f0f3e-3c0a-4c46-9d0c-6a3f6a1f6a10', jwe: 'e30..aaaa.bbbb.cccc' };
const TYPES = [
  ['an acknowledgement', AcknowledgementDto],
  ['a message', MessageDto],
] as const;

describe('a sealed item that may be left out', () => {
  it.each(TYPES)('is taken as one item or as none, in %s', (_in, type) => {
    expect(check<{ item?: unknown }>(type, { item }).item).toEqual(item);
    expect(check<{ item?: unknown }>(type, {}).item).toBeUndefined();
  });

  it.each(TYPES)('is no null and no list, in %s', (_in, type) => {
    for (const wrong of [null, [], [item], 'item', 7]) {
      expect(() => check<object>(type, { item: wrong })).toThrow(
        expect.objectContaining({ fields: expect.arrayContaining([expect.objectContaining({ field: 'item' })]) }),
      );
    }
  });
});

it('The first note brings one epoch with one grant or more', () => {
  const grant = { reader: 'a'.repeat(43), jwe: item.jwe };
  const desk = { record: 'e30.e30.e30', grants: [grant] };
  expect(check(NoteDto, { item, desk }).desk).toEqual(desk);
  for (const wrong of [null, [desk], { ...desk, grants: [] }, { ...desk, grants: grant }]) {
    expect(() => check(NoteDto, { item, desk: wrong })).toThrow();
  }
});
