// Builds the anywidgets, of the card and of the cockpit, from the same source as the extension, into the Python package.
import { build } from 'esbuild';

const out = '../qmagic/display/static';
const shared = { bundle: true, minify: true, logLevel: 'warning', charset: 'utf8' };

await build({ ...shared, entryPoints: ['src/widget.ts'], outfile: `${out}/card.js`, format: 'esm', target: 'es2022' });
await build({ ...shared, entryPoints: ['style/views.css'], outfile: `${out}/card.css` });
await build({
  ...shared,
  entryPoints: ['src/cockpit/widget.ts'],
  outfile: `${out}/cockpit.js`,
  format: 'esm',
  target: 'es2022'
});
await build({ ...shared, entryPoints: ['style/widget.css'], outfile: `${out}/cockpit.css` });
