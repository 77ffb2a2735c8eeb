import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
// @ts-expect-error plain JavaScript, so that the stamp needs no compiler
import { stamp } from './build/stamp.mjs';

const web = fileURLToPath(new URL('.', import.meta.url));
const dist = fileURLToPath(new URL('../dist', import.meta.url));

export default defineConfig({
  base: './',
  plugins: [
    // The class name comes from the CSS alone, so two checkouts build the same bytes.
    svelte({ compilerOptions: { cssHash: ({ hash, css }) => `s-${hash(css)}`, runes: true } }),
    stamp(web, dist),
  ],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  worker: { format: 'es' },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
