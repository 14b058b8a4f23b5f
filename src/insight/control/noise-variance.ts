/**
 * Variance of cell key perturbation, for each cell that is shown: what its table of noise was solved for (Thompson,
 * Broadfoot and Elazar 2013, Methodology for the Automatic Confidentialisation of Statistical Outputs; V = 3 here).
 */
export const cellKeyVariance = 3;

/**
 * Variance of the discrete Laplace distribution, 2e^-ε / (1 - e^-ε)², for each cell that is published (Canonne, Kamath
 * and Steinke 2020, The Discrete Gaussian for Differential Privacy, where it is compared with the Gaussian).
 *
 * @param epsilon of the table the cell is in, above 0
 * @throws RangeError when epsilon is 0, negative or no number
 */
export function laplaceVariance(epsilon: number): number {
  if (!(epsilon > 0)) throw new RangeError('An epsilon is above 0.');
  const q = Math.exp(-epsilon);
  return (2 * q) / (1 - q) ** 2;
}
