import { Injectable } from '@nestjs/common';

/**
 * The agencies that oversee how others keep to the law on disclosures. Whoever has the directory enters them when it starts;
 * until then there are none.
 */
@Injectable()
export class OverseeingAgencies {
  readonly #ids = new Set<string>();

  add(...ids: readonly string[]): void {
    for (const id of ids) this.#ids.add(id);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }
}
