import fc from 'fast-check';

/** A body as it goes over the wire. */
export interface Wire {
  readonly type: string | undefined;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Names that a language has for itself. */
const OWN_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'length'];

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1e308, '', [], {}, [[]], { length: 9 }, '\u0000', '\ud800', 'A'.repeat(70_000)),
  fc.constantFrom(...OWN_NAMES),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uuid(),
);

/** Every path to a member of a body, however deep. */
export function pathsIn(body: unknown, above: readonly string[] = []): string[][] {
  if (typeof body !== 'object' || body === null) return above.length > 0 ? [[...above]] : [];
  return [
    ...(above.length > 0 ? [[...above]] : []),
    ...Object.entries(body).flatMap(([name, value]) => pathsIn(value, [...above, name])),
  ];
}

/** The body with another value at a path. */
export function withAt(body: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const copy: Record<string, unknown> = Array.isArray(body)
    ? ([...(body as unknown[])] as unknown as Record<string, unknown>)
    : { ...(body as Record<string, unknown>) };
  Object.defineProperty(copy, name, {
    value: withAt(copy[name], rest, value),
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return copy;
}

/** A body that is nearly right: one member of it is something else, is not there, or is there twice. */
function nearly(right: object): fc.Arbitrary<string> {
  const paths = pathsIn(right);
  const text = JSON.stringify(right);
  const changed =
    paths.length === 0
      ? fc.constant(text)
      : fc.tuple(fc.constantFrom(...paths), leaf).map(([path, value]) => JSON.stringify(withAt(right, path, value)));
  return fc.oneof(
    { weight: 5, arbitrary: changed },
    fc.nat(text.length).map((end) => text.slice(0, end)),
    fc
      .tuple(fc.constantFrom(...OWN_NAMES), leaf)
      .map(([name, value]) => `{"${name}":${JSON.stringify(value)},${text.slice(1)}`),
    fc.constant(`${text.slice(0, -1)}${text === '{}' ? '' : ','}${text.slice(1)}`),
  );
}

function form(right: object): fc.Arbitrary<string> {
  const names = fc.constantFrom(...Object.keys(right), ...OWN_NAMES, 'roles[]', 'a[b][c]', '', '_csrf');
  return fc
    .array(fc.tuple(names, fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constant('%zz'))), {
      maxLength: 12,
    })
    .map((pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'));
}

/** What somebody might send where this would be right. */
export function malformed(right: object): fc.Arbitrary<Wire> {
  const any: fc.Arbitrary<string | Uint8Array<ArrayBuffer>> = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.from(bytes)),
    fc.constantFrom('[', '{', 'null', '""', '[]', '{"a":1e999}', '['.repeat(20_000), '{"a":'.repeat(5_000)),
  );
  const types = fc.constantFrom(
    JSON_TYPE,
    FORM_TYPE,
    undefined,
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    `${JSON_TYPE}; charset=utf-16`,
    `${JSON_TYPE};;`,
    'json',
  );
  return fc.oneof(
    { weight: 4, arbitrary: nearly(right).map((body): Wire => ({ type: JSON_TYPE, body })) },
    { weight: 2, arbitrary: form(right).map((body): Wire => ({ type: FORM_TYPE, body })) },
    { weight: 2, arbitrary: fc.record({ type: types, body: any }) },
  );
}
