// What happens by itself: with JavaScript a page shows it live, without it a person loads the page again.
import { expect, test, type Locator, type Page } from '@playwright/test';

/** Whether pages of this project run scripts. */
export const isLive = () => test.info().project.use.javaScriptEnabled !== false;

/** Waits, with patience for slow machines, until it is there. Never reloads a page that ought to be live. */
export async function comes(locator: Locator, timeout = 30_000) {
  if (isLive()) return expect(locator.first()).toBeVisible({ timeout });
  const isThere = async () => {
    const there = await locator.first().isVisible();
    if (!there) await locator.page().reload();
    return there;
  };
  await expect.poll(isThere, { timeout, message: String(locator) }).toBe(true);
}

/** Lays out what a long page leaves for when it comes near: a test looks at all of it. */
export const laidOut = (page: Page) =>
  page.evaluate(() => {
    for (const far of document.querySelectorAll<HTMLElement>('.far')) far.style.contentVisibility = 'visible';
  });
