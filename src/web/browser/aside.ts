import { dayInAuckland } from '../day.js';

/*
 * What was put aside in this browser, sealed, until a day. The name it lies under says nothing, and what is past its day is
 * deleted by whichever page of ours looks first.
 */
const PLACE = 'state';
const DAY = 86_400_000;

/** For how many days something may lie here. */
const DAYS = 14;
/** How many things may lie here. */
const MOST = 3;

/** One thing put aside. */
export interface Aside {
  readonly id: string;
  /** The last day of it, `YYYY-MM-DD`. */
  readonly until: string;
  readonly sealed: string;
}

/** Everything that lies here and is not past its day; whatever else lay here is deleted. @throws where nothing may lie here */
export function asides(): readonly Aside[] {
  const found = localStorage.getItem(PLACE);
  if (found === null) return [];
  const all = parsed(found);
  const today = dayInAuckland();
  const kept = all.filter(({ until }) => until >= today);
  if (kept.length < all.length || kept.length === 0) keep(kept);
  return kept;
}

/**
 * Puts something aside, in the place of what had the same id.
 *
 * @returns the last day on which it is kept; null where as many lie here as may
 * @throws where nothing may lie here
 */
export function putAside(id: string, sealed: string): string | null {
  const others = asides().filter((one) => one.id !== id);
  if (others.length >= MOST) return null;
  const until = dayInAuckland(new Date(Date.now() + DAYS * DAY));
  keep([...others, { id, until, sealed }]);
  return until;
}

/** Deletes one. */
export function letGo(id: string): void {
  keep(asides().filter((one) => one.id !== id));
}

/** Deletes everything that lies here. */
export function letGoOfAll(): void {
  localStorage.removeItem(PLACE);
}

function keep(all: readonly Aside[]): void {
  if (all.length === 0) letGoOfAll();
  else localStorage.setItem(PLACE, JSON.stringify(all));
}

function parsed(text: string): readonly Aside[] {
  try {
    const all: unknown = JSON.parse(text);
    return Array.isArray(all) ? all.filter(isAside) : [];
  } catch {
    return [];
  }
}

function isAside(value: unknown): value is Aside {
  const { id, until, sealed } = (value ?? {}) as Partial<Record<keyof Aside, unknown>>;
  return [id, until, sealed].every((text) => typeof text === 'string');
}
