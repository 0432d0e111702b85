// Every page in every state: readable by everyone (axe), no scrolling sideways, in both languages, narrow and wide, light and dark.
import { expect, signIn, test } from '../fixtures.ts';
import { calm, outside, stirred } from '../states.ts';

/** Each pair of choices occurs at least once. 320 is 1280 at 400 %. */
const variants: Variant[] = [
  { lang: 'en', width: 1280, colorScheme: 'light' },
  { lang: 'en', width: 320, colorScheme: 'dark' },
  { lang: 'ja', width: 1280, colorScheme: 'dark' },
  { lang: 'ja', width: 390, colorScheme: 'light' },
];
/** Without JavaScript it is the same HTML and the same style: two that differ in everything. */
const plain = [variants[0], { lang: 'ja', width: 320, colorScheme: 'dark' } as const];

interface Variant {
  lang: 'en' | 'ja';
  width: number;
  colorScheme: 'light' | 'dark';
}

/** What is drawn or written where nobody sees it whole: outside of its picture, or of what is cut off there. */
function cut(): string[] {
  const isOutside = (text: SVGTextElement) => {
    const [inner, outer] = [text, text.ownerSVGElement!].map((element) => element.getBoundingClientRect());
    return inner.width > 0 && (inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1);
  };
  const isCut = (element: Element) => {
    const { display, overflowX, overflowY, clipPath } = getComputedStyle(element);
    // What is for screen readers only is cut on purpose; what stands in a line is never cut.
    if (clipPath !== 'none' || display === 'inline' || element instanceof SVGElement) return false;
    const hides = (overflow: string) => overflow === 'hidden' || overflow === 'clip';
    return (hides(overflowX) && element.scrollWidth > element.clientWidth + 1) || (hides(overflowY) && element.scrollHeight > element.clientHeight + 1);
  };
  const cut = [...[...document.querySelectorAll('text')].filter(isOutside), ...[...document.body.querySelectorAll('*')].filter(isCut)];
  return cut.map((element) => `${element.tagName} ${element.getAttribute('class') ?? ''}: ${element.textContent}`);
}

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
    test(name, async ({ page, context, server, stories, axe, expectErrors, javaScriptEnabled }) => {
      test.setTimeout(150_000);
      if (group === 'outside') expectErrors(/status of 40[0-9]/);
      if (group !== 'outside') await signIn(page, server);
      await way({ page, server, stories });

      for (const { lang, width, colorScheme } of javaScriptEnabled ? variants : plain) {
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
          expect(await page.evaluate(cut), 'what is cut').toEqual([]);
          await axe();
        });
      }
    });
  }
}
