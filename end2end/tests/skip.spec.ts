// What failed can be skipped on a ground, by a form that wants all of it; and is never told as done.
import { expect, test } from '../fixtures.ts';
import { RunPage } from '../pages/request.ts';
import { stirred } from '../states.ts';

test.beforeEach(({ server }) => server.reset());
test.afterAll(({ server }) => server.reset());

const reason = 'A court wants the subscription kept until its decision.';

test('what failed is skipped with ground and reason, and the run ends with it named', async ({ signedIn, server, stories, axe }) => {
  test.setTimeout(120_000);
  await stirred['run-failed']({ page: signedIn, server, stories });
  const run = new RunPage(signedIn);
  await run.skip.open();
  await axe();
  await run.skip.submit.click();
  await expect(run.retry, 'an empty form goes nowhere').toBeVisible();

  await run.skip.fill('Legal retention', reason);
  await run.skip.submit.click();
  await run.stands(RunPage.skipped, 60_000);
  await expect(run.system('Newsletter')).toContainText('Skipped');
  await expect(run.system('Newsletter')).toContainText('Legal retention');
  const decided = signedIn.getByRole('region', { name: 'Skipped' });
  await expect(decided).toContainText(reason);
  await expect(run.retry, 'nothing is left to decide').toHaveCount(0);
  await expect(run.skip.form).toHaveCount(0);
  const history = await run.history();
  expect(history.some(({ text }) => /Newsletter .*skipped \(Legal retention\) by /.test(text))).toBe(true);
  expect(history.every(({ text }) => !text.includes(reason)), 'the reason is in no event').toBe(true);
  await axe();
});

test('a reason that is too short is refused by the server too', async ({ signedIn, server, stories, expectErrors }) => {
  test.setTimeout(120_000);
  await stirred['run-failed']({ page: signedIn, server, stories });
  const run = new RunPage(signedIn);
  await run.skip.open();
  await run.skip.fill('Other', 'a');
  await run.skip.form.locator('form').evaluate((form: HTMLFormElement) => (form.noValidate = true));
  expectErrors(/status of 400/);
  await run.skip.submit.click();
  await expect(signedIn.getByRole('alert').filter({ hasText: 'Reason: ' })).toBeVisible();
  await expect(run.retry, 'nothing was skipped').toBeVisible();
});
