// One system, and the map of all: how it was, what waits for it, and what refers to what.
import { expect, test } from '../fixtures.ts';
import { RunPage } from '../pages/request.ts';
import { SystemPage, SystemsPage } from '../pages/systems.ts';
import { stirred } from '../states.ts';

test.afterEach(async ({ page, server }) => {
  await page.goto('about:blank');
  await server.reset();
});

test('a system says how it was, what it is asked by, and can be paused on its own page', async ({ signedIn, axe }) => {
  const systems = new SystemsPage(signedIn);
  await systems.goto();
  const newsletter = await systems.open('Newsletter');
  await expect(newsletter.section('The last 30 days')).toContainText(/100 % of \d+ checks? were answered/);
  await expect(newsletter.section('Rate budget')).toContainText('5 per second');
  await expect(newsletter.section('What waits for this system')).toContainText('No request waits');
  const kinds = newsletter.section('What finds a person here');
  await expect(kinds.getByRole('row', { name: /E-mail/ })).toContainText('Subscribers');
  await expect(newsletter.section('Inventory')).toContainText('user.contact.email');

  await newsletter.press('Pause');
  await expect(signedIn.getByRole('button', { name: 'Resume', exact: true })).toBeVisible();
  await expect(signedIn).toHaveURL(/\/systems\/newsletter$/);
  await axe();
  await newsletter.press('Resume');
  await expect(signedIn.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
});

test('a check that failed is in the history at once, drawn and in the table', async ({ signedIn, axe }) => {
  await new SystemsPage(signedIn).misbehave('Billing', { failing: true });
  await signedIn.goto('/systems/billing');
  const billing = new SystemPage(signedIn);
  await expect(billing.section('The last 30 days').getByRole('img')).toBeVisible();
  await billing.table('The last 30 days as a table');
  const bar = billing.section('The last 30 days').getByRole('row').nth(1);
  await expect(bar).toContainText(/not answered|None answered/i);
  await expect(billing.section('Last time')).not.toContainText('not in the last 30 days');
  await axe();
});

test('what waits for a system leads to its request', async ({ signedIn, server, stories, axe }) => {
  test.setTimeout(120_000);
  await stirred['run-running']({ page: signedIn, server, stories });
  const run = new URL(signedIn.url()).pathname;
  await signedIn.goto('/systems/newsletter');
  const waiting = new SystemPage(signedIn).section('What waits for this system');
  await expect(waiting.getByRole('row').nth(1)).toContainText('Erasure');
  await axe();
  await waiting.getByRole('rowheader').getByRole('link').click();
  await signedIn.waitForURL((url) => url.pathname === run);
  await expect(signedIn.getByRole('heading', { level: 1, name: 'Erasure' })).toBeVisible();
  expect(await new RunPage(signedIn).system('Newsletter').count()).toBeGreaterThan(0);
});

test('the map leads to every system, by keyboard too, and its table says the same', async ({ signedIn, axe }) => {
  const systems = new SystemsPage(signedIn);
  await systems.goto();
  await signedIn.getByRole('link', { name: 'Map', exact: true }).click();
  await signedIn.waitForURL(/\?show=map$/);
  const map = signedIn.getByRole('region', { name: 'Map of systems' });
  for (const name of ['Attachments', 'Billing', 'Contact centre', 'Directory', 'Help desk', 'Newsletter']) {
    await expect(map.getByRole('link', { name }).first()).toBeVisible();
  }
  await new SystemPage(signedIn).table('The map as a table');
  const customers = signedIn.getByRole('row').filter({ hasText: 'Customers' }).first();
  await expect(customers).toContainText('External contact id → Directory');
  await axe();

  await map.getByRole('link', { name: 'Billing' }).first().focus();
  await signedIn.keyboard.press('Enter');
  await signedIn.waitForURL(/\/systems\/billing$/);
  await expect(signedIn.getByRole('heading', { level: 1, name: 'Billing' })).toBeVisible();
});
