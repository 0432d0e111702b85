// Every page in every state: readable by everyone (axe), no scrolling sideways, in both languages, narrow and wide, light and dark.
import { expect, signIn, test } from '../fixtures.ts';
import { calm, outside, stirred } from '../states.ts';

/** Each pair of choices occurs at least once. */
const variants = [
  { lang: 'en', width: 1280, colorScheme: 'light' },
  { lang: 'en', width: 390, colorScheme: 'dark' },
  { lang: 'ja', width: 1280, colorScheme: 'dark' },
  { lang: 'ja', width: 390, colorScheme: 'light' },
] as const;

// The longest file by far: shared out among all workers. Each test finds the sample untouched, and leaves it so.
test.describe.configure({ mode: 'parallel' });
test.afterEach(async ({ page, server }, { title, status }) => {
  if (!(title in stirred)) return;
  // Nobody may miss the server: a page that is left has no stream that breaks. One that failed is kept, for its picture.
  if (status === 'passed') await page.goto('about:blank');
  await server.reset();
});

for (const [group, states] of Object.entries({ calm, stirred, outside })) {
  for (const [name, way] of Object.entries(states)) {
    test(name, async ({ page, context, server, stories, axe, expectErrors }) => {
      test.setTimeout(150_000);
      if (group === 'outside') expectErrors(/status of 40[0-9]/);
      if (group !== 'outside') await signIn(page, server);
      await way({ page, server, stories });

      for (const { lang, width, colorScheme } of variants) {
        await test.step(`${lang} ${width} ${colorScheme}`, async () => {
          await context.addCookies([{ name: 'habeas_lang', value: lang, url: server.url }]);
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme });
          await page.reload();
          await expect(page.locator('html')).toHaveAttribute('lang', lang);
          await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
          expect(await page.title()).toMatch(/^.+ · Habeas$/);
          const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect(sideways, 'pixels to scroll sideways').toBeLessThanOrEqual(0);
          await axe();
        });
      }
    });
  }
}
