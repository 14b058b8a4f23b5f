import type { BenchStand, Found } from './bench-stand.js';
export function benchInbox(stand: BenchStand): Promise<Found> {
  return Promise.resolve({ met: false, ratio: 0, stand });
}
