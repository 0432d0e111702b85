// Every page twice: with JavaScript, and without. `make e2e` runs it.
import { defineConfig, devices } from '@playwright/test';
import path from 'node:path';
import { cache } from './server.mjs';

const output = path.join(cache, 'e2e');

export default defineConfig({
  testDir: 'tests',
  outputDir: path.join(output, 'results'),
  snapshotPathTemplate: path.join(output, 'pictures', '{testName}', '{arg}{ext}'),
  globalSetup: './sample.ts',
  forbidOnly: !!process.env.CI,
  retries: 0, // a test that fails now and then has found something
  workers: 2,
  timeout: 120_000, // many pages in a test; what waits for one has its own bound below
  expect: { timeout: 10_000 }, // two browsers, two servers and a compiler may share two cores
  reporter: [
    ['list'],
    ['json', { outputFile: path.join(output, 'report.json') }],
    ['html', { outputFolder: path.join(output, 'report'), open: 'never' }],
  ],
  use: {
    ...devices['Desktop Chrome'],
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    // Recording costs a third of the time: HABEAS_TRACE=1 for what a picture does not tell.
    trace: process.env.HABEAS_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox', // Chromium refuses to run as root with it
        '--disable-gpu',
        // No traffic of its own: tests speak to loopback only.
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: process.env.HABEAS_SCREENSHOTS
    ? [{ name: 'screenshots', testDir: '.', testMatch: 'screenshots.ts' }]
    : process.env.HABEAS_LIGHTHOUSE
    ? [{ name: 'lighthouse', testDir: '.', testMatch: 'lighthouse.ts' }]
    : [
        { name: 'hydrate', testIgnore: '**/*.ssr.spec.ts' },
        { name: 'ssr', testIgnore: '**/*.hydrate.spec.ts', use: { javaScriptEnabled: false } },
      ],
});
