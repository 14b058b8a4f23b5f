import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';

/** A statement as it went to PostgreSQL. */
export interface Statement {
  readonly name?: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Records every statement that this process sends to PostgreSQL while `work` runs, with its parameters. */
export async function recordStatements(work: () => Promise<void>): Promise<Statement[]> {
  const recorded: Statement[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the client it belongs to
  const { query } = pg.Client.prototype;
  const recording = function (this: pg.Client, ...given: unknown[]): unknown {
    const [first, second] = given;
    const config = (typeof first === 'string' ? { text: first } : first) as {
      name?: string;
      text: string;
      values?: unknown[];
    };
    const values = config.values ?? (Array.isArray(second) ? (second as unknown[]) : []);
    recorded.push({ name: config.name, text: config.text, values });
    return Reflect.apply(query, this, given);
  };
  Reflect.set(pg.Client.prototype, 'query', recording);
  try {
    await work();
  } finally {
    Reflect.set(pg.Client.prototype, 'query', query);
  }
  return recorded;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const REFERENCE = /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}$/;

/**
 * The same statements again and again: the same texts and sizes, but with ids, references, hashes and wrapped keys of
 * their own, the same one wherever the recording had the same one.
 */
export function repeat(statements: readonly Statement[]): () => readonly Statement[] {
  return () => {
    const made = new Map<string, string | Buffer>();
    const once = (key: string, make: () => string | Buffer): unknown => {
      const known = made.get(key) ?? make();
      made.set(key, known);
      return known;
    };
    const fresh = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(fresh);
      if (value instanceof Uint8Array)
        return once(Buffer.from(value).toString('latin1'), () => randomBytes(value.length));
      if (typeof value !== 'string') return value;
      if (UUID.test(value)) return once(value, randomUUID);
      return REFERENCE.test(value) ? once(value, reference) : value;
    };
    return statements.map((statement) => ({ ...statement, values: statement.values.map(fresh) }));
  };
}

function reference(): string {
  const symbols = randomBytes(6).toString('hex').toUpperCase();
  return `${symbols.slice(0, 4)}-${symbols.slice(4, 8)}-${symbols.slice(8, 11)}`;
}
