/** Most pages that are kept: some years of releases, in each language. */
const MOST = 24;

/** Pages of what never changes, as they were made once. The oldest go first where there are too many. */
export class KeptPages<T> {
  private readonly pages = new Map<string, T>();

  /** @param most that are kept */
  constructor(private readonly most = MOST) {}

  /**
   * A page. Two who ask at the same moment may have it made twice.
   *
   * @param key all that the page depends on
   * @param make asked for where it is not kept; where that throws, nothing is kept
   */
  async get(key: string, make: () => Promise<T>): Promise<T> {
    const kept = this.pages.get(key);
    if (kept !== undefined) return kept;
    const page = await make();
    this.pages.set(key, page);
    const [oldest] = this.pages.keys();
    if (this.pages.size > this.most && oldest !== undefined) this.pages.delete(oldest);
    return page;
  }
}
