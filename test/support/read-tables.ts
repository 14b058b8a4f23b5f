import dataset from '@rdfjs/dataset';
import type { Quad } from '@rdfjs/types';
import CsvwParser from '@zazuko/rdf-parser-csvw';
import { tableFromIPC } from 'apache-arrow';
import JSONstat from 'jsonstat-toolkit';
import { readParquet } from 'parquet-wasm/node';
import { Readable } from 'node:stream';
import { readJsonLd } from './read-json-ld.js';

const XSD = 'http://www.w3.org/2001/XMLSchema#';

/** A value with the type that the file gave it. */
interface Typed {
  readonly type: string;
  readonly value: string;
}
export type Row = Readonly<Record<string, Typed>>;

/** Rows of a CSV as its metadata has them read (CSV on the Web, csv2rdf), each value with its XML Schema type. */
export async function readCsvw(csv: string, metadata: string, url: string): Promise<readonly Row[]> {
  const schema = await readJsonLd(metadata, url);
  const parser = new CsvwParser({ metadata: dataset.dataset([...schema]), baseIRI: url });
  const rows = new Map<string, Record<string, Typed>>();
  const describes: string[] = [];
  for await (const quad of parser.import(Readable.from([csv])) as AsyncIterable<Quad>) {
    const { subject, predicate, object } = quad;
    if (predicate.value.endsWith('csvw#describes')) describes.push(object.value);
    if (object.termType !== 'Literal' || !predicate.value.startsWith(`${url}#`)) continue;
    const row = rows.get(subject.value) ?? {};
    const type = object.datatype.value.replace(XSD, '');
    rows.set(subject.value, { ...row, [predicate.value.slice(url.length + 1)]: { type, value: object.value } });
  }
  return describes.map((node) => rows.get(node) ?? {});
}

/** Rows of a Parquet file by the Rust implementation, each value with its Arrow type, and the file's own metadata. */
export function readParquetRows(body: Uint8Array) {
  const table = tableFromIPC(readParquet(body).intoIPCStream());
  const { fields, metadata } = table.schema;
  const rows = table.toArray().map((row: unknown): Row => {
    const values = row as Readonly<Record<string, unknown>>;
    return Object.fromEntries(
      fields.map(({ name, type }) => [name, { type: String(type), value: String(values[name]) }]),
    );
  });
  return { rows, metadata, nullable: fields.filter((field) => field.nullable).map(({ name }) => name) };
}

/** A file of JSON-stat. */
export function readJsonStat(json: string) {
  return JSONstat(JSON.parse(json));
}
