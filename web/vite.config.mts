import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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

/**
 * Icons are imported from where each of them lies. Through the package's own list of all, every icon that any screen has
 * would count as part of the first load.
 */
function iconsOneByOne(): Plugin {
  const list = readFileSync(
    createRequire(import.meta.url)
      .resolve('lucide-react/icons')
      .replace('/cjs/lucide-react.js', '/esm/lucide-react.mjs'),
    'utf8',
  );
  const files = new Map<string, string>();
  for (const [, names = '', file = ''] of list.matchAll(/export \{ ([^}]+) \} from '\.\/icons\/([\w-]+)\.mjs'/g))
    for (const name of names.split(', ')) files.set(name.replace('default as ', ''), file);
  return {
    name: 'icons-one-by-one',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('/web/src/') || !code.includes('lucide-react')) return null;
      return code.replaceAll(/import \{([^}]+)\} from 'lucide-react';/g, (_, names: string) =>
        names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '' && !name.startsWith('type '))
          .map((name) => {
            const [icon = '', alias = icon] = name.split(' as ');
            const file = files.get(icon);
            if (!file) throw new Error(`lucide-react has no icon ${icon}.`);
            return `import ${alias} from 'lucide-react/icons/${file}';`;
          })
          .join(' '),
      );
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [englishAriaOnly, iconsOneByOne(), react(), tailwindcss()],
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
              tags: ['$initial'],
            },
            { name: 'tanstack', test: /node_modules\/@tanstack\//, tags: ['$initial'] },
            { name: 'icons', test: /node_modules\/lucide-react\//, tags: ['$initial'] },
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
