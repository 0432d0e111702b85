// Pictures of every page for a person to look at: `make screenshots`, or one page with `.ci/screenshots -g systems`.
import type { Page } from '@playwright/test';
import path from 'node:path';
import { hydrated, signIn, test } from './fixtures.ts';
import { cache, type Server } from './server.mjs';

/** Each picture's name with the page's path, or with the clicks that make the page and end on it. */
const pages: Record<string, string | ((page: Page, server: Server) => Promise<void>)> = {
  find: '/',
  requests: '/requests',
  systems: '/systems',
  'not-found': '/no-such-page',
};

const variants = ['en', 'ja'].flatMap((lang) =>
  (['light', 'dark'] as const).flatMap((colorScheme) => [1280, 390].map((width) => ({ lang, colorScheme, width }))),
);

for (const [name, way] of Object.entries(pages)) {
  test(name, async ({ browser, expectErrors, page, server }) => {
    test.setTimeout(120_000);
    expectErrors(/404/);
    await signIn(page, server);
    if (typeof way === 'string') await page.goto(way);
    else await way(page, server);

    const storageState = await page.context().storageState();
    for (const { lang, colorScheme, width } of variants) {
      const context = await browser.newContext({ colorScheme, storageState, viewport: { width, height: 900 } });
      await context.addCookies([{ name: 'habeas_lang', value: lang, url: server.url }]);
      const picture = await context.newPage();
      await picture.goto(page.url());
      await hydrated(picture);
      await picture.screenshot({
        path: path.join(cache, 'screenshots', `${name}-${lang}-${colorScheme}-${width}.png`),
        fullPage: true,
      });
      await context.close();
    }
  });
}
