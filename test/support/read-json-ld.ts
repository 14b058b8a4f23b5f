import type { Quad } from '@rdfjs/types';
import { JsonLdParser } from 'jsonld-streaming-parser';

/** What the context at `http://www.w3.org/ns/csvw` says of the terms that we use: a test asks nothing of the network. */
const CSVW_CONTEXT = {
  '@context': {
    '@vocab': 'http://www.w3.org/ns/csvw#',
    csvw: 'http://www.w3.org/ns/csvw#',
    dc: 'http://purl.org/dc/terms/',
    schema: 'http://schema.org/',
    xsd: 'http://www.w3.org/2001/XMLSchema#',
    url: { '@id': 'csvw:url', '@type': '@id' },
    tableSchema: { '@id': 'csvw:tableSchema', '@type': '@id' },
    columns: { '@id': 'csvw:column', '@type': '@id', '@container': '@list' },
    name: { '@id': 'csvw:name', '@language': null },
    titles: { '@id': 'csvw:title', '@container': '@language' },
    datatype: { '@id': 'csvw:datatype', '@type': '@vocab' },
    base: { '@id': 'csvw:base', '@language': null },
    primaryKey: { '@id': 'csvw:primaryKey', '@language': null },
    notes: { '@id': 'csvw:note' },
  },
};

/**
 * Reads JSON-LD into the triples it states.
 *
 * @param baseIRI address of the document
 */
export async function readJsonLd(json: string, baseIRI: string): Promise<readonly Quad[]> {
  const parser = new JsonLdParser({
    baseIRI,
    documentLoader: {
      load: (url) =>
        url === 'http://www.w3.org/ns/csvw'
          ? Promise.resolve(CSVW_CONTEXT)
          : Promise.reject(new Error(`No test asks ${url}.`)),
    },
  });
  const quads: Quad[] = [];
  return new Promise((resolve, reject) => {
    parser.on('data', (quad: Quad) => quads.push(quad));
    parser.on('error', reject);
    parser.on('end', () => {
      resolve(quads);
    });
    parser.write(json);
    parser.end();
  });
}
