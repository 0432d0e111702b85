// Pictures of every page for a person to look at: `make screenshots`, or one page with `.ci/screenshots -g systems`.
import path from 'node:path';
import { hydrated, signIn, test } from './fixtures.ts';
import { cache } from './server.mjs';
import { laidOut } from './pages/wait.ts';
import { calm, outside, stirred, unfolded } from './states.ts';

const variants = ['en', 'ja'].flatMap((lang) =>
  (['light', 'dark'] as const).flatMap((colorScheme) => [1280, 390].map((width) => ({ lang, colorScheme, width }))),
);

for (const [group, states] of Object.entries({ calm, stirred, outside })) {
  for (const [name, way] of Object.entries(states)) {
    test(name, async ({ page, context, expectErrors, server, stories }) => {
      test.setTimeout(180_000);
      expectErrors(/status of 40[0-9]/);
      if (group === 'stirred') await server.reset();
      if (group !== 'outside') await signIn(page, server);
      await way({ page, server, stories });

      for (const { lang, colorScheme, width } of variants) {
        await context.addCookies([{ name: 'habeas_lang', value: lang, url: server.url }]);
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await page.reload();
        await hydrated(page);
        for (const summary of (await page.locator(unfolded[name] ?? 'none').all()).slice(0, 3)) await summary.click();
        await laidOut(page);
        await page.screenshot({
          path: path.join(cache, 'screenshots', `${name}-${lang}-${colorScheme}-${width}.png`),
          fullPage: true,
        });
      }
    });
  }
}
