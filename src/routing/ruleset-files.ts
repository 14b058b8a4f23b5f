import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, Fields, readYaml } from '../agencies/data-file.js';
import type { Directory } from '../agencies/directory.js';
import type { FacetCatalogue } from './facets.js';
import type { Publication } from './in-force.js';
import { readRuleset } from './ruleset.js';
import type { Ruleset } from './ruleset.js';

/** A ruleset and its file. It is read and checked when it is first asked for: that takes half a second. */
export interface RulesetFile {
  readonly ruleset: Ruleset;
  readonly path: string;
  /** Of the file as it was read, in hex. */
  readonly sha256: string;
}

/** A ruleset's name: the day it was begun, and a number where there were several. */
export const RULESET_VERSION = /^\d{4}-\d{2}-\d{2}(?:-\d{1,3})?$/;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Finds every ruleset of a folder, published or not.
 *
 * @returns the rulesets by version, in the order of their names; asking for one throws DataError naming the file and the
 *   rule, where it cannot be used
 */
export function loadRulesetFiles(
  folder: string,
  directory: Directory,
  catalogue: FacetCatalogue,
): ReadonlyMap<string, RulesetFile> {
  const versions = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && RULESET_VERSION.test(name.slice(0, -5)))
    .map((name) => name.slice(0, -5))
    .sort();
  return new Map(
    versions.map((version) => {
      const path = join(folder, `${version}.yaml`);
      let read: Ruleset | undefined;
      const file: RulesetFile = {
        path,
        sha256: sha256Of(path),
        get ruleset() {
          return (read ??= readVersion(version, path, directory, catalogue));
        },
      };
      return [version, file];
    }),
  );
}

function readVersion(version: string, path: string, directory: Directory, catalogue: FacetCatalogue): Ruleset {
  const ruleset = readRuleset(readYaml(path), path, directory, catalogue);
  if (ruleset.version !== version) throw new DataError(`${path} says it is version ${ruleset.version}.`);
  return ruleset;
}

/** SHA-256 of a file as it lies there now, in hex. */
export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/**
 * Reads `published.yaml`, the list of what the project itself published, and holds each ruleset's file to it.
 *
 * @throws DataError naming the file that is missing or was changed after it was published
 */
export function loadBaseline(folder: string, files: ReadonlyMap<string, RulesetFile>): readonly Publication[] {
  const path = join(folder, 'published.yaml');
  const list = new Fields(readYaml(path), path, ['published']).list('published').map((each, index) => {
    const entry = new Fields(each, `${path}, entry ${(index + 1).toString()}`, ['version', 'from', 'sha256']);
    const publication = { version: entry.text('version'), from: entry.text('from') };
    if (!DAY.test(publication.from)) throw entry.refuse('needs a day such as 2026-11-22 under from');
    refuseChanged(files.get(publication.version), publication.version, entry.text('sha256'), folder);
    return publication;
  });
  if (list.length === 0) throw new DataError(`${path} names no ruleset.`);
  if (new Set(list.map(({ version }) => version)).size !== list.length) {
    throw new DataError(`${path} names a ruleset twice.`);
  }
  return list;
}

/**
 * Holds a ruleset's file to the hash it was published with.
 *
 * @throws DataError naming the file and both hashes
 */
export function refuseChanged(
  file: Pick<RulesetFile, 'path' | 'sha256'> | undefined,
  version: string,
  sha256: string,
  folder: string,
): void {
  if (!file) throw new DataError(`${join(folder, `${version}.yaml`)} is missing, although it was published.`);
  if (file.sha256 === sha256) return;
  throw new DataError(
    `${file.path} was changed after it was published: its SHA-256 is ${file.sha256}, published was ${sha256}. ` +
      'A published ruleset never changes: put it back, and give the change a version of its own.',
  );
}
