// What comes between: a second tab, a slow network, a session that ends while somebody types.
import { expect, signIn, test } from '../fixtures.ts';
import { FindPage, FoundPage } from '../pages/find.ts';
import { PlanPage, planned, RunPage } from '../pages/request.ts';
import { RequestsPage } from '../pages/requests.ts';
import { SystemsPage } from '../pages/systems.ts';

test.beforeEach(({ server }) => server.reset());
test.afterAll(({ server }) => server.reset());

test('a plan confirmed in two tabs is one request, and each tab shows it', async ({ signedIn, context, stories }) => {
  const plan = await planned(signedIn, 'Export', stories.merge_set_of_four.emails[0]);
  const address = signedIn.url();
  const [twin, third] = [await context.newPage(), await context.newPage()];
  // The first is still in flight when the second is confirmed.
  await new SystemsPage(twin).pause('Help desk');
  for (const tab of [twin, third]) await tab.goto(address);
  const first = await plan.confirm();
  const second = await new PlanPage(twin, 'Export').confirm('She asked again, in the other tab.');
  expect(second.id).toBe(first.id);

  const other = await context.newPage();
  await new SystemsPage(other).resume('Help desk');
  for (const run of [first, second]) await run.stands(RunPage.completed, 60_000);

  // Also once it has ended: the form that still stands in a tab leads there, and the plan says so.
  await third.bringToFront();
  expect((await new PlanPage(third, 'Export').confirm('And once more, in a tab that was forgotten.')).id).toBe(first.id);
  await third.goto(address);
  await third.getByRole('link', { name: 'Go to that request' }).click();
  expect((await RunPage.opened(third)).id).toBe(first.id);

  const list = new RequestsPage(twin);
  await list.goto();
  await expect(list.rows).toHaveCount(1);
});

test('on a slow network an impatient second click asks nobody twice', async ({ signedIn, context, stories }) => {
  const find = new FindPage(signedIn);
  await find.goto();
  await find.kind.selectOption('email');
  await find.value.fill(stories.unique.email);
  const session = await context.newCDPSession(signedIn);
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 800,
    downloadThroughput: 50_000,
    uploadThroughput: 20_000,
  });
  const asked: string[] = [];
  signedIn.on('request', (request) => request.method() === 'POST' && asked.push(request.url()));
  await find.submit.dblclick();
  const found = await FoundPage.settled(signedIn);
  await expect(found.cards).toHaveCount(1);
  expect(asked).toHaveLength(1);
});

test('a session that ends while somebody types takes nothing that was typed', async ({ signedIn, context, server, stories, expectErrors }) => {
  expectErrors(/status of 401/);
  const plan = await planned(signedIn, 'Erasure', stories.unique.email);
  const address = signedIn.url();
  const reason = 'She wrote to us on the 3rd, and again on the 9th.';
  const code = await plan.firstCode();
  await plan.reason.fill(reason);
  await plan.code.fill(code);
  await plan.confirmation.check();
  await context.clearCookies();
  await plan.submit.click();
  await expect(signedIn.getByRole('alert').filter({ hasText: 'Your session has ended, and nothing was done' })).toBeVisible();
  expect(signedIn.url()).toBe(address);
  await expect(plan.reason).toHaveValue(reason);
  await expect(plan.code).toHaveValue(code);
  await expect(plan.confirmation).toBeChecked();

  const other = await context.newPage();
  await signIn(other, server);
  await plan.submit.click();
  const run = await RunPage.opened(signedIn);
  await run.stands(RunPage.completed, 60_000);
});
