import { Global, Injectable, Module } from '@nestjs/common';

const PATIENCE = 2_000;

/** What must work before this process may be given work. */
@Injectable()
export class HealthChecks {
  private readonly checks = new Map<string, () => Promise<unknown>>();

  /** Adds a check by its name, a code; it fails by rejecting, or by taking longer than two seconds. */
  add(name: string, check: () => Promise<unknown>): void {
    this.checks.set(name, check);
  }

  /** Runs all checks at once; returns the names of those that failed. */
  async failing(): Promise<string[]> {
    const names = await Promise.all(
      [...this.checks].map(async ([name, check]) => ((await works(check)) ? [] : [name])),
    );
    return names.flat();
  }
}

async function works(check: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, PATIENCE, false);
  });
  const done = check().then(
    () => true,
    () => false,
  );
  const result = await Promise.race([done, late]);
  clearTimeout(timer);
  return result;
}

@Global()
@Module({ providers: [HealthChecks], exports: [HealthChecks] })
export class HealthModule {}
