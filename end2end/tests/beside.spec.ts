// Several identifiers of one person, side by side; searches that are saved; and the whole story in few clicks.
import { rename, symlink, unlink } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '../fixtures.ts';
import { FindPage, FoundPage } from '../pages/find.ts';
import { readPackage } from '../pages/package.ts';
import { PlanPage, RunPage } from '../pages/request.ts';

test.beforeEach(({ server }) => server.reset());
test.afterAll(({ server }) => server.reset());

test('what several identifiers find is shown as one, and one can be taken away', async ({ signedIn, stories, axe }) => {
  const { emails } = stories.merge_set_of_four;
  const found = await new FindPage(signedIn).search('E-mail', emails[0]);
  const [person] = await found.subjects();
  await found.searchBeside(emails[1]);
  await expect(found.cards, 'found twice, shown once').toHaveCount(1);
  expect(await found.subjects()).toEqual([person]);
  await expect(found.lane('Billing')).toContainText(emails[0]);
  await expect(found.lane('Billing')).toContainText(emails[1]);
  await expect(found.unsearched.getByRole('listitem').filter({ hasText: emails[1] }), 'it was searched').toHaveCount(0);

  await found.searchBeside(stories.unique.email);
  await expect(found.cards).toHaveCount(2);
  await axe();
  // Another form of what stands there already asks nobody.
  await found.searchBeside(emails[0].toUpperCase()).catch(() => {});
  await expect(found.asked.getByRole('listitem')).toHaveCount(3);

  await found.takeAway('E-mail', stories.unique.email);
  await expect(found.cards).toHaveCount(1);
  await signedIn.reload();
  await expect(found.asked.getByRole('listitem'), 'the address is the state').toHaveCount(2);
});

test('a wrong identifier beside others is refused, and they stay', async ({ signedIn, stories, expectErrors }) => {
  expectErrors(/400/);
  const found = await new FindPage(signedIn).search('E-mail', stories.unique.email);
  await found.asked.getByLabel('Another identifier of hers').selectOption('E-mail');
  await found.asked.getByLabel('Value', { exact: true }).fill('nobody');
  await found.asked.getByLabel('Value', { exact: true }).press('Enter');
  await expect(signedIn.getByRole('alert').filter({ hasText: 'e-mail' })).toBeVisible();
  await expect(found.cards).toHaveCount(1);
});

test('a search is found again, and saved', async ({ signedIn, stories, axe }) => {
  const find = new FindPage(signedIn);
  const found = await find.search('E-mail', stories.unique.email);
  await found.asked.getByRole('button', { name: 'Save search' }).click();
  await expect(found.asked.getByRole('button', { name: 'Saved: save no longer' })).toBeVisible();
  const saved = signedIn.url();
  await find.search('Phone', stories.twins.phone);

  await find.goto();
  const lists = (name: string) => signedIn.getByRole('region', { name });
  await expect(lists('Recent searches').getByRole('link')).toHaveText([`Phone ${stories.twins.phone}`]);
  await axe();
  await lists('Saved searches').getByRole('link', { name: stories.unique.email }).click();
  await FoundPage.settled(signedIn);
  expect(signedIn.url()).toBe(saved);
});

/** Her folder of attachments gives way to a link, which nothing is read through; what it gives back puts it where it was. */
async function moveAway(folder: string) {
  const elsewhere = `${folder}.moved`;
  await rename(folder, elsewhere);
  await symlink(elsewhere, folder);
  return async () => {
    await unlink(folder);
    await rename(elsewhere, folder);
  };
}

test('two identifiers, a set of four, one member that fails, a retry and the package: twelve clicks at most', async ({
  signedIn,
  server,
  stories,
}) => {
  test.setTimeout(120_000);
  const { canonical, emails, members } = stories.merge_set_of_four;
  await signedIn.goto('/');

  let clicks = 0;
  const click = async (what: { click(): Promise<void> }) => {
    clicks += 1;
    await what.click();
  };
  await click(signedIn.getByRole('link', { name: 'Find a person' }).first());
  const find = new FindPage(signedIn);
  await find.value.fill(emails[0]);
  await find.value.press('Enter');
  const found = await FoundPage.settled(signedIn);
  await found.searchBeside(emails[1]);
  await click(found.cards.getByRole('link', { name: 'New request' }));
  await click(signedIn.getByRole('radio', { name: 'Export' }));
  await click(signedIn.getByRole('button', { name: 'Make the plan' }));
  await signedIn.waitForURL(/\/plans\//);
  const plan = new PlanPage(signedIn, 'Export');
  await plan.reason.fill('She asked for it by letter.');
  await click(plan.confirmation);
  const putBack = await moveAway(path.join(server.data, 'attachments', 'external_contact_id', canonical));
  await click(plan.submit);
  const run = await RunPage.opened(signedIn);
  await expect(run.results).toHaveCount(members.length);
  await run.stands(RunPage.partlyFailed, 90_000);
  await expect(run.results.filter({ hasText: 'Partially failed' })).toHaveCount(1);

  // Somebody else mends the system.
  await putBack();
  const address = signedIn.url();
  await click(run.retry);
  await signedIn.waitForURL((url) => url.href !== address);
  await run.stands(RunPage.completed, 60_000);
  const download = signedIn.waitForEvent('download');
  await click(run.download.first());
  const { manifest } = await readPackage(await (await download).path());
  expect(manifest.coverage.failed).toEqual([]);
  expect(clicks, 'counted').toBeLessThanOrEqual(12);
});
