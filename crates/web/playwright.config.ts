import { defineConfig } from '@playwright/test';

// Stories against a real server with the demo's data, which e2e/server.ts starts and ends. One at a time: they share it.
export default defineConfig({
  testDir: 'e2e',
  testIgnore: 'field/**',
  outputDir: 'node_modules/.cache/e2e',
  workers: 1,
  timeout: 60_000,
  globalTimeout: 900_000,
  reporter: [['list']],
  globalSetup: './e2e/server.ts',
  use: {
    actionTimeout: 15_000,
    viewport: { width: 1366, height: 768 },
    locale: 'zh-CN',
    video: 'off',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      env: { ...process.env, LANGUAGE: 'zh_CN', LANG: 'zh_CN.UTF-8' } as Record<string, string>,
      args: ['--no-sandbox', '--lang=zh-CN', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    },
  },
});
