import { FACT_COLUMNS, MONTH_OF, recordKeyOf, stepOf } from '../../src/insight/counting/facts-of-cases.js';

const MOVED = {
  asked: `(c.asked_agency <> c.first_agency)`,
  second: '(c.second_agency IS NOT NULL)',
  third: '(c.third_agency IS NOT NULL)',
} as const;

const list = (...parts: string[]): string => `array_remove(ARRAY[${parts.join(', ')}], NULL)`;

const TOLD = list(
  'c.acknowledged_on',
  `CASE WHEN ${MOVED.second} THEN c.second_on END`,
  `CASE WHEN ${MOVED.third} THEN c.third_on END`,
  'c.closed_on',
);

/**
 * SQL: puts into `figure_facts` how the complaints of the table `lives` stand, straight from how they were made up: what
 * counting would have come to, without any of what it counts from. Parameters: $1 and $2 are the pads of the record key.
 */
export const INSERT_FACTS = `
  INSERT INTO figure_facts (case_id, ${FACT_COLUMNS.join(', ')})
  SELECT c.id, ${recordKeyOf('c.id')}, ${MONTH_OF('c.lodged_on')}, c.first_agency, c.last_agency, c.topic, c.channel, c.stage,
         CASE WHEN c.acknowledged_on IS NULL THEN 'open' ELSE ${stepOf('acknowledged.number - lodged.number', 'acknowledged')} END,
         CASE WHEN c.closed_on IS NULL THEN 'open' WHEN c.closed_on <= c.lodged_on + 28 THEN 'in_time' ELSE 'late' END,
         -- What the triage desk hands on does not count.
         ((${MOVED.second} AND c.first_agency <> 'triage')::int + ${MOVED.third}::int)::text,
         CASE WHEN c.third_agency = c.first_agency THEN 'yes' ELSE 'no' END,
         ${list(
           `CASE WHEN ${MOVED.second} THEN ${MONTH_OF('c.second_on')} || ' ' || c.first_agency || ' ' || c.second_agency END`,
           `CASE WHEN ${MOVED.third} THEN ${MONTH_OF('c.third_on')} || ' ' || c.second_agency || ' ' || c.third_agency END`,
         )},
         ${list(
           `CASE WHEN ${MOVED.asked} THEN ${MONTH_OF('c.lodged_on + 1')} || ' ' || c.asked_agency
                 || CASE WHEN c.lodged_on + 8 <= current_date THEN ' declined' ELSE ' waiting' END END`,
           `CASE WHEN ${MOVED.second} THEN ${MONTH_OF('c.lodged_on')} || ' ' || c.second_agency || ' accepted' END`,
           `CASE WHEN ${MOVED.third} THEN ${MONTH_OF('c.second_on')} || ' ' || c.third_agency || ' accepted' END`,
         )},
         ${MONTH_OF(`greatest(CASE WHEN ${MOVED.asked} THEN CASE WHEN c.lodged_on + 8 <= current_date THEN c.lodged_on + 8
                                                                ELSE c.lodged_on + 1 END END,
                              CASE WHEN ${MOVED.second} THEN c.second_on END, CASE WHEN ${MOVED.third} THEN c.third_on END)`)},
         c.closed_on IS NULL OR c.taken_up_again, ${MONTH_OF('c.closed_on')},
         CASE WHEN c.closed_on IS NOT NULL THEN c.last_agency END,
         CASE WHEN c.closed_on IS NOT NULL THEN CASE WHEN c.taken_up_again THEN 'taken_up_again' ELSE c.outcome END END,
         CASE WHEN c.closed_on IS NOT NULL THEN ${stepOf('closed.number - lodged.number', 'resolved')} END,
         CASE WHEN c.closed_on IS NULL THEN NULL WHEN c.closed_on <= c.lodged_on + 31 THEN 'not_due'
              WHEN (SELECT max(w.waited)
                      FROM (SELECT t.day - lag(t.day, 1, c.lodged_on) OVER (ORDER BY t.day) AS waited
                              FROM unnest(${TOLD}) t (day) WHERE t.day <= c.closed_on) w) <= 31
              THEN 'monthly' ELSE 'longer' END
    FROM lives c
    LEFT JOIN working_day_numbers lodged ON lodged.day = c.lodged_on
    LEFT JOIN working_day_numbers acknowledged ON acknowledged.day = c.acknowledged_on
    LEFT JOIN working_day_numbers closed ON closed.day = c.closed_on`;
