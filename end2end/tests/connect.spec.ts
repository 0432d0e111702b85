// A database is connected: looked through, decided by somebody, tried, and asked by every search from then on.
import { expect, test } from '../fixtures.ts';
import { ConnectPage } from '../pages/connect.ts';

test.afterEach(async ({ page, server }) => {
  await page.goto('about:blank');
  await server.reset();
});

test('a database is drafted, decided, tried and enabled, and found in from then on', async ({ signedIn, server, stories, axe }) => {
  const connect = new ConnectPage(signedIn);
  await connect.goto();
  await axe();
  await connect.fill('Second billing', 'billing.db');
  await connect.look('Second billing');
  await expect(signedIn).toHaveURL(/\/connect\/[0-9a-f-]+$/);
  await axe();
  await expect(signedIn.getByRole('button', { name: 'Enable', exact: true })).toBeDisabled();
  await expect(connect.table('invoices').or(connect.table('Invoices'))).toContainText('Needs you');
  await connect.decideAll();
  await expect(signedIn.getByRole('button', { name: 'Enable', exact: true })).toBeEnabled();

  await connect.try(stories.merge_set_of_four.emails[0]);
  const found = signedIn.getByRole('region', { name: 'What the search found' });
  await expect(found.getByRole('row')).toHaveCount(2);
  await axe();

  await signedIn.getByRole('button', { name: 'Enable', exact: true }).click();
  await signedIn.waitForURL(/\/systems\/second-billing$/);
  await expect(signedIn.getByRole('heading', { level: 1, name: 'Second billing' })).toBeVisible();
  await expect(signedIn.getByText('Answers', { exact: true })).toBeVisible();
});

test('what does not fit is said at its place, and what was typed is kept', async ({ signedIn, axe }) => {
  const connect = new ConnectPage(signedIn);
  await connect.goto();
  await connect.fill('No such file', 'none.db');
  await connect.look('No such file');
  await expect(signedIn.getByText('Not reached').first()).toBeVisible();
  await axe();
  await expect(signedIn.getByLabel('Database', { exact: true })).toHaveValue('none.db');
  await signedIn.getByLabel('Database', { exact: true }).fill('billing.db');
  await signedIn.getByRole('button', { name: 'Look through it again' }).click();
  await expect(connect.tables).toBeVisible();
  await connect.goto();
  await expect(signedIn.getByRole('link', { name: 'No such file' })).toBeVisible();
  await signedIn.getByRole('link', { name: 'No such file' }).click();
  await signedIn.getByRole('button', { name: 'Throw away now' }).click();
  await expect(signedIn.getByRole('link', { name: 'No such file' })).toHaveCount(0);
});

test('what is left out is not part of the description', async ({ signedIn, axe }) => {
  const connect = new ConnectPage(signedIn);
  await connect.goto();
  await connect.fill('Second billing', 'billing.db');
  await connect.look('Second billing');
  await connect.table('Customers').getByRole('link').click();
  await signedIn.getByRole('checkbox', { name: 'address', exact: true }).uncheck();
  await signedIn.getByRole('button', { name: 'Save and go on' }).click();
  await expect(connect.table('Customers')).toContainText('Decided');
  await signedIn.locator('summary', { hasText: 'The description that this makes' }).click();
  await expect(signedIn.locator('.description')).toContainText('email');
  await expect(signedIn.locator('.description')).not.toContainText('name = "address"');
  await axe();
});
