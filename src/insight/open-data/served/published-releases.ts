import { Injectable } from '@nestjs/common';
import { Database } from '../../../../config/database.js';
import { loadFacetCatalogue } from '../../../routing/facets.js';
import { NotFound } from '../../../web/errors.js';
import type { PublishedRelease } from '../catalogue/published-release.js';
import { declareDatasets } from '../datasets.js';
import { parsePeriod } from '../periods.js';
import type { DatasetId, DatasetSpec } from '../table-spec.js';

/** Most releases that the catalogue and the feed tell of: the newest. */
const MOST = 500;

interface StoredRelease {
  readonly dataset: DatasetId;
  readonly period: string;
  readonly number: number;
  readonly releasedOn: string;
  readonly files: readonly { name: string; mediaType: string; bytes: number; sha256: string }[];
}

/** A file as it is sent. */
export interface StoredFile {
  readonly mediaType: string;
  /** In hexadecimal digits. */
  readonly sha256: string;
  readonly body: Buffer;
}

const PUBLIC = { kind: 'public' } as const;

const RELEASES = `
  SELECT r.dataset, r.period, r.number, to_char(r.published_on, 'YYYY-MM-DD') AS "releasedOn",
         (SELECT json_agg(json_build_object('name', f.name, 'mediaType', f.media_type, 'bytes', f.bytes, 'sha256', f.sha256)
                          ORDER BY f.name) FROM open_data_files f WHERE f.release_id = r.id) AS files
    FROM open_data_releases r WHERE r.state = 'published'`;

/** What anybody may have: releases that were published, as they lie in the database. Nothing else is seen by who asks. */
@Injectable()
export class PublishedReleases {
  private readonly datasets = declareDatasets(loadFacetCatalogue());

  constructor(private readonly database: Database) {}

  /** The datasets there are, whether or not anything of them was published. */
  all(): readonly DatasetSpec[] {
    return Object.values(this.datasets);
  }

  /** The newest releases of all datasets. */
  async newest(): Promise<readonly PublishedRelease[]> {
    const found = await this.read(`${RELEASES} ORDER BY r.published_on DESC, r.period DESC, r.number DESC LIMIT $1`, [
      MOST,
    ]);
    return found.map((one) => this.described(one));
  }

  /**
   * One release.
   *
   * @throws {NotFound} where there is none, or it was not published
   */
  async release(dataset: string, period: string, revision: string): Promise<PublishedRelease> {
    requireNames({ dataset, period });
    const [found] = await this.read(`${RELEASES} AND r.dataset = $1 AND r.period = $2 AND r.number = $3`, [
      dataset,
      period,
      numberOf(revision),
    ]);
    if (!found) throw new NotFound();
    return this.described(found);
  }

  /**
   * The last release of a dataset, or of one period of it.
   *
   * @throws {NotFound} where nothing was published
   */
  async last(dataset: string, period?: string): Promise<PublishedRelease> {
    requireNames({ dataset, ...(period === undefined ? {} : { period }) });
    const [found] = await this.read(
      `${RELEASES} AND r.dataset = $1 AND ($2::text IS NULL OR r.period = $2) ORDER BY r.period DESC, r.number DESC LIMIT 1`,
      [dataset, period ?? null],
    );
    if (!found) throw new NotFound();
    return this.described(found);
  }

  /**
   * A file of a release.
   *
   * @throws {NotFound} where there is none
   */
  async file(dataset: string, period: string, revision: string, name: string): Promise<StoredFile> {
    requireNames({ dataset, period, file: name });
    const [file] = await this.database.asActor(PUBLIC, (manager) =>
      manager.query<StoredFile[]>(
        `SELECT f.media_type AS "mediaType", f.sha256, f.body FROM open_data_files f JOIN open_data_releases r ON r.id = f.release_id
          WHERE r.dataset = $1 AND r.period = $2 AND r.number = $3 AND f.name = $4 AND r.state = 'published'`,
        [dataset, period, numberOf(revision), name],
      ),
    );
    if (!file) throw new NotFound();
    return file;
  }

  private read(sql: string, values: readonly unknown[]): Promise<StoredRelease[]> {
    return this.database.asActor(PUBLIC, (manager) => manager.query<StoredRelease[]>(sql, [...values]));
  }

  private described({ dataset, period, ...rest }: StoredRelease): PublishedRelease {
    return { ...rest, dataset: this.datasets[dataset], period: parsePeriod(period) };
  }
}

/* Anything else is no name of ours, and may be what a database cannot take. */
const NAMES = { dataset: /^[a-z]{1,20}$/, period: /^\d{4}(?:-Q[1-4])?$/, file: /^[\w.-]{1,100}$/ } as const;

/** @throws {NotFound} for what cannot be the name of a dataset, a period or a file */
function requireNames(names: Partial<Record<keyof typeof NAMES, string>>): void {
  for (const [kind, pattern] of Object.entries(NAMES)) {
    const name = names[kind as keyof typeof NAMES];
    if (name !== undefined && !pattern.test(name)) throw new NotFound();
  }
}

/** @throws {NotFound} for what is no `r1`, `r2` and so on */
function numberOf(revision: string): number {
  if (!/^r[1-9]\d{0,5}$/.test(revision)) throw new NotFound();
  return Number(revision.slice(1));
}
