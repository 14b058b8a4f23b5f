import type { AuditSource } from './audit-source.js';
import { same, type Hash } from './merkle.js';
import type { TreeNode } from './stored-paths.js';

/** Leaves after which the nodes above them are looked at. */
const PAGE = 5_000;

/** Holds the stored inner nodes against those of a tree that is built again, a page of leaves at a time. */
export class CheckedNodes {
  /** Level and place of the first that are wrong. */
  readonly wrong: string[] = [];
  private readonly expected = new Map<string, Hash>();
  constructor(
    private readonly source: AuditSource,
    private readonly most: number,
    private checked: number,
  ) {}

  /** To be told of each inner node of the tree that is built again. */
  readonly completed = ({ level, index }: TreeNode, hash: Hash): void => {
    this.expected.set(`${level.toString()}.${index.toString()}`, hash);
  };

  /** Looks at what is due; `size` is how many leaves there are by now. */
  async check(size: number): Promise<void> {
    if (size - this.checked >= PAGE) await this.compare(size);
  }

  /** Looks at the rest, and for nodes that this tree cannot have. */
  async finish(size: number): Promise<void> {
    await this.compare(size);
    for (const { level, place } of await this.source.strayNodes(size, this.most)) {
      this.blame(`${level.toString()}.${place}`);
    }
  }

  private async compare(size: number): Promise<void> {
    for (const { level, place, hash } of await this.source.nodes(this.checked, size)) {
      const name = `${level.toString()}.${place}`;
      const expected = this.expected.get(name);
      if (expected && same(expected, hash)) this.expected.delete(name);
    }
    for (const name of this.expected.keys()) this.blame(name);
    this.expected.clear();
    this.checked = size;
  }

  private blame(name: string): void {
    if (this.wrong.length < this.most) this.wrong.push(name);
  }
}
