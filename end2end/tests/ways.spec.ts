// Ways through the portal: back and forward, and the keyboard alone.
import type { Locator, Page } from '@playwright/test';
import { expect, hydrated, test } from '../fixtures.ts';
import { FindPage, FoundPage } from '../pages/find.ts';
import { NewPage } from '../pages/request.ts';

test('back and forward go through search, request and plan without losing anything', async ({ signedIn, stories }) => {
  const found = await new FindPage(signedIn).search('E-mail', stories.many.emails[0]);
  const search = signedIn.url();
  const people = await found.cards.allInnerTexts();
  const next = await NewPage.of(found);
  await next.plan('Export');
  const plan = signedIn.url();

  await signedIn.goBack();
  await expect(signedIn).toHaveURL(/\/new\?/);
  await expect(next.submit).toBeVisible();
  await signedIn.goBack();
  await expect(signedIn).toHaveURL(search);
  await expect(found.cards).toHaveCount(people.length);
  expect(await found.cards.allInnerTexts()).toEqual(people);
  await signedIn.goForward();
  await expect(next.submit).toBeVisible();
  await signedIn.goForward();
  await expect(signedIn).toHaveURL(plan);
  await expect(signedIn.getByRole('heading', { level: 1 })).toHaveText('Plan · Export');
});

/** Goes on with the Tab key until that is focused. */
async function tabTo(page: Page, target: Locator) {
  const isFocused = () => target.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 60; presses += 1) {
    if (await isFocused()) return;
    await page.keyboard.press('Tab');
  }
  await expect(target, 'reached by the Tab key').toBeFocused();
}

test('the keyboard alone leads from the search to the plan', async ({ signedIn, stories }) => {
  const { keyboard } = signedIn;
  const find = new FindPage(signedIn);
  await find.goto();
  await keyboard.press('Tab');
  await expect(signedIn.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await keyboard.press('Enter');
  await tabTo(signedIn, find.kind);
  await keyboard.press('e'); // the first kind with an E
  await expect(find.kind).toHaveValue('email');
  await tabTo(signedIn, find.value);
  await keyboard.type(stories.many.emails[1]);
  await keyboard.press('Enter');
  const found = await FoundPage.settled(signedIn);
  await hydrated(signedIn);

  const link = found.cards.first().getByRole('link', { name: 'New request' });
  await tabTo(signedIn, link);
  await keyboard.press('Enter');
  await signedIn.waitForURL(/\/new\?/);
  await hydrated(signedIn);
  const next = new NewPage(signedIn);
  await tabTo(signedIn, next.right('Export'));
  await keyboard.press('Space');
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await expect(next.right('Erasure')).toBeChecked();
  await tabTo(signedIn, next.submit);
  await keyboard.press('Enter');
  await expect(signedIn).toHaveURL(/\/plans\//);
  await expect(signedIn.getByRole('heading', { level: 1 })).toHaveText('Plan · Erasure');
});

test('the language is chosen on any page and stays', async ({ signedIn }) => {
  await signedIn.goto('/requests?right=delete');
  await signedIn.getByRole('button', { name: '日本語' }).click();
  await expect(signedIn).toHaveURL(/\/requests\?right=delete$/);
  await expect(signedIn.getByRole('heading', { level: 1 })).toHaveText('請求');
  await signedIn.goto('/find');
  await expect(signedIn.locator('html')).toHaveAttribute('lang', 'ja');
  await signedIn.getByRole('button', { name: 'English' }).click();
  await expect(signedIn.getByRole('heading', { level: 1 })).toHaveText('Find a person');
});

test('signing out ends the session, and a used link does not begin another', async ({ page, server, expectErrors }) => {
  expectErrors(/status of 401/);
  const link = await server.signInLink();
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in to Habeas' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Today');
  await hydrated(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are signed out');
  await page.goto('/requests');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You need a sign-in link');

  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in to Habeas' }).click();
  await expect(page.getByText('That link was used already, or is too old. Ask for a new one.')).toBeVisible();
});
