import { loadDirectory } from '../../src/agencies/directory.js';
import { loadFacetCatalogue } from '../../src/routing/facets.js';

/** What is made. */
export interface MadeWorld {
  /** How many complaints. */
  readonly count: number;
  /** How many agencies of the directory they go to, beside the triage desk; the first ones get most. */
  readonly agencies: number;
  /** Months they spread over, up to and with the current one. */
  readonly months: number;
  /** 0 to 1: the same one makes the same world, but for ids. */
  readonly seed: number;
}

/** Runs SQL on one connection of the owner of the tables, always the same. */
export type OneConnection = (sql: string, values?: unknown[]) => Promise<unknown>;

const DESK = 'triage';

/* A wait of so many days on average, as waits are: most are short and some are long. */
const waited = (mean: number, chance: string): string => `floor(-${mean.toString()} * ln(1 - ${chance}))::int`;

/**
 * Makes up how complaints went, one row each, in the temporary table `lives` of the connection: in the order of their days,
 * more in winter and more each year. Few agencies get most of them, each has topics of its own that most of its complaints
 * are about, some came by the triage desk, and agencies hand on to their neighbours, who may hand back. Nothing happens
 * after today: what was to come is open still.
 */
export async function makeLives(query: OneConnection, { count, agencies, months, seed }: MadeWorld): Promise<void> {
  const ids = loadDirectory()
    .all()
    .map(({ id }) => id)
    .filter((id) => id !== DESK)
    .slice(0, agencies);
  const topics = [...loadFacetCatalogue().codes('topic').keys()];
  await query('INSERT INTO agencies (id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [[...ids, DESK]]);
  await query('SELECT setseed($1)', [seed]);
  // A quarter of the days is taken at least, and nearly half of them all.
  await query(
    `CREATE TEMPORARY TABLE days AS
     SELECT day FROM (
       SELECT first + floor(span * random())::int AS day, span, first, random() AS chance
         FROM (SELECT first, current_date - first + 1 AS span
                 FROM (SELECT (date_trunc('month', current_date) - make_interval(months => $1::int - 1))::date AS first) f) w,
              generate_series(1, 4 * $2::int)) d
      WHERE chance < (0.5 + 0.12 * cos((extract(month FROM day)::float8 - 7) * pi() / 6)) * (0.8 + 0.2 * (day - first) / span)
      LIMIT $2`,
    [months, count],
  );
  await query(
    `CREATE TEMPORARY TABLE lives AS
     WITH thrown AS MATERIALIZED (
       SELECT row_number() OVER (ORDER BY day) AS n, gen_random_uuid() AS id, day AS lodged_on,
              floor(cardinality($1::text[]) * power(random(), 2.5))::int AS at, random() < 0.06 AS by_desk,
              power(random(), 3) AS t, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e, random() AS f,
              random() AS g, random() AS h
         FROM days),
     walked AS (
       SELECT *, CASE WHEN by_desk THEN '${DESK}' ELSE ($1::text[])[1 + at] END AS first_agency,
              CASE WHEN by_desk THEN ($1::text[])[1 + at]
                   WHEN e < 0.1 THEN ($1::text[])[1 + (at + 1 + floor(6 * f * f)::int) % cardinality($1::text[])] END AS second,
              lodged_on + 1 + CASE WHEN by_desk THEN 0 ELSE ${waited(6, 'g')} END AS second_on FROM thrown),
     further AS (
       SELECT *, CASE WHEN second_on <= current_date THEN second END AS second_agency,
              -- A quarter of those who hand on again hand back.
              CASE WHEN g < 0.15 THEN CASE WHEN f < 0.25 AND NOT by_desk THEN first_agency
                                           ELSE ($1::text[])[1 + (at + 8 + floor(5 * f)::int) % cardinality($1::text[])] END END AS third,
              second_on + 3 + ${waited(6, 'h')} AS third_on FROM walked),
     handed AS (
       SELECT *, CASE WHEN third_on <= current_date AND third <> second_agency THEN third END AS third_agency FROM further),
     ended AS (
       SELECT *, coalesce(third_agency, second_agency, first_agency) AS last_agency,
              CASE WHEN c < 0.88 THEN greatest(lodged_on + 1 + ${waited(40, 'd')},
                                               CASE WHEN third_agency IS NOT NULL THEN third_on
                                                    WHEN second_agency IS NOT NULL THEN second_on END) END AS ends_on FROM handed)
     SELECT n, id, lodged_on, first_agency, second_agency, second_on, third_agency, third_on, last_agency,
            ($2::text[])[1 + (7 * at + floor(cardinality($2::text[]) * t)::int) % cardinality($2::text[])] AS topic,
            (ARRAY['not_raised', 'waiting', 'answered', 'unsafe'])[1 + floor(4 * b * b)::int] AS stage,
            (ARRAY['web', 'phone', 'in_person', 'letter', 'api'])[1 + floor(5 * a * a)::int] AS channel,
            CASE WHEN b < 0.93 AND lodged_on + ${waited(8, 'a')} <= current_date
                 THEN least(lodged_on + ${waited(8, 'a')}, CASE WHEN ends_on <= current_date THEN ends_on END) END AS acknowledged_on,
            CASE WHEN ends_on <= current_date THEN ends_on END AS closed_on, ends_on <= current_date AND h < 0.02 AS taken_up_again,
            (ARRAY['upheld', 'not_upheld', 'partly_upheld', 'resolved', 'no_power', 'withdrawn', 'duplicate'])[1 + floor(7 * h * h)::int]
              AS outcome,
            -- One in twenty-five was offered to somebody who said no, or has said nothing yet.
            CASE WHEN f > 0.96 AND lodged_on < current_date
                 THEN ($1::text[])[1 + (at + 2 + floor(20 * c)::int) % cardinality($1::text[])] END AS asked_agency
       FROM ended ORDER BY n`,
    [ids, topics],
  );
  await query('DROP TABLE days');
}
