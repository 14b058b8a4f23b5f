import { expect, it } from '@jest/globals';
import { dueSoon } from './key-age.js';

it('a key is due after twelve months, and said to be a month before', () => {
  expect(dueSoon('2025-12-10', '2026-11-09')).toBeNull();
  expect(dueSoon('2025-12-10', '2026-11-10')).toBe('2026-12-10');
  expect(dueSoon('2025-12-10', '2027-03-01')).toBe('2026-12-10');
  expect(dueSoon('2024-02-29', '2025-02-01')).toBe('2025-02-28');
  expect(dueSoon(null, '2026-11-10')).toBeNull();
});
