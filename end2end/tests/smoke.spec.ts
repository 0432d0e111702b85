// Does it run at all?
import { expect, test } from '../fixtures.ts';

test('the server says that it is healthy', async ({ request }) => {
  expect((await request.get('/healthz')).status()).toBe(200);
});

test('somebody unknown is asked to sign in', async ({ page, axe }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await axe();
});

test('a sign-in link signs in', async ({ signedIn, axe }) => {
  await expect(signedIn.getByRole('heading', { level: 1 })).toBeVisible();
  await axe();
});
