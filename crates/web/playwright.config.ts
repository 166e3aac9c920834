import { defineConfig } from '@playwright/test';

// The server with demo data is started by whoever runs this, at LIANDU_URL; see e2e/server.ts.
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'node_modules/.cache/e2e',
  workers: 1,
  timeout: 60_000,
  reporter: [['list']],
  globalSetup: './e2e/server.ts',
  use: {
    viewport: { width: 1366, height: 768 },
    locale: 'zh-CN',
    video: 'off',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    },
  },
});
