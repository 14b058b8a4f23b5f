import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { hashOfLeaf, verifyConsistency, verifyInclusion } from '../vault/merkle-proofs.js';
import { CompactRange } from './compact-range.js';
import { EMPTY_ROOT, leafHash, MerkleTree, nodeHash, type Hash } from './merkle.js';
import { storedConsistencyPath, storedInclusionPath, storedRoot, type ReadNodes } from './stored-paths.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

// The definition of RFC 6962, section 2.1, written out word by word with another hash call, to hold the rest against.
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
function treeHash(data: readonly Uint8Array[]): Buffer {
  const [only] = data;
  if (!only) return createHash('sha256').digest();
  if (data.length === 1) return createHash('sha256').update(Buffer.of(0)).update(only).digest();
  const k = split(data.length);
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(treeHash(data.slice(0, k)))
    .update(treeHash(data.slice(k)))
    .digest();
}
function path(m: number, data: readonly Uint8Array[]): Buffer[] {
  if (data.length <= 1) return [];
  const k = split(data.length);
  return m < k
    ? [...path(m, data.slice(0, k)), treeHash(data.slice(k))]
    : [...path(m - k, data.slice(k)), treeHash(data.slice(0, k))];
}
function subproof(m: number, data: readonly Uint8Array[], known: boolean): Buffer[] {
  if (m === data.length) return known ? [] : [treeHash(data)];
  const k = split(data.length);
  return m <= k
    ? [...subproof(m, data.slice(0, k), known), treeHash(data.slice(k))]
    : [...subproof(m - k, data.slice(k), false), treeHash(data.slice(0, k))];
}

