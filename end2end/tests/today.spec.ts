// Today: every number leads to a list of as many, and what fails is there to be acted on.
import { expect, test } from '../fixtures.ts';
import { askByApi, RequestsPage } from '../pages/requests.ts';
import { stirred } from '../states.ts';
import { SystemsPage } from '../pages/systems.ts';

test.beforeEach(({ server }) => server.reset());
test.afterAll(({ server }) => server.reset());

test('the day begins with what presses, and each number with its list', async ({ signedIn, server, stories, axe }) => {
  test.setTimeout(120_000);
  await stirred['run-failed']({ page: signedIn, server, stories });
  const run = new URL(signedIn.url()).pathname;
  await new SystemsPage(signedIn).pause('Help desk');
  await askByApi(server, 3); // they wait for the help desk

  await signedIn.goto('/');
  await expect(signedIn.getByRole('heading', { level: 1, name: 'Today' })).toBeVisible();
  const strip = signedIn.getByRole('navigation', { name: 'Not answered yet' });
  const needs = signedIn.locator('section', { has: signedIn.getByRole('heading', { name: 'Needs you' }) });
  await expect(needs.getByRole('rowheader').getByRole('link')).toHaveAttribute('href', run);
  await expect(needs).toContainText(/\d+ days left/);
  await expect(signedIn.getByRole('listitem').filter({ hasText: 'Help desk' })).toContainText('Paused');
  await axe();

  const numbers: Record<string, number> = { Overdue: 0, 'Due within 3 days': 0, 'Need a person': 1, 'In the systems': 3 };
  for (const [word, number] of Object.entries(numbers)) {
    await signedIn.goto('/');
    const link = strip.getByRole('link', { name: word });
    await expect(link).toContainText(String(number));
    await link.click();
    await signedIn.waitForURL(/\/requests\?/);
    const list = new RequestsPage(signedIn);
    await expect(signedIn.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible();
    await expect(list.rows).toHaveCount(number);
  }
});
