// The list of requests: filters and pages stand in the address, so that back and forward keep them.
import { expect, test } from '../fixtures.ts';
import { askByApi, RequestsPage } from '../pages/requests.ts';

// The list shows what the tests before this one asked for, too.
test.beforeEach(({ server }) => server.reset());

// The files that follow want the sample untouched.
test.afterAll(({ server }) => server.reset());

test('filters and pages are addresses', async ({ signedIn, server, axe }) => {
  test.setTimeout(120_000);
  // More than one page of 50; the limit of calls a minute is above that.
  await askByApi(server, 55);
  const list = new RequestsPage(signedIn);
  await list.goto();
  await expect(list.rows).toHaveCount(50);
  const newest = await list.addresses();
  await list.older.click();
  await expect(signedIn).toHaveURL(/\/requests\?after=[\w-]+$/);
  await expect(list.older).toHaveCount(0);
  const oldest = await list.addresses();
  expect(oldest.length).toBeGreaterThanOrEqual(5);
  expect(oldest.filter((address) => newest.includes(address)), 'no request is on two pages').toEqual([]);
  await axe();
  await signedIn.goBack();
  await expect(list.rows).toHaveCount(50);
  expect(await list.addresses()).toEqual(newest);
  await signedIn.goForward();
  await expect(list.rows).toHaveCount(oldest.length);
  await list.newest.click();
  await expect(list.rows).toHaveCount(50);

  await list.right.selectOption('Erasure');
  await list.filter.click();
  await expect(signedIn).toHaveURL(/right=delete/);
  await expect(signedIn.getByText('No request matches this filter.')).toBeVisible();
  await list.right.selectOption('Export');
  await list.filter.click();
  await expect(list.rows).toHaveCount(50);
  await list.older.click();
  await expect(signedIn).toHaveURL(/right=export&after=/);
  await signedIn.goBack();
  await signedIn.goBack();
  await expect(list.right).toHaveValue('delete');
  await expect(list.rows).toHaveCount(0);
  await list.clear.click();
  await expect(signedIn).toHaveURL(/\/requests$/);
  await expect(list.right).toHaveValue('');
  await expect(list.rows).toHaveCount(50);
});

test('a filter that is none is refused in words', async ({ signedIn, expectErrors }) => {
  expectErrors(/status of 400/);
  await signedIn.goto('/requests?state=sleeping');
  await expect(signedIn.getByRole('main')).toContainText('This is not one of the choices.');
});
