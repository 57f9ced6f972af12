import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The loader runs as a classic script in somebody else's page: its names must not become the page's. */
const ownScope: Plugin = {
  name: 'own-scope',
  generateBundle(_options, bundle) {
    const loader = bundle['loader.js'];
    if (loader?.type === 'chunk') loader.code = `(()=>{${loader.code.trim()}})();\n`;
  },
};

/** The site widget, into the console's folder so that it is served with it. Names are fixed: pages of others know them. */
export default defineConfig({
  root: here('./widget'),
  base: '/widget/',
  publicDir: false,
  plugins: [ownScope],
  build: {
    outDir: here('./dist/widget'),
    emptyOutDir: false,
    target: 'baseline-widely-available',
    modulePreload: false,
    rolldownOptions: {
      input: { loader: here('./widget/loader.ts'), frame: here('./widget/frame/main.ts') },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: ({ names }) =>
          names.some((name) => name.endsWith('.css')) ? '[name][extname]' : 'assets/[name]-[hash][extname]',
      },
    },
  },
});
