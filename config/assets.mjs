import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, parse, relative, sep } from 'node:path';
import process from 'node:process';
import { compileAsync } from 'sass';

/*
 * Builds what browsers load: `node config/assets.mjs`, after `nest build` or by itself before tests that run from `src`.
 *
 *   src/<feature>/styles/<name>.scss   to dist/assets/<feature>-<name>.css   (names that begin with _ are parts)
 *   src/<feature>/browser/<name>.ts    to dist/assets/<feature>-<name>.js     (those that a view loads; others are parts)
 *   src/<feature>/images/<name>.*      to dist/assets/<feature>-<name>.*
 *
 * and manifest.json with the SHA-384 of each, published so that anybody can compare it with what they were served.
 * Views and the data of `config` are copied beside the compiled code.
 */
const root = dirname(import.meta.dirname);
const source = join(root, 'src');
const dist = join(root, 'dist');

async function filesUnder(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const within = (folder) => (file) => basename(dirname(file)) === folder;
const assetName = (file, extension) => `${relative(source, file).split(sep)[0]}-${parse(file).name}${extension}`;

async function buildStyles(files, out) {
  for (const file of files.filter((one) => one.endsWith('.scss') && !basename(one).startsWith('_'))) {
    const { css } = await compileAsync(file, {
      loadPaths: [join(root, 'node_modules')],
      style: 'compressed',
      quietDeps: true,
    });
    await writeFile(join(out, assetName(file, '.css')), css);
  }
}

/** The names of the scripts that views load or name for a worker, without the extension. */
async function scriptsOf(views) {
  const texts = await Promise.all(views.map((file) => readFile(file, 'utf8')));
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/\b(?:script|asset)\('([\w-]+)\.js'\)/g)].map(([, name]) => name)),
  );
}

async function buildScripts(files, loaded, out) {
  const entries = files.filter((file) => file.endsWith('.ts') && loaded.has(assetName(file, '')));
  if (entries.length !== loaded.size) throw new Error('A view loads a script that is not there.');
  await build({
    entryPoints: entries.map((file) => ({ in: file, out: assetName(file, '') })),
    outdir: out,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    logLevel: 'warning',
    absWorkingDir: root,
  });
}

async function writeManifest(out) {
  const manifest = {};
  for (const file of await filesUnder(out)) {
    const hash = createHash('sha384')
      .update(await readFile(file))
      .digest('base64');
    manifest[basename(file)] = `sha384-${hash}`;
  }
  await writeFile(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return Object.keys(manifest).length;
}

async function copyBeside(files) {
  for (const file of files) {
    const to = join(dist, relative(root, file));
    await mkdir(dirname(to), { recursive: true });
    await cp(file, to);
  }
}

const files = await filesUnder(source);
const views = files.filter((file) => file.endsWith('.njk'));
await mkdir(dist, { recursive: true });
// Built aside and moved in one step, so that nobody is served half of it.
const out = await mkdtemp(join(dist, 'assets-'));
try {
  await buildStyles(files.filter(within('styles')), out);
  await buildScripts(files.filter(within('browser')), await scriptsOf(views), out);
  for (const file of files.filter(within('images'))) await cp(file, join(out, assetName(file, parse(file).ext)));
  const count = await writeManifest(out);
  await chmod(out, 0o755);
  await rm(join(dist, 'assets'), { recursive: true, force: true });
  await rename(out, join(dist, 'assets'));
  const data = (await filesUnder(join(root, 'config'))).filter((file) => /\.(yaml|json)$/.test(file));
  await copyBeside([...views, ...data]);
  process.stdout.write(`${count.toString()} assets in dist/assets\n`);
} finally {
  await rm(out, { recursive: true, force: true });
}
