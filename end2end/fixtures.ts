// What every spec starts from: a server of its own, pages that have hydrated, and no error that goes unseen.
//   import { expect, test } from '../fixtures';
//   test('…', async ({ signedIn, axe }) => { await signedIn.goto('/requests'); …; await axe(); });
import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Browser, type Page } from '@playwright/test';
import { laidOut } from './pages/wait.ts';
import { sample } from './sample.ts';
import { Server } from './server.mjs';

export { expect };

interface Fixtures {
  /** A page of a signed-in member of staff. */
  signedIn: Page;
  /** Fails on any finding of WCAG 2.2 AA in the page as it is now. */
  axe: (page?: Page) => Promise<void>;
  /** Fails if an address that the browser asked for, whether page or data, names a person of the sample. */
  privateUrls: void;
  /** Lets errors pass that a test causes on purpose, e.g. by killing the server. */
  expectErrors: (pattern: RegExp) => void;
}

interface WorkerFixtures {
  /** The people of the sample that tests speak of, by the names of their stories. */
  stories: Record<string, any>;
  /** The release server with sample data. What one test changes the next one sees: `server.reset()` undoes it. */
  server: Server;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      // Work whose server was killed is taken up again after the shortest time that there is.
      const server = await Server.start(sample, { HABEAS__TASKS__LEASE_SECONDS: '5' });
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],

  stories: [
    async ({ server }, use) => {
      const { stories } = await server.facts();
      await use(stories);
    },
    { scope: 'worker' },
  ],

  privateUrls: [
    async ({ context, stories }, use) => {
      const seen: string[] = [];
      context.on('request', (request) => seen.push(request.url()));
      await use();
      const people = personalData(stories);
      const telling = seen.filter((url) => people.some((value) => legible(url).includes(legible(value))));
      expect(telling, 'addresses with personal data in them').toEqual([]);
    },
    { auto: true },
  ],

  baseURL: async ({ server }, use) => use(server.url),

  // The button in the server's HTML is visible and dead: wait for the WASM before touching anything.
  page: async ({ page }, use) => {
    const goto = page.goto.bind(page);
    page.goto = async (...args) => {
      const answer = await goto(...args);
      await hydrated(page);
      return answer;
    };
    const reload = page.reload.bind(page);
    page.reload = async (...args) => {
      const answer = await reload(...args);
      await hydrated(page);
      return answer;
    };
    await use(page);
  },

  signedIn: async ({ page, server }, use) => {
    await signIn(page, server);
    await use(page);
  },

  axe: async ({ browser, javaScriptEnabled, page }, use) =>
    use(async (target = page) => {
      await laidOut(target);
      const subject = javaScriptEnabled ? target : await copy(target, browser);
      const { violations } = await new AxeBuilder({ page: subject })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
        .analyze();
      if (subject !== target) await subject.context().close();
      const findings = violations.flatMap(({ id, help, nodes }) =>
        nodes.map((node) => `${id}: ${help}\n  ${node.target.join(' ')}\n  ${node.failureSummary}`),
      );
      expect(findings, `accessibility of ${target.url()}`).toEqual([]);
    }),

  expectErrors: [
    async ({ context }, use) => {
      const seen: string[] = [];
      const expected: RegExp[] = [];
      context.on('console', (message) => {
        if (message.type() === 'error') seen.push(`${message.text()} (${message.location().url})`);
      });
      context.on('weberror', (error) => seen.push(String(error.error().stack)));
      // The console names a violation of the content security policy too, but not what caused it.
      await context.addInitScript(() =>
        document.addEventListener('securitypolicyviolation', (event) =>
          console.error(`CSP ${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
        ),
      );
      await use((pattern) => expected.push(pattern));
      const unexpected = seen.filter((error) => !expected.some((pattern) => pattern.test(error)));
      expect(unexpected, 'errors in the browser').toEqual([]);
    },
    { auto: true },
  ],
});

/** Every value of the stories that tells who somebody is: all but ids and numbers. */
function personalData(facts: unknown, name = ''): string[] {
  if (typeof facts === 'string') return /email|phone|name|address|written|twitter|instagram|facebook|whatsapp/i.test(name) && facts.length > 2 ? [facts] : [];
  if (Array.isArray(facts)) return facts.flatMap((fact) => personalData(fact, name));
  if (facts === null || typeof facts !== 'object') return [];
  return Object.entries(facts).flatMap(([key, fact]) => (key === 'expect' ? [] : personalData(fact, key)));
}

/** What a person reads out of an address, however it is encoded and spaced. */
function legible(text: string): string {
  let read = text.replaceAll('+', ' ');
  try {
    read = decodeURIComponent(read);
  } catch {
    // A stray per cent sign: as it stands.
  }
  return read.toLowerCase().replace(/[\s-]/g, '');
}

/** Waits until the page's WASM has taken over, where there is any. */
export async function hydrated(page: Page) {
  const withoutJavaScript = test.info().project.use.javaScriptEnabled === false;
  if (withoutJavaScript || (await page.locator('link[rel=modulepreload]').count()) === 0) return;
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

/** axe is JavaScript: where the page may run none, it looks at a copy of what the browser shows, without the page's scripts. */
async function copy(page: Page, browser: Browser): Promise<Page> {
  const html = (await page.content())
    .replace(/<script\b[^]*?<\/script>/g, '')
    .replace(/<(\/?)noscript\b/g, '<$1div'); // it is shown, so it is looked at
  const isDark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  const context = await browser.newContext({
    javaScriptEnabled: true,
    viewport: page.viewportSize(),
    colorScheme: isDark ? 'dark' : 'light',
  });
  const twin = await context.newPage();
  const [url] = page.url().split('#'); // which is in no request
  await twin.route(url, (route) => route.fulfill({ contentType: 'text/html', body: html }));
  await twin.goto(url);
  return twin;
}

/** Signs in as a member of staff does: the link shows a button, so that a mail scanner's GET does not use it up. */
export async function signIn(page: Page, server: Server) {
  await page.goto(await server.signInLink());
  await page.getByRole('main').getByRole('button').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await hydrated(page);
}
