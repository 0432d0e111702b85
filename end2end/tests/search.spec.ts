// Searching: what each system says, and what is never claimed.
import { expect, test } from '../fixtures.ts';
import { FindPage, FoundPage } from '../pages/find.ts';
import { SystemsPage } from '../pages/systems.ts';
import { comes } from '../pages/wait.ts';

test.afterAll(({ server }) => server.reset());

const systems = ['Attachments', 'Billing', 'Contact centre', 'Directory', 'Help desk', 'Newsletter'];

test('every system has a lane, and one person is found by each of her identifiers', async ({ signedIn, stories }) => {
  test.setTimeout(90_000);
  const { email, phone, name, address, twitter, instagram, facebook, whatsapp, externalContactId } = stories.unique;
  const identifiers = {
    'E-mail': email,
    Phone: phone,
    Name: name,
    Address: address,
    'X (Twitter)': twitter,
    'Instagram account': instagram,
    'Facebook account': facebook,
    'WhatsApp number': whatsapp,
    'External contact id': externalContactId,
  };
  for (const [kind, value] of Object.entries(identifiers)) {
    const found = await new FindPage(signedIn).search(kind, value);
    await expect(found.cards, kind).toHaveCount(1);
    await expect(found.cards.getByRole('heading'), kind).toHaveText(name);
    await expect(found.systems.getByRole('listitem')).toHaveText(systems.map((system) => new RegExp(`^${system}`)));
  }
});

test('a name of five people finds five, each with a card of her own', async ({ signedIn, stories }) => {
  const found = await new FindPage(signedIn).search('Name', stories.many.name);
  for (const email of stories.many.emails) await expect(found.cards.filter({ hasText: email }).first()).toBeVisible();
  expect(await found.cards.count()).toBeGreaterThanOrEqual(stories.many.emails.length);
});

test('the kind is recognised from what is typed', async ({ signedIn, stories }) => {
  const { email, phone, name } = stories.unique;
  for (const [kind, value] of Object.entries({ 'E-mail': email, Phone: phone, Name: name })) {
    const found = await new FindPage(signedIn).search('Recognise it', value);
    await expect(signedIn.getByText(`${kind} ${value}`, { exact: true })).toBeVisible();
    await expect(found.cards).toHaveCount(1);
  }
});

test('a dialer contact is found by its id and list', async ({ signedIn, stories }) => {
  const { id, contactListId, name } = stories.dialer;
  const found = await new FindPage(signedIn).search('Dialer contact id', id, contactListId);
  await expect(found.cards.getByRole('heading')).toHaveText(name);
});

test('nobody is said of searched systems only', async ({ signedIn, stories }) => {
  const found = await new FindPage(signedIn).search('E-mail', stories.nobody.email);
  await expect(found.people.getByRole('heading', { name: 'Nobody found', exact: true })).toBeVisible();
  // Attachments are found by an id, not by an address.
  await expect(found.lane('Attachments')).toContainText('Not searchable by this');
  await expect(found.summary).toHaveText('Nobody found. 5 of 6 systems searched.');
  await expect(found.lane('Contact centre')).toContainText('Not searched by this kind of identifier');
});

test('a chat without a linked profile is not reported as searched', async ({ signedIn, stories }) => {
  const found = await new FindPage(signedIn).search('Name', stories.unlinked_chat.name);
  await expect(found.cards).toHaveCount(0);
  await expect(found.lane('Contact centre')).toContainText('Only what is linked to a found person is reached there');
});

test('a system that fails leaves the question open until it has answered', async ({ signedIn, server, stories, axe }) => {
  await new SystemsPage(signedIn).misbehave('Billing', { failing: true });
  let found = await new FindPage(signedIn).search('E-mail', stories.nobody.email);
  await expect(found.people.getByRole('heading', { name: 'Nobody found, but not everything was searched' })).toBeVisible();
  await expect(found.people).toContainText('Not searched: Billing. What they hold is unknown.');
  await expect(found.lane('Billing')).toContainText("It can't be reached.");
  await axe();

  const search = signedIn.url();
  await new SystemsPage(signedIn).misbehave('Billing', {});
  await signedIn.goto(search);
  await found.lane('Billing').getByRole('button', { name: 'Ask again' }).click();
  await comes(found.people.getByRole('heading', { name: 'Nobody found', exact: true }));
  await expect(found.lane('Billing')).toContainText('Nothing');

  await new SystemsPage(signedIn).misbehave('Billing', { cutOff: true });
  found = await new FindPage(signedIn).search('E-mail', stories.merge_set_of_four.emails[0]);
  await expect(found.lane('Billing')).toContainText('Its answer broke off in the middle');
  await expect(found.cards, 'the others go on').toHaveCount(1);
  await server.restart(); // its misbehaviour ends with it
});

test('a paused system is not searched, and said not to be', async ({ signedIn, stories }) => {
  const page = new SystemsPage(signedIn);
  await page.pause('Help desk');
  const found = await new FindPage(signedIn).search('E-mail', stories.nobody.email);
  await expect(found.lane('Help desk')).toContainText('Paused, not searched');
  await expect(found.people).toContainText('Not searched: Help desk.');
  await page.resume('Help desk');
});

test('a slow system does not hold up the others', async ({ signedIn, server, stories }) => {
  await new SystemsPage(signedIn).misbehave('Billing', { delay: 6_000 });
  const find = new FindPage(signedIn);
  await find.goto();
  await find.kind.selectOption('E-mail');
  await find.value.fill(stories.unique.email);
  await find.submit.click();
  await signedIn.waitForURL(/\/find\/[\w-]+$/);
  const found = new FoundPage(signedIn);
  await expect(found.lane('Billing')).toContainText('Asking');
  await comes(found.cards);
  await FoundPage.settled(signedIn);
  await expect(found.lane('Billing')).toContainText(/found|Nothing/);
  await server.restart();
});

// Last, for it brings many people.
test('five thousand people are no list to choose from, and nobody is said to be missing', async ({ signedIn, server }) => {
  await server.sql(
    'billing',
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5300)
     INSERT INTO customers (id, name, email, created_on)
     SELECT 7000000 + i, 'Customer ' || i, CASE WHEN i <= 300 THEN 'office' ELSE 'lobby' END || '@crowd.example', '2026-01-01' FROM n`,
  );
  const find = new FindPage(signedIn);
  const lobby = await find.search('E-mail', 'lobby@crowd.example');
  await expect(lobby.lane('Billing')).toContainText('more records like that than anyone can look through');
  await expect(lobby.cards).toHaveCount(0);
  await expect(lobby.people).toContainText('Nobody found, but not everything was searched');

  const office = await find.search('E-mail', 'office@crowd.example');
  await expect(office.cards).toHaveCount(300);
  await office.cards.nth(299).getByRole('link', { name: 'New request' }).click();
  await expect(signedIn).toHaveURL(/\/new\?/);
  await signedIn.goBack();
  await expect(office.cards).toHaveCount(300);
});
