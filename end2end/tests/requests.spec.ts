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

test('a word that is none of the choices is left out, and the list is there', async ({ signedIn, server, axe }) => {
  await askByApi(server, 1);
  await signedIn.goto('/requests?state=sleeping&cols=mood&sort=size');
  const list = new RequestsPage(signedIn);
  await expect(signedIn.getByText('not one of the choices: State, Sort, Columns')).toBeVisible();
  await expect(list.rows).toHaveCount(1);
  await axe();
});

test('order and columns are chosen, and stay in the address', async ({ signedIn, server, axe }) => {
  test.setTimeout(120_000);
  await askByApi(server, 55);
  const list = new RequestsPage(signedIn);
  await list.goto();
  const newest = await list.addresses();
  await list.sort.selectOption('Oldest first');
  await list.columns('State', 'Ended');
  await expect(signedIn).toHaveURL(/sort=oldest/);
  await expect(list.heads).toHaveText(['Request', 'State', 'Ended']);
  const oldest = await list.addresses();
  expect(oldest.slice(0, 5).some((address) => newest.includes(address)), 'another end of the list').toBe(false);
  await axe();
  await list.older.click();
  await expect(signedIn).toHaveURL(/sort=oldest&after=[\w-]+&cols=state,ended$/);
  await expect(list.heads).toHaveText(['Request', 'State', 'Ended']);
  await signedIn.goBack();
  await expect(list.rows).toHaveCount(50);
  expect(await list.addresses()).toEqual(oldest);
});

test('an empty list says which condition to drop', async ({ signedIn, server }) => {
  await askByApi(server, 2);
  await signedIn.goto('/requests?right=export&waits=person');
  const list = new RequestsPage(signedIn);
  await expect(signedIn.getByRole('heading', { name: 'No request matches this filter.' })).toBeVisible();
  await signedIn.getByRole('link', { name: 'without “Waits for”: 2' }).click();
  await expect(signedIn).toHaveURL(/\/requests\?right=export$/);
  await expect(list.rows).toHaveCount(2);
});

test('a view has a name, is hers to open and delete, and can be put back', async ({
  signedIn,
  server,
  axe,
  expectErrors,
  javaScriptEnabled,
}) => {
  expectErrors(/status of 400/);
  await askByApi(server, 2);
  await signedIn.goto('/requests?right=export&cols=state');
  const list = new RequestsPage(signedIn);
  await list.save('Exports');
  const view = list.views.getByRole('link', { name: 'Exports' });
  await expect(view).toHaveAttribute('aria-current', 'page');
  await list.save('exports');
  await expect(signedIn.getByRole('alert')).toContainText('Name: You have one of this name already.');
  await list.views.getByRole('link', { name: 'Needs me' }).click();
  await expect(signedIn).toHaveURL(/waits=person$/);
  await view.click();
  await expect(signedIn).toHaveURL(/\/requests\?right=export&cols=state$/);
  await expect(list.rows).toHaveCount(2);
  await axe();
  await list.views.getByRole('button', { name: 'Delete view: Exports' }).click();
  await expect(view).toHaveCount(0);
  // The keyboard goes on where the view was, not at the top of the page.
  if (javaScriptEnabled) await expect(list.views.locator(':focus')).toHaveCount(1);
  await signedIn.getByRole('button', { name: 'Put back' }).click();
  await expect(view).toBeVisible();
});

test('the whole list is a file that names nobody', async ({ signedIn, server, stories }) => {
  test.setTimeout(120_000);
  await askByApi(server, 55);
  const list = new RequestsPage(signedIn);
  await signedIn.goto('/requests?right=export');
  const href = await list.file.getAttribute('href');
  const answer = await signedIn.request.get(`${server.url}${href}`);
  expect(answer.headers()['content-disposition']).toContain('habeas-requests.csv');
  const lines = (await answer.text()).trim().split('\r\n');
  expect(lines).toHaveLength(56);
  expect(lines[0]).toMatch(/^\uFEFF?request,right,state,/);
  expect(lines[1].split(',')[0]).toBe((await list.addresses())[0]?.split('/').pop());
  expect(lines.join('\n')).not.toContain(stories.unique.name);
});

test('on paper there is the list, and nothing to press', async ({ signedIn, server }) => {
  await askByApi(server, 1);
  const list = new RequestsPage(signedIn);
  await list.goto();
  await signedIn.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(list.rows).toHaveCount(1);
  for (const hidden of [list.filter, list.views, list.file, signedIn.getByRole('banner')]) await expect(hidden).toBeHidden();
  expect(await signedIn.evaluate(() => getComputedStyle(document.querySelector('.list td')!).color)).toBe('rgb(0, 0, 0)');
});
