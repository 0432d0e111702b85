// The log of a run: filtered, searched and linked to by address, with and without JavaScript.
import { expect, test } from '../fixtures.ts';
import { RunPage } from '../pages/request.ts';
import { stirred } from '../states.ts';

test.beforeEach(({ server }) => server.reset());
test.afterAll(({ server }) => server.reset());

test('the log is filtered and searched by its address, and says how many of how many', async ({ signedIn, server, stories, axe }) => {
  test.setTimeout(120_000);
  await stirred['run-failed']({ page: signedIn, server, stories });
  const run = new RunPage(signedIn);
  const all = (await run.history()).length;

  await signedIn.getByLabel('What happened').selectOption({ label: 'Failed' });
  await signedIn.getByRole('searchbox', { name: 'Search' }).fill('NEWSLETTER');
  await signedIn.getByRole('button', { name: 'Filter' }).click();
  await signedIn.waitForURL(/kind=failed/);
  const failures = await run.history();
  expect(failures.length).toBeGreaterThan(0);
  expect(failures.every(({ text }) => text.includes('Newsletter'))).toBe(true);
  await expect(signedIn.getByText(`${failures.length} of ${all} events match`)).toBeVisible();
  await expect(signedIn.getByLabel('What happened')).toHaveValue('failed');
  await axe();

  await signedIn.getByRole('link', { name: 'Clear' }).click();
  await signedIn.waitForURL((url) => url.search === '');
  await expect.poll(async () => (await run.history()).length).toBe(all);
});

test('each event has an address that leads to it', async ({ signedIn, server, stories }) => {
  test.setTimeout(120_000);
  await stirred['run-failed']({ page: signedIn, server, stories });
  const link = signedIn.getByRole('region', { name: 'History' }).getByRole('link', { name: '7', exact: true });
  const address = await link.getAttribute('href');
  expect(address).toMatch(/#event-7$/);
  await signedIn.goto('/');
  await signedIn.goto(address ?? '');
  const event = signedIn.locator('#event-7');
  await expect(event).toBeInViewport();
  expect(await event.evaluate((line) => line.matches(':target'))).toBe(true);
});

test('a replay keeps what the log lists', async ({ signedIn, server, stories }) => {
  test.setTimeout(120_000);
  await stirred['run-failed']({ page: signedIn, server, stories });
  const run = new RunPage(signedIn);
  await signedIn.goto(`/requests/${run.id}?kind=started`);
  await signedIn.getByRole('link', { name: 'Previous', exact: true }).click();
  await signedIn.waitForURL(/at=\d+&kind=started/);
  const started = await run.history();
  expect(started.length).toBeGreaterThan(0);
  expect(started.every(({ text }) => text.includes('started'))).toBe(true);
});
