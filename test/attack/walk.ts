import { randomUUID } from 'node:crypto';
import type { Answer, Sent } from './caller.js';
import { ROUTES, type RouteEntry } from './route-table.js';
import type { Things } from './scene.js';

/** A route of the table, taken apart. */
export interface Route extends RouteEntry {
  readonly name: string;
  readonly method: string;
  readonly pattern: string;
}

/** Every route there is, in the order of the table. */
export const EVERY_ROUTE: readonly Route[] = Object.entries(ROUTES).map(([name, entry]) => {
  const [method = '', pattern = ''] = name.split(' ');
  return { ...entry, name, method, pattern };
});

/** The path with ids in it: those of the scene, or others that nothing has. */
export function pathOf({ pattern, place }: Route, ids: Things): string {
  const named = pattern
    .replace(/\/cases\/:id/, `/cases/${ids.complaint}`)
    .replace(/\/referrals\/:id/, `/referrals/${ids.referral}`)
    .replace(/\/lead\/:id/, `/lead/${ids.review}`)
    .replace(/\/dead-letters\/:id/, `/dead-letters/${ids.letter}`)
    .replace(/\/delegations\/:id/, `/delegations/${ids.delegation}`)
    .replace(/\/role-changes\/:id/, `/role-changes/${ids.change}`)
    .replace(/\/asked-invitations\/:id/, `/asked-invitations/${ids.asked}`)
    .replace(/\/sessions\/:id/, `/sessions/${ids.session}`)
    .replace(/:linkId/, ids.link)
    .replace(/:wallId/, ids.wall)
    .replace(/:staffId/, ids.person);
  const path = Object.entries(place ?? {}).reduce((so, [name, value]) => so.replace(name, value), named);
  if (path.includes(':')) throw new Error(`Say in the table what stands for the parameters of ${pattern}.`);
  return path;
}

/** What a page of ours would send there. */
export function sendingOf(route: Route, ids: Things): Sent {
  if (route.method === 'GET') return {};
  return asSent(
    route,
    JSON.parse(JSON.stringify(route.sends ?? {}).replace(/":staffId"/, `"${ids.person}"`)) as object,
  );
}

/** A body as that route takes one: JSON for a call, the fields of a form for a page. */
export function asSent({ pattern }: Route, body: object): Sent {
  return pattern.includes('/api/') ? { json: body } : { form: { ...(body as Record<string, string>) } };
}

/** The route as whoever may ask it does: what is for everybody of a kind is asked with anything in its place. */
export function asked(route: Route): Route {
  return typeof route.may === 'string' ? withAny(route) : route;
}

/** Parameters that stand for no thing of the scene may be anything here. */
export function withAny(route: Route): Route {
  const place = Object.fromEntries((route.pattern.match(/:\w+/g) ?? []).map((name) => [name, name.slice(1)]));
  return { ...route, place: { ...place, ...route.place } };
}

/** Ids of the right form that nothing has. */
export function noThings(things: Things): Things {
  return Object.fromEntries(Object.keys(things).map((name) => [name, randomUUID()])) as unknown as Things;
}

const OF_EVERY_ANSWER = ['date', 'content-length', 'connection', 'keep-alive'];

/** What can be told from an answer: its status, headers and body, without what is new in every answer. */
export function told({ status, headers, body }: Answer): object {
  const kept = Object.entries(headers).filter(([name]) => !OF_EVERY_ANSWER.includes(name));
  const plain = body
    .replace(/"correlation":"[0-9a-f]+"/, '')
    .replace(/name="csrf-token" content="[^"]+"/, '')
    .replace(/back=[^"]*/g, '');
  return { status, headers: Object.fromEntries(kept), body: plain };
}
