import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const server = 'http://127.0.0.1:3000';

/** React Aria carries its strings in 34 languages; English is its fallback and Persian is ours (src/i18n/aria-strings.ts). */
const englishAriaOnly: Plugin = {
  name: 'english-aria-only',
  enforce: 'pre',
  load(id) {
    const [, language] = /react-(?:aria|stately)[^?]*\/intl\/(?:\w+\/)?([a-z]{2}-[A-Z]{2})\.m?js/.exec(id) ?? [];
    return language && language !== 'en-US' ? 'export default undefined;' : null;
  },
};

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [englishAriaOnly, react(), tailwindcss()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'baseline-widely-available',
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            {
              name: 'aria',
              test: /node_modules\/(react-aria|react-stately|react-aria-components|@internationalized)\//,
            },
            { name: 'tanstack', test: /node_modules\/@tanstack\// },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': server,
      '/widget': server,
      '/socket.io': { target: server, ws: true },
    },
  },
});
