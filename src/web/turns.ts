/** One is let through each so many milliseconds: a place in the queue, not a share of the server. */
const PACE_MS = 250;
/** Who waits at most, in all and of one network; a browser does not wait for ever either. */
const MOST_WAITING = 200;
const MOST_OF_ONE = 40;

/**
 * The slower lane for those whose browser runs no script, and so can solve no puzzle: they wait for their turn, the
 * networks one after another, so that a crowd at one holds up nobody at another.
 */
export class Turns {
  /** Who waits, by network, the network whose turn is next first. */
  private readonly lanes = new Map<string, (() => void)[]>();
  private waiting = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly pace = PACE_MS) {}

  /** @returns once it is this one's turn: true; false at once where too many wait already */
  async wait(network: string): Promise<boolean> {
    const lane = this.lanes.get(network) ?? [];
    if (this.waiting >= MOST_WAITING || lane.length >= MOST_OF_ONE) return false;
    this.waiting++;
    this.lanes.set(network, lane);
    await new Promise<void>((resolve) => {
      lane.push(resolve);
      this.timer ??= setTimeout(() => {
        this.next();
      }, this.pace);
    });
    return true;
  }

  private next(): void {
    const [first] = this.lanes;
    this.timer = undefined;
    if (!first) return;
    const [network, lane] = first;
    this.lanes.delete(network);
    const turn = lane.shift();
    // To the end, behind the other networks.
    if (lane.length > 0) this.lanes.set(network, lane);
    this.waiting--;
    turn?.();
    if (this.waiting > 0) {
      this.timer = setTimeout(() => {
        this.next();
      }, this.pace);
    }
  }
}
