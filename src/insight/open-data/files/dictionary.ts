import { writeCsv } from './csv.js';
import { columnsOf } from './columns.js';
import type { FilledTable } from './fill-table.js';
import { literally, markdownTable } from './markdown.js';
import type { Release } from './release.js';
import { textFile, type ReleaseFile } from './release-file.js';

const HEADER = ['table', 'column', 'type', 'code', 'label_en', 'label_mi', 'meaning'] as const;

/** The data dictionary to compute with: a row for every column, and one for every code. */
export function dictionaryCsv(tables: readonly FilledTable[]): ReleaseFile {
  const rows = tables.flatMap((table) =>
    columnsOf(table).flatMap(({ name, type, title, meaning, codes }) => [
      [table.spec.name, name, type, '', title.en, title.mi ?? '', meaning],
      ...codes.map(({ code, label, meaning: ofCode }) => {
        return [table.spec.name, name, type, code, label.en, label.mi ?? '', ofCode ?? ''];
      }),
    ]),
  );
  return textFile('dictionary.csv', 'text/csv', writeCsv([HEADER, ...rows]));
}

/** The data dictionary to read. */
export function dictionaryMarkdown(release: Release, tables: readonly FilledTable[]): ReleaseFile {
  const text = [
    `# ${literally(release.dataset.title.en)}, ${release.period.text}: data dictionary`,
    literally(release.dataset.description),
    'Codes are texts. Tell your spreadsheet so when you open a CSV, or it may take `6-10` for a date.',
    'Labels in te reo Māori are given where we have them.',
    ...tables.flatMap(describedTable),
  ].join('\n\n');
  return textFile('dictionary.md', 'text/markdown', `${text}\n`);
}

function describedTable(table: FilledTable): string[] {
  const columns = columnsOf(table);
  return [
    `## \`${table.spec.name}\`: ${literally(table.spec.title.en)}`,
    literally(table.spec.meaning),
    markdownTable(
      ['column', 'type', 'title', 'meaning'],
      columns.map(({ name, type, title, meaning }) => [`\`${name}\``, type, literally(title.en), literally(meaning)]),
    ),
    ...columns
      .filter(({ codes }) => codes.length > 0)
      .flatMap(({ name, codes }) => [
        `### Codes of \`${name}\` in \`${table.spec.name}\``,
        markdownTable(
          ['code', 'label', 'te reo Māori', 'meaning'],
          codes.map(({ code, label, meaning }) => [
            `\`${code}\``,
            literally(label.en),
            literally(label.mi ?? ''),
            literally(meaning ?? ''),
          ]),
        ),
      ]),
  ];
}
