import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

/** The field app: a build of its own under /m/, so that its service worker keeps exactly its own files. */

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('package.json'), 'utf8')) as { version: string };

export default defineConfig({
  root: here('src/field'),
  base: '/m/',
  publicDir: here('src/field/public'),
  cacheDir: here('node_modules/.cache/vite-field'),
  define: { __APP_VERSION__: JSON.stringify(version) },
  resolve: {
    alias: [
      { find: /^liandu-engine\/wasm/, replacement: here('pkg/liandu_web_bg.wasm') },
      { find: /^liandu-engine$/, replacement: here('pkg/liandu_web.js') },
    ],
  },
  plugins: [
    svelte(),
    VitePWA({
      registerType: 'prompt',
      injectRegister: false,
      manifest: {
        id: '/m/',
        name: '联督 现场',
        short_name: '联督',
        lang: 'zh-CN',
        start_url: '/m/',
        scope: '/m/',
        display: 'standalone',
        background_color: '#f6f7f5',
        theme_color: '#1f5f5b',
        icons: [
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        globPatterns: ['**/*.{html,js,mjs,css,wasm,svg,png,geojson,webmanifest}'],
        maximumFileSizeToCacheInBytes: 8 << 20,
        navigateFallback: 'index.html',
        clientsClaim: true,
      },
    }),
  ],
  worker: { format: 'es' },
  build: { outDir: here('dist/m'), emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
});
