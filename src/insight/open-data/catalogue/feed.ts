import { catalogueUrl, releaseUrl, revision } from '../release-url.js';
import { asMoment, byDataset, inOrder, type Catalogue, type PublishedRelease } from './published-release.js';

/** Where there is no release yet, a feed still needs a moment (RFC 4287 § 4.1.1). */
const BEFORE_ANY = '2026-01-01';
/** What XML 1.0 § 2.2 has no way to write: controls, halves of surrogate pairs, and two that are no characters. */
const NO_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // Left as it is, a reader would take it for the end of a line (XML 1.0 § 2.11).
  '\r': '&#13;',
};

/** Atom feed of all releases (RFC 4287), the newest first. Its media type is `application/atom+xml`. */
export function releaseFeed(catalogue: Catalogue): string {
  const { baseUrl, publisher, releases } = catalogue;
  const newest = byDataset(releases)
    .flatMap(inOrder)
    .toReversed()
    .toSorted((a, b) => Date.parse(b.releasedOn) - Date.parse(a.releasedOn));
  const feed = catalogueUrl(baseUrl, 'releases.atom');
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-NZ">',
    `  <id>${escapeXml(feed)}</id>`,
    '  <title>OneDoor open data: releases</title>',
    `  <updated>${asMoment(newest[0]?.releasedOn ?? BEFORE_ANY)}</updated>`,
    `  <author><name>${escapeXml(publisher.name)}</name><email>${escapeXml(publisher.contactEmail)}</email></author>`,
    `  <link rel="self" type="application/atom+xml" href="${escapeXml(feed)}"/>`,
    `  <link rel="alternate" type="application/json" href="${escapeXml(catalogueUrl(baseUrl, 'data.json'))}"/>`,
    ...newest.flatMap((release) => entry(baseUrl, release)),
    '</feed>',
    '',
  ].join('\n');
}

function entry(baseUrl: string, { dataset, period, number, releasedOn }: PublishedRelease): string[] {
  const url = escapeXml(releaseUrl(baseUrl, { dataset: dataset.id, period: period.text, number }));
  const title = `${dataset.title.en}, ${period.text}, ${revision(number)}`;
  return [
    '  <entry>',
    `    <id>${url}</id>`,
    `    <title>${escapeXml(title)}</title>`,
    `    <updated>${asMoment(releasedOn)}</updated>`,
    `    <link rel="alternate" href="${url}"/>`,
    `    <category term="${dataset.id}"/>`,
    `    <summary>${escapeXml(dataset.description)}</summary>`,
    '  </entry>',
  ];
}

function escapeXml(text: string): string {
  return text.replace(NO_CHARACTER, '\uFFFD').replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? '');
}
