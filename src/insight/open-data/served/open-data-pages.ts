import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../../../../config/settings.js';
import { requestText } from '../../../web/views.js';
import { asMarkup } from '../../charts/as-markup.js';
import { barChart } from '../../charts/bar-chart.js';
import type { Catalogue, PublishedRelease } from '../catalogue/published-release.js';
import { publisherOf } from '../publisher.js';
import { revision } from '../release-url.js';
import { KeptPages } from './kept-pages.js';
import { PublishedReleases } from './published-releases.js';
import { readJsonStat } from './read-json-stat.js';

/** Bars of one picture; its table and its files have all. */
const MOST_BARS = 12;

/** Puts open data before people, out of the published files and nothing else. */
@Injectable()
export class OpenDataPages {
  /* A published release never changes, and its pictures take a while to draw. */
  private readonly kept = new KeptPages<object>();

  constructor(
    private readonly releases: PublishedReleases,
    private readonly settings: Settings,
  ) {}

  /** All that was published, as catalogues and the feed tell of it. */
  async catalogue(): Promise<Catalogue> {
    return {
      publisher: publisherOf(this.settings),
      baseUrl: this.settings.publicOrigin,
      releases: await this.releases.newest(),
    };
  }

  /** The datasets with their releases, the newest first. */
  async datasets(reply: FastifyReply): Promise<object> {
    const { lang } = requestText(reply);
    const releases = await this.releases.newest();
    return {
      datasets: this.releases.all().map(({ id, title, description, tables, cap }) => ({
        ...{ id, description, cap, tables: tables.length },
        title: title[lang] ?? title.en,
        releases: releases
          .filter(({ dataset }) => dataset.id === id)
          .sort((a, b) => b.period.text.localeCompare(a.period.text) || b.number - a.number)
          .map((release) => ({
            name: `${release.period.text} ${revision(release.number)}`,
            path: pathOf(release),
            on: release.releasedOn,
          })),
      })),
    };
  }

  /**
   * One release: every table as a picture and a table, and its files.
   *
   * @param name its revision, `r1`
   * @throws {NotFound} where there is none, or it was not published
   */
  release(dataset: string, period: string, name: string, reply: FastifyReply): Promise<object> {
    const text = requestText(reply);
    return this.kept.get([dataset, period, name, text.lang].join('/'), async () =>
      this.made(await this.releases.release(dataset, period, name), text),
    );
  }

  private async made(release: PublishedRelease, { t, lang }: ReturnType<typeof requestText>): Promise<object> {
    const { dataset, period, number, releasedOn, files } = release;
    const tables = [];
    for (const spec of dataset.tables) {
      const { body } = await this.releases.file(dataset.id, period.text, revision(number), `${spec.name}.json`);
      const figures = readJsonStat(body);
      const bars = [...figures.bars].sort((a, b) => b.value - a.value);
      const isLong = bars.length > MOST_BARS;
      tables.push({
        id: spec.name,
        title: spec.title[lang] ?? spec.title.en,
        meaning: spec.meaning,
        margin: figures.margin,
        isLong,
        columns: figures.columns,
        cells: figures.cells,
        svg: asMarkup(
          barChart({
            id: spec.name,
            title: spec.title[lang] ?? spec.title.en,
            description: t('openData.seeTable'),
            language: lang,
            nothing: t('openData.nothing'),
            unit: t('openData.unit', { margin: figures.summedMargin }),
            bars: isLong ? bars.slice(0, MOST_BARS) : figures.bars,
            suppressed: '',
          }),
        ),
      });
    }
    return {
      title: dataset.title[lang] ?? dataset.title.en,
      description: dataset.description,
      name: `${period.text} ${revision(number)}`,
      path: pathOf(release),
      releasedOn,
      tables,
      files: files.map(({ name, bytes, sha256 }) => ({ name, size: sizeOf(bytes), sha256 })),
    };
  }
}

function pathOf({ dataset, period, number }: PublishedRelease): string {
  return `/open-data/v1/${dataset.id}/${period.text}/${revision(number)}`;
}

function sizeOf(bytes: number): string {
  return bytes < 1024 ? `${bytes.toString()} B` : `${(bytes / 1024).toFixed(1)} KiB`;
}
