const LONGEST_LINE = 8 * 1024 * 1024;

/** Cuts what arrives into lines, and gives up on a line without end. */
export class LineReader {
  private rest: Buffer[] = [];
  private length = 0;

  constructor(private readonly take: (line: string) => void) {}

  /** @returns false once a line is too long to be waited for */
  push(chunk: Buffer): boolean {
    let from = 0;
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, from)) {
      const line = Buffer.concat([...this.rest, chunk.subarray(from, at)]);
      this.rest = [];
      this.length = 0;
      from = at + 1;
      this.take(line.toString('utf8'));
    }
    const left = chunk.subarray(from);
    this.length += left.length;
    if (left.length > 0) this.rest.push(left);
    return this.length <= LONGEST_LINE;
  }
}
