// A finished run can be gone through again, event by event; nothing can be acted on in its past.
import { expect, test } from '../fixtures.ts';
import { RunPage } from '../pages/request.ts';
import { isLive } from '../pages/wait.ts';
import { stirred } from '../states.ts';

test.beforeEach(({ server }) => server.reset());
test.afterAll(({ server }) => server.reset());

test('a run that failed is replayed from its first event to its last', async ({ signedIn, server, stories, axe }) => {
  test.setTimeout(120_000);
  await stirred['run-failed']({ page: signedIn, server, stories });
  const run = new RunPage(signedIn);
  const events = (await run.history()).length;
  const matrix = signedIn.getByRole('region', { name: 'Systems and records' });
  const recorded = await matrix.innerText();
  await expect(run.retry).toBeVisible();

  const step = (name: string) => signedIn.getByRole('link', { name, exact: true });
  const past = signedIn.getByRole('status').filter({ hasText: /of \d+/ });
  await step('First').click();
  await signedIn.waitForURL(/\?at=1$/);
  await expect(past).toBeVisible();
  await expect(matrix).not.toContainText('Done');
  await expect.poll(async () => (await run.history()).length).toBe(1);
  await expect(run.retry, 'nothing is done in the past').toHaveCount(0);
  await axe();

  await step('Next').click();
  await signedIn.waitForURL(/\?at=2$/);
  await expect.poll(async () => (await run.history()).length).toBe(2);
  await step('Last').click();
  await signedIn.waitForURL(new RegExp(`\\?at=${events}$`));
  await expect.poll(() => matrix.innerText(), { message: 'replayed state = recorded state' }).toBe(recorded);

  const slider = signedIn.getByRole('slider');
  await slider.focus();
  await signedIn.keyboard.press('Home');
  if (!isLive()) await signedIn.getByRole('button', { name: 'Show' }).click();
  await signedIn.waitForURL(/\?at=1$/);
  await expect(matrix).not.toContainText('Done');
  if (isLive()) await expect(slider).toBeFocused();

  await signedIn.getByRole('link', { name: 'Back to now' }).click();
  await signedIn.waitForURL((url) => url.search === '');
  await expect(run.retry).toBeVisible();
});
