// What a page with JavaScript does by itself, and what it leaves alone while it does.
import { expect, test } from '../fixtures.ts';
import { planned, RunPage } from '../pages/request.ts';
import { askByApi, RequestsPage } from '../pages/requests.ts';
import { SystemsPage } from '../pages/systems.ts';
import { comes } from '../pages/wait.ts';

test.beforeEach(({ server }) => server.reset());
test.afterAll(({ server }) => server.reset());

test('a stream that never opens is said to be missing', async ({ signedIn, stories, expectErrors }) => {
  expectErrors(/net::ERR_FAILED/);
  await signedIn.route('**/events/**', (route) => route.abort());
  const plan = await planned(signedIn, 'Erasure', stories.unique.email);
  const address = signedIn.url();
  await new SystemsPage(signedIn).misbehave('Billing', { delay: 60_000 });
  await signedIn.goto(address);
  await plan.confirm();
  await expect(signedIn.getByText('Reconnecting')).toBeVisible();
});

test('what a person opened stays open, and the focus where it is, while the run goes on', async ({ signedIn, stories }) => {
  test.setTimeout(90_000);
  const plan = await planned(signedIn, 'Erasure', stories.unique.email);
  const address = signedIn.url();
  const systems = new SystemsPage(signedIn);
  await systems.misbehave('Billing', { delay: 8_000 });
  await signedIn.goto(address);
  const run = await plan.confirm();
  await comes(run.system('Billing').filter({ hasText: 'Running' }));
  const cell = run.system('Billing').locator('details').first();
  await cell.locator('summary').click();
  await expect(cell).toHaveAttribute('open', '');
  await expect(cell.locator('summary')).toBeFocused();

  await run.stands(RunPage.completed, 60_000);
  await expect(run.system('Billing')).toContainText('Done');
  await expect(cell).toHaveAttribute('open', '');
  await expect(cell.locator('summary')).toBeFocused();
});

test('the list changes in place, and what is new waits to be asked for', async ({ signedIn, server }) => {
  await new SystemsPage(signedIn).pause('Help desk');
  await askByApi(server, 2);
  const list = new RequestsPage(signedIn);
  await list.goto();
  await expect(list.rows).toHaveCount(2);
  await expect(signedIn.getByText('Live', { exact: true })).toBeVisible();
  const shown = await list.addresses();
  const first = await list.rows.first().boundingBox();
  await askByApi(server, 5); // two of them are the same requests again
  await comes(list.news);
  await expect(list.news).toHaveText(/Show 3 new/);
  expect(await list.addresses(), 'nothing moved').toEqual(shown);
  expect(await list.rows.first().boundingBox()).toEqual(first);

  await new SystemsPage(signedIn).resume('Help desk');
  await list.goto();
  await expect(list.rows).toHaveCount(5);
  await expect(list.news).toHaveCount(0);
  await comes(list.rows.last().filter({ hasText: 'Completed' }));
});

test('what is wrong with a form is to be read while the page takes news', async ({ signedIn, server, expectErrors }) => {
  expectErrors(/status of 400/);
  await new SystemsPage(signedIn).pause('Help desk');
  await askByApi(server, 1);
  const list = new RequestsPage(signedIn);
  await signedIn.goto('/requests?right=export');
  await list.save('Exports');
  await expect(list.views.getByRole('link', { name: 'Exports' })).toBeVisible();
  await list.save('exports');
  const wrong = signedIn.getByRole('alert').filter({ hasText: 'You have one of this name already.' });
  await expect(wrong).toBeVisible();
  await askByApi(server, 3);
  await comes(list.news);
  await expect(wrong).toBeVisible();
});

test('an id is copied whole', async ({ signedIn, context, stories }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await planned(signedIn, 'Export', stories.unique.email);
  const hash = signedIn.getByRole('button', { name: /^Copy: / });
  await hash.click();
  await expect(signedIn.getByText('Copied', { exact: true })).toBeVisible();
  const copied = await signedIn.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^[0-9a-f]{64}$/);
  await expect(signedIn.getByText(copied, { exact: true })).toBeVisible();
});

test('the title tells that a run has ended, and a notification does if she allowed it', async ({ signedIn, context, server, stories }) => {
  await context.grantPermissions(['notifications'], { origin: server.url });
  await signedIn.addInitScript(() => {
    const told: string[] = [];
    Object.assign(window, { told, Notification: Object.assign(function (text: string) { told.push(text); }, { permission: 'granted' }) });
    document.hasFocus = () => false;
  });
  const plan = await planned(signedIn, 'Export', stories.unique.email);
  const run = await plan.confirm();
  await run.stands(RunPage.completed, 60_000);
  await expect(signedIn).toHaveTitle(new RegExp(`^✓ Export request ${run.id.slice(-8)}: Completed`));
  const told = await signedIn.evaluate(() => (window as any).told);
  expect(told.length).toBeLessThanOrEqual(1); // none, if it had ended before the page came
  for (const text of told) expect(text).toContain(run.id.slice(-8));
});