// The eight leaves and the roots published with Certificate Transparency (merkle_tree_test of its reference code).
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  bytes,
);
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const datas = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 });
const treeOf = (data: readonly Uint8Array[]): MerkleTree => new MerkleTree(data.map(leafHash));
const random32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('the published vectors of Certificate Transparency', () => {
  it.each(ROOTS.map((root, size) => ({ size, root })))('give the root of $size leaves', ({ size, root }) => {
    const hashes = LEAVES.slice(0, size).map(leafHash);
    expect(hex(new MerkleTree(hashes).root)).toBe(root);
    expect(hex(CompactRange.EMPTY.append(hashes).root())).toBe(root);
  });

  it('give the inclusion paths', () => {
    expect(treeOf(LEAVES).inclusionPath(0).map(hex)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(treeOf(LEAVES).inclusionPath(5).map(hex)).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
    expect(treeOf(LEAVES.slice(0, 3)).inclusionPath(2).map(hex)).toEqual([
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    ]);
  });

  it('give the consistency paths', () => {
    expect(treeOf(LEAVES).consistencyPath(1).map(hex)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(treeOf(LEAVES).consistencyPath(6).map(hex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });
});

describe('a tree', () => {
  it('has the root and the paths that RFC 6962 defines', () => {
    fc.assert(
      fc.property(datas, (data) => {
        const tree = treeOf(data);
        expect(hex(tree.root)).toBe(hex(treeHash(data)));
        for (let i = 0; i < data.length; i += 1) {
          expect(tree.inclusionPath(i).map(hex)).toEqual(path(i, data).map(hex));
          expect(tree.consistencyPath(i + 1).map(hex)).toEqual(subproof(i + 1, data, true).map(hex));
        }
      }),
    );
  });

  it('proves every leaf, and no other leaf, position, size or root', async () => {
    await fc.assert(
      fc.asyncProperty(datas, fc.nat(), random32, fc.nat(140), async (data, seed, other, size) => {
        fc.pre(data.length > 0);
        const tree = treeOf(data);
        const index = seed % data.length;
        const leaf = leafHash(data[index] ?? other);
        const proof = { leafHash: leaf, index, size: tree.size, path: tree.inclusionPath(index), root: tree.root };
        expect(await verifyInclusion(proof)).toBe(true);
        expect(await verifyInclusion({ ...proof, leafHash: other })).toBe(false);
        expect(await verifyInclusion({ ...proof, root: other })).toBe(false);
        expect(await verifyInclusion({ ...proof, path: [...proof.path, other] })).toBe(false);
        expect(await verifyInclusion({ ...proof, index: -1 })).toBe(false);
        expect(await verifyInclusion({ ...proof, index: tree.size })).toBe(false);
        expect(await verifyInclusion({ ...proof, index: Number.NaN })).toBe(false);
        if (proof.path.length > 0) expect(await verifyInclusion({ ...proof, path: proof.path.slice(1) })).toBe(false);
        for (let i = 0; i < tree.size; i += 1) {
          if (hex(leafHash(data[i] ?? other)) !== hex(leaf))
            expect(await verifyInclusion({ ...proof, index: i })).toBe(false);
        }
        // A path of another length than the claimed size asks for can never fit.
        if (depth(index, size) !== proof.path.length) expect(await verifyInclusion({ ...proof, size })).toBe(false);
      }),
    );
  });

  it('proves every earlier tree, and no other past', async () => {
    await fc.assert(
      fc.asyncProperty(datas, fc.nat(), random32, async (data, seed, other) => {
        const tree = treeOf(data);
        const earlierSize = seed % (data.length + 1);
        const earlierRoot = treeOf(data.slice(0, earlierSize)).root;
        const proof = {
          earlierSize,
          earlierRoot,
          size: tree.size,
          root: tree.root,
          path: tree.consistencyPath(earlierSize),
        };
        expect(await verifyConsistency(proof)).toBe(true);
        expect(await verifyConsistency({ ...proof, earlierRoot: other })).toBe(false);
        if (earlierSize > 0) expect(await verifyConsistency({ ...proof, root: other })).toBe(false);
        expect(await verifyConsistency({ ...proof, path: [...proof.path, other] })).toBe(false);
        expect(await verifyConsistency({ ...proof, earlierSize: tree.size + 1 })).toBe(false);
        for (let i = 0; i < proof.path.length; i += 1) {
          expect(await verifyConsistency({ ...proof, path: proof.path.with(i, other) })).toBe(false);
          expect(await verifyConsistency({ ...proof, path: proof.path.toSpliced(i, 1) })).toBe(false);
        }
      }),
    );
  });

  it('has no path for a leaf or an earlier tree that it does not have', () => {
    const tree = treeOf(LEAVES.slice(0, 3));
    for (const index of [-1, 3, 0.5, Number.NaN]) expect(() => tree.inclusionPath(index)).toThrow(RangeError);
    for (const size of [-1, 4, 0.5, Number.NaN]) expect(() => tree.consistencyPath(size)).toThrow(RangeError);
  });

  it('never takes a leaf for an inner node', () => {
    const [a, b] = [leafHash(bytes('01')), leafHash(bytes('02'))];
    expect(hex(leafHash(Buffer.concat([a, b])))).not.toBe(hex(nodeHash(a, b)));
  });

  it('hashes its leaves in a browser as it does in Node', async () => {
    for (const leaf of LEAVES) expect(hex(await hashOfLeaf(leaf))).toBe(hex(leafHash(leaf)));
  });
});

describe('a stored tree', () => {
  it('gives the root and the paths of RFC 6962 at every size it ever had', async () => {
    await fc.assert(
      fc.asyncProperty(datas, fc.nat(), async (data, seed) => {
        const { read } = store(data);
        const size = seed % (data.length + 1);
        const then = data.slice(0, size);
        expect(hex(await storedRoot(size, read))).toBe(hex(treeHash(then)));
        for (let i = 0; i < size; i += 1) {
          expect((await storedInclusionPath(i, size, read)).map(hex)).toEqual(path(i, then).map(hex));
          expect((await storedConsistencyPath(i + 1, size, read)).map(hex)).toEqual(
            subproof(i + 1, then, true).map(hex),
          );
        }
        expect(await storedConsistencyPath(0, size, read)).toEqual([]);
      }),
    );
  });

  it('is asked for no more than three nodes for each doubling of its size', async () => {
    const data = Array.from({ length: 3_000 }, (_, i) => Uint8Array.of(i % 256, Math.floor(i / 256)));
    for (const size of [2, 3, 1_023, 1_024, 1_025, 2_047, 3_000]) {
      for (const at of [1, Math.ceil(size / 3), size - 1]) {
        const [inclusion, consistency] = [store(data), store(data)];
        await storedInclusionPath(at, size, inclusion.read);
        await storedConsistencyPath(at, size, consistency.read);
        const most = 3 * Math.ceil(Math.log2(size));
        expect(inclusion.asked()).toBeLessThanOrEqual(most);
        expect(consistency.asked()).toBeLessThanOrEqual(most);
      }
    }
  });

  it('has no path for a leaf or an earlier tree that it does not have', async () => {
    const { read } = store(LEAVES.slice(0, 3));
    for (const at of [-1, 3, 0.5, Number.NaN]) {
      await expect(storedInclusionPath(at, 3, read)).rejects.toThrow(RangeError);
    }
    for (const size of [-1, 4, 0.5, Number.NaN]) {
      await expect(storedConsistencyPath(size, 3, read)).rejects.toThrow(RangeError);
    }
  });
});

describe('a compact range', () => {
  it('has the root of the tree, however the leaves were portioned and however often it was stored in between', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 20 }), { maxLength: 12 }),
        (portions) => {
          let range = CompactRange.EMPTY;
          for (const portion of portions) {
            range = range.append(portion.map(leafHash));
            range = CompactRange.fromBytes(range.size, range.toBytes());
          }
          expect(range.size).toBe(portions.flat().length);
          expect(hex(range.root())).toBe(hex(treeHash(portions.flat())));
        },
      ),
    );
  });

  it('stays as it was when something is appended', () => {
    const range = CompactRange.EMPTY.append(LEAVES.slice(0, 3).map(leafHash));
    range.append(LEAVES.map(leafHash));
    expect([range.size, hex(range.root())]).toEqual([3, ROOTS[3]]);
    expect(hex(CompactRange.EMPTY.root())).toBe(hex(EMPTY_ROOT));
  });

  it('is refused where the bytes do not belong to the size', () => {
    const three: Hash = CompactRange.EMPTY.append(LEAVES.slice(0, 3).map(leafHash)).toBytes();
    for (const size of [0, 1, 2, 4, 7, -1, 1.5]) expect(() => CompactRange.fromBytes(size, three)).toThrow(RangeError);
    expect(() => CompactRange.fromBytes(3, three.subarray(1))).toThrow(RangeError);
  });
});

/** What a log stores: its leaves, and each inner node once it is complete. */
function store(data: readonly Uint8Array[]): { read: ReadNodes; asked: () => number } {
  const nodes = new Map<string, Hash>(data.map((leaf, i) => [`0.${i.toString()}`, leafHash(leaf)]));
  CompactRange.EMPTY.append(data.map(leafHash), ({ level, index }, hash) => {
    nodes.set(`${level.toString()}.${index.toString()}`, hash);
  });
  let asked = 0;
  const read: ReadNodes = (wanted) => {
    asked += wanted.length;
    const hashes = wanted.map(({ level, index }) => nodes.get(`${level.toString()}.${index.toString()}`));
    if (hashes.includes(undefined)) throw new Error('asked for a node that is not complete');
    return Promise.resolve(hashes as Hash[]);
  };
  return { read, asked: () => asked };
}

function depth(index: number, size: number): number {
  if (index >= size) return -1;
  if (size <= 1) return 0;
  const k = split(size);
  return 1 + (index < k ? depth(index, k) : depth(index - k, size - k));
}
