import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Above `src/web`: the project when run from source, `dist` when compiled. */
const root = join(import.meta.dirname, '../..');
const project = existsSync(join(root, 'package.json')) ? root : dirname(root);

/** Where the features lie, with their views. */
export const featuresDirectory = join(root, 'src');

/** Where the catalogues of `config/locales` lie. */
export const localesDirectory = join(root, 'config/locales');

/** Where `config/assets.mjs` writes style sheets, browser bundles and their manifest. */
export const assetsDirectory = join(project, 'dist/assets');

/** govuk-frontend's templates, so that views import `govuk/components/…/macro.njk`. */
export const govukDirectory = join(project, 'node_modules/govuk-frontend/dist');
