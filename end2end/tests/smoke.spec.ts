// Does it run at all?
import { expect, test } from '../fixtures.ts';

test('the server says that it is healthy', async ({ request }) => {
  expect((await request.get('/healthz')).status()).toBe(200);
});

test('somebody unknown is told how to sign in, at any address', async ({ page, axe, expectErrors }) => {
  expectErrors(/status of 401/);
  for (const path of ['/', '/requests', '/systems']) {
    expect((await page.goto(path))?.status(), path).toBe(401);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You need a sign-in link');
  }
  await axe();
});

test('a sign-in link signs in', async ({ signedIn, axe }) => {
  await expect(signedIn.getByRole('heading', { level: 1 })).toBeVisible();
  await axe();
});
