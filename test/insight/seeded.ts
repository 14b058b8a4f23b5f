/** Numbers from 0 up to 1 that are the same each time for a seed (mulberry32): for simulations that never flake. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A count of mean `mean`, Poisson; the mean is small enough for its e^-mean to be a number. */
export function poisson(random: () => number, mean: number): number {
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > least; product *= random()) count++;
  return count;
}

/** A count of mean `mean` whose variance is a whole number of times it: clusters of geometric size, Poisson many. */
export function clustered(random: () => number, mean: number, dispersion: number): number {
  const chance = 1 / dispersion;
  const clusters = poisson(random, (-mean * Math.log(chance)) / (dispersion - 1));
  let count = 0;
  for (let cluster = 0; cluster < clusters; cluster++) count += logarithmic(random, 1 - chance);
  return count;
}

/* A logarithmic series variate: Poisson many of them make a negative binomial. */
function logarithmic(random: () => number, p: number): number {
  let rest = random();
  let term = -p / Math.log(1 - p);
  for (let k = 1; ; k++) {
    if (rest < term || term < 1e-12) return k;
    rest -= term;
    term *= (p * k) / (k + 1);
  }
}

/** Discrete Laplace noise of an epsilon: the difference of two geometric counts. */
export function laplace(random: () => number, epsilon: number): number {
  const geometric = (): number => Math.floor(Math.log(1 - random()) / -epsilon);
  return geometric() - geometric();
}

/** Noise of mean 0 and variance 3, as a cell of the cubes has: as near to a normal one as a whole number can be. */
export function noiseOfCell(random: () => number): number {
  let sum = -18;
  for (let one = 0; one < 36; one++) sum += random();
  return Math.round(sum);
}

/** The month so many after January 2020, `YYYY-MM`. */
export function monthAt(place: number): string {
  return `${(2020 + Math.floor(place / 12)).toString()}-${((place % 12) + 1).toString().padStart(2, '0')}`;
}
