// Builds the gallery into gallery/out/.
import { build } from 'esbuild';
import { writeFileSync } from 'node:fs';

await build({
  entryPoints: ['gallery/gallery.ts'],
  outfile: 'gallery/out/gallery.js',
  bundle: true,
  format: 'esm',
  logLevel: 'warning'
});
await build({ entryPoints: ['style/views.css'], outfile: 'gallery/out/views.css', logLevel: 'warning' });
writeFileSync(
  'gallery/out/index.html',
  `<!doctype html><meta charset="utf-8"><title>qmagic views</title><link rel="stylesheet" id="theme">
<link rel="stylesheet" href="views.css"><style>body{margin:16px;background:var(--jp-layout-color0);color:var(--jp-content-font-color1);font:13px sans-serif}
h3{font-size:12px;font-weight:400;opacity:.6;margin:18px 0 6px}</style><body><script>const dark = location.search.includes('dark'); document.getElementById('theme').href = (dark ? 'dark' : 'light') + '.css';</script><script type="module" src="gallery.js"></script>`
);
