import { auditSampler, type SamplerAudit } from './audit-sampler.js';
import { totalMinusOrdinary } from './disclosure-attack.js';
import type { Finding } from './finding.js';
import { mechanisms } from './mechanisms.js';
import { menuAttacks } from './menu-attacks.js';
import { falseAlarms, queryAttacks } from './query-attacks.js';
import { reconstruct, type Reconstruction } from './reconstruct.js';
import { releaseAttacks } from './release-attacks.js';
import { rewriteRelease, type Rewritten } from './rewrite-release.js';
import { FAULTY, provenByFloats, sound, type Release } from './samplers.js';
import { Seeded, seededDraws, World } from './world.js';

/** How much of everything: more takes longer, and leaves less to chance. */
export interface Sizes {
  readonly complaints: number;
  /** Of each attack on figures that can be asked for. */
  readonly asked: number;
  /** Of each attack on tables that are drawn once. */
  readonly drawn: number;
  /** Of the audit of a sampler. */
  readonly audited: number;
  readonly months: number;
  /** Cells that reconstruction looks at for certainty: where cubes have it, and where it is to compare with. */
  readonly looked: number;
  readonly lookedToCompare: number;
}

export interface Report {
  readonly findings: readonly Finding[];
  /** The share of pairs without a case behind the difference of which equality spoke, by mechanism. */
  readonly equalityFalseAlarms: Readonly<Record<string, number>>;
  readonly reconstructions: readonly Reconstruction[];
  readonly rewritten: Rewritten;
  readonly sound: SamplerAudit;
  readonly faulty: readonly SamplerAudit[];
  /** The share of outcomes that prove a case where noise is floating point and not rounded. */
  readonly provenByFloats: number;
}

/**
 * Attacks all that is published, and what it is compared with. All of it comes out the same each time, but for the audit of
 * samplers: that of ours draws from the system, as releases do.
 *
 * @param tell is told in words how far reconstruction is, which takes longest
 */
export async function attackAll(sizes: Sizes, tell: (words: string) => void = () => undefined): Promise<Report> {
  const random = new Seeded('attack');
  const world = new World(random, sizes.complaints);
  const all = mechanisms(random.bytes(32));
  const findings = all.flatMap((mechanism) => [
    ...queryAttacks(world, mechanism, sizes.asked),
    ...menuAttacks(random, mechanism, Math.ceil(sizes.asked / 4)),
    totalMinusOrdinary(world, mechanism, sizes.asked),
  ]);
  const reconstructions: Reconstruction[] = [];
  for (const threeWay of [false, true]) {
    for (const mechanism of all) {
      const looked = mechanism.name === 'cell key' ? sizes.looked : sizes.lookedToCompare;
      reconstructions.push(await reconstruct(world.cases, mechanism, { months: sizes.months, looked, threeWay }, tell));
    }
  }
  return {
    findings: [...findings, ...releaseAttacks(random, seededDraws('releases'), sizes.drawn)],
    equalityFalseAlarms: Object.fromEntries(all.map((each) => [each.name, falseAlarms(world, each, sizes.asked)])),
    reconstructions,
    rewritten: rewriteRelease(seededDraws('rewritten')),
    sound: auditSampler('the one in use', sound, sizes.audited),
    faulty: Object.entries(FAULTY).map(([name, release]) => catchFault(name, release, sizes.audited)),
    provenByFloats: provenByFloats(),
  };
}

/** Most faults show in a tenth of the draws; only what is not caught by those is looked at as closely as ours. */
function catchFault(name: string, release: Release, trials: number): SamplerAudit {
  const first = auditSampler(name, release, trials / 10);
  return first.caught ? first : auditSampler(name, release, trials);
}
