/*
 * Runs as a worker beside the page, which stays as quick as it was: looks for the text that solves a puzzle of the server
 * (`src/web/puzzles.ts`) and says it.
 */
const BATCH = 512;

interface Puzzle {
  readonly challenge: string;
  readonly bits: number;
}

addEventListener('message', ({ data }: MessageEvent<Puzzle>) => {
  void solve(data).then((text) => {
    postMessage(text);
  });
});

async function solve({ challenge, bits }: Puzzle): Promise<string> {
  for (let from = 0; ; from += BATCH) {
    const texts = Array.from({ length: BATCH }, (_, n) => (from + n).toString(36));
    const found = await Promise.all(texts.map(async (text) => hasZeroBits(`${challenge}:${text}`, bits)));
    const at = found.indexOf(true);
    if (at !== -1) return texts[at] ?? '';
  }
}

async function hasZeroBits(text: string, bits: number): Promise<boolean> {
  const hash = new DataView(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Math.clz32(hash.getUint32(0)) >= bits;
}

export {};
