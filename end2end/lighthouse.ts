// Lighthouse on every page in every state, desktop and mobile: `make lighthouse` writes the report beside the benches.
import { chromium } from '@playwright/test';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { expect, signIn, test } from './fixtures.ts';
import { cache } from './server.mjs';
import { calm, outside, stirred } from './states.ts';

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
/** No search engine is to find a portal for staff, and every page says so; a page of an error answers with the error's status. */
const SKIPPED = ['is-crawlable', 'http-status-code'];
const GOAL = 95;

interface Scores {
  name: string;
  scores: number[];
}

/** A line of JSON for each; a worker that a failed test ended leaves its lines to the next. */
const lines = path.join(cache, 'e2e', 'lighthouse.jsonl');

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => probe.once('listening', listening));
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
}

for (const [group, states] of Object.entries({ calm, outside, stirred })) {
  for (const [name, way] of Object.entries(states)) {
    test(name, async ({ server, stories }, { project }) => {
      test.setTimeout(300_000);
      if (group === 'stirred') await server.reset();
      const { default: lighthouse, desktopConfig } = await import(pathToFileURL(process.env.HABEAS_LIGHTHOUSE!).href);
      const port = await freePort();
      // Lighthouse opens tabs in the browser's own context, where the session's cookie has to be.
      const { launchOptions, locale, timezoneId } = project.use;
      const context = await chromium.launchPersistentContext('', {
        ...launchOptions,
        args: [...(launchOptions?.args ?? []), `--remote-debugging-port=${port}`],
        baseURL: server.url,
        locale,
        timezoneId,
      });
      try {
        const page = context.pages()[0] ?? (await context.newPage());
        if (group !== 'outside') await signIn(page, server);
        await way({ page, server, stories });
        for (const [form, config] of Object.entries({ desktop: desktopConfig, mobile: undefined })) {
          const options = { port, onlyCategories: CATEGORIES, skipAudits: SKIPPED, disableStorageReset: true, ignoreStatusCode: true, logLevel: 'error' };
          // A mark in the address would be a way within the page that is open.
          const { lhr } = await lighthouse(page.url().split('#')[0], options, config);
          const scores = CATEGORIES.map((category) => Math.round(100 * (lhr.categories[category].score ?? 0)));
          await appendFile(lines, `${JSON.stringify({ name: `${name}, ${form}`, scores } satisfies Scores)}\n`);
          const failed = Object.values<any>(lhr.audits).filter((audit) => audit.errorMessage || (audit.score !== null && audit.score < 0.9));
          const why = failed.map(({ id, displayValue, errorMessage }) => `${id} ${errorMessage ?? displayValue ?? ''}`).join(', ');
          scores.forEach((score, at) => expect.soft(score, `${form}, ${CATEGORIES[at]}: ${why}`).toBeGreaterThanOrEqual(GOAL));
        }
      } finally {
        await context.close();
      }
    });
  }
}

test.afterAll(async () => {
  const report = process.env.HABEAS_LIGHTHOUSE_REPORT;
  if (!report) return;
  const all: Scores[] = (await readFile(lines, 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
  // Of a page that was measured again, the last counts.
  const last = new Map(all.map((one) => [one.name, one]));
  const rows = [...last.values()].map(({ name, scores }) => `| ${name} | ${scores.join(' | ')} |`);
  const text = `# Measured by \`make lighthouse\`

Each page in each state, of 100; goal ${GOAL}. Not asked: ${SKIPPED.join(', ')}, since every page tells search engines to keep out, and a page of an error answers with its status.

| page, form | ${CATEGORIES.join(' | ')} |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
  await writeFile(report, text);
});
