import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import { Directory } from '../../agencies/directory.js';
import { staffFrame } from '../../agencies/staff-frame.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { NotFound } from '../../web/errors.js';
import { asMarkup } from '../charts/as-markup.js';
import { ALL_AGENCIES } from '../cubes/cubes.js';
import { LEARNING_KINDS } from '../learning/learning-action.entity.js';
import { PAGES, type Looked } from './figures.service.js';
import { written } from './panel.js';

/** Puts a page of figures before people: as a page, and each table as a file. */
@Injectable()
export class FiguresPages {
  constructor(private readonly directory: Directory) {}

  page(actor: StaffActor, looked: Looked): object {
    const { words, question, standing, panels } = looked;
    const named = (id: string): string => (id === ALL_AGENCIES ? words.say('columns.all') : words.agency(id));
    return {
      ...staffFrame(this.directory, actor, words.lang),
      page: looked.page,
      pages: Object.keys(PAGES),
      standing,
      month: question.until.slice(0, 7),
      agency: question.agency,
      monthName: words.month(question.until),
      whose: named(question.agency),
      months: looked.months.map((month) => ({ value: month.slice(0, 7), text: words.month(month) })),
      agencies: looked.agencies
        .map((id) => ({ value: id, text: named(id) }))
        .sort(
          (a, b) => Number(b.value === ALL_AGENCIES) - Number(a.value === ALL_AGENCIES) || a.text.localeCompare(b.text),
        ),
      panels: panels.map((panel) => ({
        ...panel,
        svg: asMarkup(panel.draw()),
        rows: panel.rows.map((row) => row.map((cell) => written(cell, words.say('hidden')))),
      })),
      topics: looked.topics
        .map((code) => ({ value: code, text: words.code('topic', code) }))
        .filter(({ value }) => value !== 'unknown'),
      kinds: LEARNING_KINDS,
      learnt:
        looked.learnt?.map((row) => ({
          ...row,
          what: words.code('topic', row.topic),
          monthName: words.month(row.month),
        })) ?? null,
    };
  }

  /**
   * One table of a page as CSV (RFC 4180).
   *
   * @throws {NotFound} where the page has no such table
   */
  csv({ panels }: Looked, id: string): string {
    const panel = panels.find((one) => one.id === id);
    if (!panel) throw new NotFound();
    const rows = panel.rows.map((row) => row.map((cell) => written(cell, '')));
    // What a spreadsheet would take for a formula is marked as a text.
    return stringify([[...panel.columns], ...rows], {
      escape_formulas: true,
      record_delimiter: 'windows',
    });
  }
}
