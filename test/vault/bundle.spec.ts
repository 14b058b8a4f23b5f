import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

const vault = fileURLToPath(new URL('../../src/vault/', import.meta.url));
const sources = readdirSync(vault).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));

interface Bundle {
  files: string[];
  text: string;
}

/** As for a page: whatever a browser does not have fails the build. */
async function bundle(names: string[]): Promise<Bundle> {
  const result = await build({
    stdin: { contents: names.map((name) => `export * from './${name}';`).join('\n'), resolveDir: vault, loader: 'ts' },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    minify: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return { files: Object.keys(result.metafile.inputs), text: result.outputFiles[0]?.text ?? '' };
}

describe('the vault in a page', () => {
  it('bundles whole for the browser, with nothing in it but the vault, jose, hash-wasm and shamir-secret-sharing', async () => {
    const { files } = await bundle(sources);
    const foreign = files.filter(
      (file) => !/^(<stdin>|src\/vault\/|node_modules\/(jose|hash-wasm|shamir-secret-sharing)\/)/.test(file),
    );
    expect(foreign).toEqual([]);
    expect(files).toContain('src/vault/lodging.ts');
  });

  it('has WebAssembly only where a passphrase is stretched', async () => {
    const open = await bundle(sources.filter((name) => name !== 'passphrase.ts'));
    expect(open.text).not.toContain('WebAssembly');
    expect(open.files.filter((file) => file.includes('hash-wasm'))).toEqual([]);
    expect((await bundle(['passphrase.ts'])).text).toContain('WebAssembly');
  });
});
