// A plan shows a few examples, so that the person is recognised, and no value of hers.
import { expect, test } from '../fixtures.ts';
import { planned } from '../pages/request.ts';

test('examples are folded up, few, and masked', async ({ signedIn, stories, axe }) => {
  const [email] = stories.merge_set_of_four.emails;
  const plan = await planned(signedIn, 'Export', email);
  expect(await plan.examples.count()).toBeGreaterThan(0);
  const first = plan.examples.first();
  await expect(first.getByRole('listitem').first()).toBeHidden();
  await first.locator('summary').click();
  await expect(first.getByRole('listitem').first()).toBeVisible();
  for (const example of await plan.examples.all()) {
    expect(await example.locator('li').count()).toBeLessThanOrEqual(3);
    const text = (await example.textContent()) ?? '';
    expect(text).toContain('•••');
    expect(text).not.toContain(email);
  }
  await axe();
});
