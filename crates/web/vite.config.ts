import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Absolute addresses: the page is served for every address of the application.
export default defineConfig({
  base: '/',
  plugins: [svelte()],
  cacheDir: 'node_modules/.cache/vite',
  worker: { format: 'es' },
  build: { target: 'es2022', chunkSizeWarningLimit: 1500, assetsInlineLimit: 0 },
  server: { proxy: { '/api': 'http://127.0.0.1:8420' } },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
});
