/** What the server sets (`src/web/puzzles.ts`). */
export interface Puzzle {
  readonly challenge: string;
  readonly bits: number;
}

/**
 * Solves a puzzle in a worker, and tells the person meanwhile why it takes a moment.
 *
 * @returns what the server wants to see
 */
export async function solve(puzzle: Puzzle): Promise<string> {
  const told = document.querySelector<HTMLElement>('#busy');
  const script = told?.dataset.worker;
  if (!told || script === undefined) throw new Error('This page has nothing to solve a puzzle with.');
  told.textContent = told.dataset.text ?? '';
  const worker = new Worker(script, { type: 'module' });
  try {
    const text = await new Promise<string>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<string>) => {
        resolve(data);
      });
      worker.addEventListener('error', () => {
        reject(new Error('The puzzle could not be solved.'));
      });
      worker.postMessage(puzzle);
    });
    return `${puzzle.challenge}:${text}`;
  } finally {
    worker.terminate();
    told.textContent = '';
  }
}
