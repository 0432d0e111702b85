// A merge set is erased: what fails fails alone, is retried alone, and nothing is done twice, whatever happens in between.
import { expect, test } from '../fixtures.ts';
import { FindPage } from '../pages/find.ts';
import { planned, RunPage } from '../pages/request.ts';
import { SystemsPage } from '../pages/systems.ts';
import { comes, isLive } from '../pages/wait.ts';
import { stirred } from '../states.ts';

// Who was erased is erased for the tests that follow, too.
test.beforeEach(({ server }) => server.reset());

/** A rule of the newsletter's own that lets nobody delete that subscriber. */
const hold = (member: string) => `
  CREATE TRIGGER legal_hold BEFORE DELETE ON subscribers WHEN OLD.external_contact_id = '${member}'
  BEGIN SELECT RAISE(ABORT, 'legal hold'); END;`;

// The files that follow want the sample untouched.
test.afterAll(({ server }) => server.reset());

test('of a merge set of four one member fails, the others are done, and only the failed one is made again', async ({
  signedIn,
  server,
  stories,
  axe,
}) => {
  test.setTimeout(120_000);
  const { canonical, emails } = stories.merge_set_of_four;
  await server.sql('newsletter', hold(canonical));
  const plan = await planned(signedIn, 'Erasure', emails[0]);
  await expect(plan.records).toHaveCount(4);
  const address = signedIn.url();
  const systems = new SystemsPage(signedIn);
  await systems.misbehave('Billing', { delay: 4_000 }); // holds the others in flight
  await signedIn.goto(address);
  const run = await plan.confirm();

  await comes(run.results.filter({ hasText: 'Partially failed' }), 60_000);
  await expect(run.retry).toBeDisabled();
  await expect(run.retry).toHaveAccessibleDescription(/^Retry is possible once every related request has ended\. Still in progress: /);
  await axe();

  const old = signedIn.url();
  await systems.misbehave('Billing', {});
  await signedIn.goto(old);
  await run.stands(RunPage.partlyFailed, 60_000);
  await expect(run.results.filter({ hasText: 'Partially failed' })).toHaveCount(1);
  await expect(run.results.filter({ hasText: 'Completed with exceptions' })).toHaveCount(3);
  await expect(run.system('Newsletter')).toContainText('One of its rules forbids this change. Its owner must decide.');
  await run.isSound();
  const [failed, ...done] = await run.requests();
  await axe();

  await server.sql('newsletter', 'DROP TRIGGER legal_hold;');
  await expect(run.retry).toBeEnabled();
  await run.retry.click();
  await signedIn.waitForURL((url) => url.pathname.startsWith('/requests/') && !old.endsWith(url.pathname));
  await run.stands(RunPage.withExceptions, 60_000);
  await expect(run.results, 'what succeeded is not made again').toHaveCount(1);
  const again = await run.requests();
  expect([failed, ...done]).not.toContain(again[0]);
  await run.isSound();

  await signedIn.getByRole('link', { name: failed, exact: true }).click();
  await expect(run.results).toHaveCount(4);
  await expect(run.results.first().getByRole('link', { name: /Tried again by/ })).toHaveAttribute('href', `/requests/${again[0]}`);
  await expect(run.retry).toBeDisabled();
  await expect(run.retry).toHaveAccessibleDescription(/It was retried already/);

  for (const email of emails) {
    const found = await new FindPage(signedIn).search('E-mail', email);
    await expect(found.people.getByRole('heading', { name: 'Nobody found', exact: true })).toBeVisible();
  }
});

test('a system that fails is tried again by itself, and the run ends once it is mended', async ({ signedIn, stories }) => {
  test.setTimeout(90_000);
  const plan = await planned(signedIn, 'Erasure', stories.deep_set.emails[0]);
  const address = signedIn.url();
  const systems = new SystemsPage(signedIn);
  await systems.misbehave('Newsletter', { failing: true });
  await signedIn.goto(address);
  const run = await plan.confirm();
  await comes(run.system('Newsletter').filter({ hasText: 'next try' }));
  await expect(run.system('Newsletter')).toContainText('unreachable');
  await expect(run.retry, 'nothing has failed for good').toHaveCount(0);

  const page = signedIn.url();
  await systems.misbehave('Newsletter', {});
  await signedIn.goto(page);
  await run.stands(RunPage.completed, 60_000);
  expect((await run.history()).some(({ text }) => text.includes('started, try 2'))).toBe(true);
  await run.isSound();
});

test('what a paused system holds up waits, and goes on when it is resumed', async ({ signedIn, stories }) => {
  test.setTimeout(90_000);
  const plan = await planned(signedIn, 'Erasure', stories.unique.email);
  const address = signedIn.url();
  const systems = new SystemsPage(signedIn);
  await systems.pause('Help desk');
  await signedIn.goto(address);
  const run = await plan.confirm();
  await comes(run.system('Billing').filter({ hasText: 'Done' }));
  await expect(run.system('Help desk')).not.toContainText('Done');

  const page = signedIn.url();
  await systems.resume('Help desk');
  await signedIn.goto(page);
  await run.stands(RunPage.completed, 60_000);
  await run.isSound();
});

test('after kill -9 in the middle of an erasure it goes on where it was, and nothing is applied twice', async ({
  signedIn,
  server,
  stories,
  expectErrors,
}) => {
  test.setTimeout(120_000);
  const plan = await planned(signedIn, 'Erasure', stories.merge_set_of_four.emails[0]);
  const address = signedIn.url();
  // Longer than this test: only the crash, which ends the misbehaviour too, gets the run on.
  await new SystemsPage(signedIn).misbehave('Billing', { delay: 120_000 });
  await signedIn.goto(address);
  const run = await plan.confirm();
  await comes(run.system('Billing').filter({ hasText: 'Running' }));
  await comes(run.system('Help desk').filter({ hasText: 'Done' }));

  expectErrors(/net::ERR_|Failed to fetch/);
  await server.kill9();
  if (isLive()) await expect(signedIn.getByText('Reconnecting')).toBeVisible({ timeout: 30_000 });
  await server.launch();
  await run.stands(RunPage.withExceptions, 90_000);
  await expect(run.results).toHaveCount(4);
  await run.isSound();
  const history = await run.history();
  expect(history.some(({ text }) => /Billing · .*started, try 2/.test(text)), 'what was cut off was begun again').toBe(true);
});

test('who is found again after an erasure opens it again, and is erased again', async ({ signedIn, server, stories }) => {
  await stirred['run-returned']({ page: signedIn, server, stories });
  const run = new RunPage(signedIn);
  await run.stands(RunPage.partlyFailed);
  await expect(run.system('Newsletter')).toContainText('found there again after the erasure');
  const old = signedIn.url();
  await signedIn.goto('/');
  await expect(signedIn.getByRole('region', { name: 'Needs you' }).getByRole('link').first()).toHaveAttribute('href', new URL(old).pathname);

  await signedIn.goto(old);
  await run.retry.click();
  await signedIn.waitForURL((url) => url.pathname.startsWith('/requests/') && !old.endsWith(url.pathname));
  // What was kept the first time is an exception of the second, too.
  await run.stands(RunPage.withExceptions, 60_000);
  await run.looked('At once', 'Nothing found');
});
