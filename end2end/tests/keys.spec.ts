// The list of places and the list of keys are pages too: they need no JavaScript.
import { expect, test } from '../fixtures.ts';
import { FoundPage } from '../pages/find.ts';

test.afterAll(({ server }) => server.reset());

test('the list of places leads to pages, and what is typed is searched', async ({ signedIn, stories, axe }) => {
  await signedIn.goto('/go');
  await axe();
  const main = signedIn.getByRole('main');
  await main.getByRole('link', { name: 'Systems', exact: true }).click();
  await expect(signedIn.getByRole('heading', { level: 1 })).toHaveText('Systems');

  await signedIn.goto('/go');
  await main.getByLabel('Where to? Or an identifier to find').fill(stories.unique.email);
  await main.getByRole('button', { name: 'Find', exact: true }).click();
  const found = await FoundPage.settled(signedIn);
  await expect(found.cards).toHaveCount(1);
});

test('the language is changed from the list too, and the way leads back to it', async ({ signedIn }) => {
  await signedIn.goto('/go');
  await signedIn.getByRole('main').getByRole('button', { name: '日本語' }).click();
  await expect(signedIn).toHaveURL(/\/go$/);
  await expect(signedIn.getByRole('heading', { level: 1 })).toHaveText('移動');
});

test('every key is listed', async ({ signedIn, axe }) => {
  await signedIn.goto('/keys');
  await axe();
  await expect(signedIn.getByRole('row', { name: /^g then r/ })).toContainText('Requests');
});
