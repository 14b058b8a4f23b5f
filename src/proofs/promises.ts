import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceKeys } from '../../config/service-keys.js';
import { leafHash, MerkleTree } from '../audit/merkle.js';
import { PROMISE_TYPE, type SignedPromise } from '../vault/proof-file.js';

interface Waiting {
  readonly commitment: string;
  readonly resolve: (promise: SignedPromise) => void;
  readonly reject: (reason: unknown) => void;
}

/** One signature covers at most this many, which bounds the length of a path. */
const LARGEST_BATCH = 64;

/** Milliseconds from one signature to the next. */
const PACE_MS = 20;

/**
 * Signs promises. An ES384 signature takes about a millisecond of a core, so those that arrive within a few milliseconds
 * of one share the next; alone, a promise waits for nobody.
 */
@Injectable()
export class Promises {
  private waiting: Waiting[] = [];
  private signing = false;
  private nextAt = 0;

  constructor(private readonly keys: ServiceKeys) {}

  sign(commitment: string): Promise<SignedPromise> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ commitment, resolve, reject });
      if (!this.signing) void this.signWaiting();
    });
  }

  private async signWaiting(): Promise<void> {
    this.signing = true;
    while (this.waiting.length > 0) {
      const early = this.nextAt - performance.now();
      if (early > 0) await sleep(early);
      this.nextAt = performance.now() + PACE_MS;
      const batch = this.waiting.splice(0, LARGEST_BATCH);
      try {
        await this.signBatch(batch);
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    this.signing = false;
  }

  private async signBatch(batch: readonly Waiting[]): Promise<void> {
    const tree = new MerkleTree(batch.map(({ commitment }) => leafHash(Buffer.from(commitment, 'base64url'))));
    const head = { root: Buffer.from(tree.root).toString('base64url'), size: tree.size };
    const signature = await this.keys.proofs.sign(head, { typ: PROMISE_TYPE });
    batch.forEach(({ commitment, resolve }, index) => {
      const path = tree.inclusionPath(index).map((hash) => Buffer.from(hash).toString('base64url'));
      resolve({ commitment, index, size: tree.size, path, signature });
    });
  }
}
