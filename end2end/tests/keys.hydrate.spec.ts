// The palette and the single keys: they go somewhere, change nothing, and leave alone who types.
import { expect, test } from '../fixtures.ts';
import { FindPage, FoundPage } from '../pages/find.ts';
import { Keys, Palette } from '../pages/over.ts';
import { askByApi, RequestsPage } from '../pages/requests.ts';

test.afterAll(({ server }) => server.reset());

test('the palette filters, is gone through with the arrows, and leads there', async ({ signedIn, axe }) => {
  await signedIn.goto('/systems');
  const palette = new Palette(signedIn);
  await palette.open();
  await expect(palette.input).toBeFocused();
  await axe();
  await palette.input.pressSequentially('requ');
  await expect(palette.options.first()).toHaveText(/Requests/);
  await expect(palette.chosen).toHaveText(/Requests/);
  await signedIn.keyboard.press('ArrowDown');
  await expect(palette.chosen).toHaveText(/Find: requ/);
  await signedIn.keyboard.press('ArrowUp');
  await signedIn.keyboard.press('Enter');
  await expect(signedIn).toHaveURL(/\/requests$/);
  await expect(palette.dialog).toBeHidden();
});

test('Escape closes the palette, and the focus is where it was', async ({ signedIn }) => {
  await signedIn.goto('/requests');
  const open = signedIn.getByRole('banner').getByRole('link', { name: 'Go to' });
  await open.focus();
  await signedIn.keyboard.press('Enter');
  const palette = new Palette(signedIn);
  await expect(palette.input).toBeFocused();
  await signedIn.keyboard.press('Escape');
  await expect(palette.dialog).toBeHidden();
  await expect(open).toBeFocused();
  await expect(signedIn).toHaveURL(/\/requests$/);
});

test('what is typed into the palette is found', async ({ signedIn, stories }) => {
  const palette = new Palette(signedIn);
  await signedIn.goto('/systems');
  await palette.open();
  await palette.input.fill(stories.unique.email);
  await signedIn.keyboard.press('Enter');
  const found = await FoundPage.settled(signedIn);
  await expect(found.cards).toHaveCount(1);
  await expect(palette.dialog).toBeHidden();
});

test('keys go to pages and through rows', async ({ signedIn, server }) => {
  await askByApi(server, 3);
  const { keyboard } = signedIn;
  await signedIn.goto('/');
  await keyboard.press('g');
  await keyboard.press('r');
  await expect(signedIn).toHaveURL(/\/requests$/);
  const rows = new RequestsPage(signedIn).rows.getByRole('rowheader').getByRole('link');
  await expect(rows).toHaveCount(3);
  await keyboard.press('j');
  await expect(rows.nth(0)).toBeFocused();
  await keyboard.press('j');
  await expect(rows.nth(1)).toBeFocused();
  await keyboard.press('k');
  await expect(rows.nth(0)).toBeFocused();
  const address = await rows.nth(0).getAttribute('href');
  await keyboard.press('Enter');
  await expect(signedIn).toHaveURL(new RegExp(`${address}$`));

  await keyboard.press('/');
  await expect(new FindPage(signedIn).value).toBeFocused();
  await expect(signedIn).toHaveURL(/\/find$/);
  await expect(new FindPage(signedIn).value).toHaveValue('');
});

test('nothing happens while something is typed, with other keys held, or once it is switched off', async ({ signedIn }) => {
  const find = new FindPage(signedIn);
  const { keyboard } = signedIn;
  await find.goto();
  await find.value.focus();
  await keyboard.type('g r?');
  await expect(find.value).toHaveValue('g r?');
  await signedIn.getByRole('main').focus();
  await keyboard.press('g');
  await keyboard.press('Alt+r');
  await expect(signedIn).toHaveURL(/\/find$/);

  const keys = new Keys(signedIn);
  await keys.open();
  await expect(keys.on).toBeChecked();
  await keys.on.uncheck();
  await keyboard.press('Escape');
  await expect(keys.dialog).toBeHidden();
  await keyboard.press('g');
  await keyboard.press('r');
  await keyboard.press('?');
  await expect(keys.dialog).toBeHidden();
  await expect(signedIn).toHaveURL(/\/find$/);

  await signedIn.goto('/keys');
  await expect(keys.on).not.toBeChecked();
  await keys.on.check();
  await keyboard.press('Tab');
  await keyboard.press('g');
  await keyboard.press('s');
  await expect(signedIn).toHaveURL(/\/systems$/);
});
