// What can be typed wrong, and hostile values: each field says what is wrong, and texts stay texts.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { FindPage } from '../pages/find.ts';
import { NewPage, planned, RunPage } from '../pages/request.ts';
import { SystemsPage } from '../pages/systems.ts';

// The files that follow want the sample untouched.
test.afterAll(({ server }) => server.reset());

/** Switches the browser's own checks off, as a client that has none: the server's are what counts. */
const unchecked = (page: Page) =>
  page.evaluate(() => {
    for (const form of document.forms) form.noValidate = true;
    for (const field of document.querySelectorAll('[maxlength]')) field.removeAttribute('maxlength');
  });

test('the browser itself asks for a value, a right, a reason and the tick', async ({ signedIn, stories }) => {
  const find = new FindPage(signedIn);
  await find.goto();
  await find.submit.click();
  await expect(find.value).toBeFocused();
  await expect(signedIn).toHaveURL(/\/find$/);

  const next = await NewPage.of(await find.search('E-mail', stories.unique.email));
  const address = signedIn.url();
  await next.submit.click();
  await expect(signedIn).toHaveURL(address);

  const plan = await next.plan('Export');
  const before = signedIn.url();
  await plan.submit.click();
  await expect(plan.reason).toBeFocused();
  await plan.reason.fill('A letter of hers.');
  await plan.submit.click();
  await expect(plan.confirmation).toBeFocused();
  await expect(signedIn).toHaveURL(before);
});

const wrong: Record<string, { kind: string; value: string; says: string }> = {
  empty: { kind: 'Recognise it', value: '', says: 'Fill this in.' },
  blank: { kind: 'Name', value: '  \u3000 ', says: 'Fill this in.' },
  'too long': { kind: 'Name', value: 'x'.repeat(513), says: 'This is too long: at most 512 characters.' },
  'no e-mail address': { kind: 'E-mail', value: 'henrike at example', says: 'This is not an e-mail address.' },
  'no telephone number': { kind: 'Phone', value: 'ring me', says: 'This is not a telephone number.' },
  'a control character': { kind: 'Name', value: 'Hen\u0007rike', says: 'This holds an invisible control character.' },
  'a dialer contact without its list': { kind: 'Dialer contact id', value: '4711', says: 'Give the id of the contact list too.' },
};
for (const [what, { kind, value, says }] of Object.entries(wrong)) {
  test(`a search for ${what} says what is wrong, and its value is in no address`, async ({ signedIn, expectErrors, axe }) => {
    expectErrors(/status of 400/);
    const find = new FindPage(signedIn);
    await find.goto();
    await unchecked(signedIn);
    await find.kind.selectOption(kind);
    await find.value.fill(value);
    await find.submit.click();
    await expect(signedIn.getByText(says)).toBeVisible();
    const address = decodeURIComponent(signedIn.url().replaceAll('+', ' '));
    expect(new URL(address).pathname).toBe('/find');
    if (value.trim()) expect(address).not.toContain(value.slice(0, 40));
    await axe();
  });
}

test('a kind and a right that are none are refused', async ({ signedIn, stories, expectErrors }) => {
  expectErrors(/status of 400/);
  const find = new FindPage(signedIn);
  await find.goto();
  await find.kind.evaluate((select: HTMLSelectElement) => (select.options[1].value = 'horoscope'));
  await find.kind.selectOption('horoscope');
  await find.value.fill('Pisces');
  await find.submit.click();
  await expect(signedIn.getByText('This is not one of the choices.')).toBeVisible();

  const next = await NewPage.of(await find.search('E-mail', stories.unique.email));
  await unchecked(signedIn);
  await next.submit.click();
  await expect(signedIn.getByText('Right: Fill this in.')).toBeVisible();
  await next.right('Export').evaluate((radio: HTMLInputElement) => (radio.value = 'forget'));
  await next.right('Export').check();
  await next.submit.click();
  await expect(signedIn.getByText('Right: This is not one of the choices.')).toBeVisible();
});

test('a plan without reason or tick does nothing', async ({ signedIn, stories, expectErrors, axe }) => {
  expectErrors(/status of 400/);
  const plan = await planned(signedIn, 'Export', stories.unique.email);
  await unchecked(signedIn);
  await plan.reason.fill(' a ');
  await plan.confirmation.check();
  await plan.submit.click();
  await expect(signedIn.getByText('Write 3 to 2,000 characters.')).toBeVisible();
  await axe();

  await unchecked(signedIn);
  await plan.reason.fill('A letter of hers.');
  await plan.confirmation.uncheck();
  await plan.submit.click();
  await expect(signedIn.getByText('Tick the box to confirm. Nothing is done without.')).toBeVisible();
  await expect(signedIn).toHaveURL(/\/plans\//);

  await unchecked(signedIn);
  await plan.reason.fill('x'.repeat(2_001));
  await plan.confirmation.check();
  await plan.submit.click();
  await expect(signedIn.getByText('Write 3 to 2,000 characters.')).toBeVisible();
});

test('an erasure wants the code of the record, and takes no other', async ({ signedIn, stories, expectErrors, axe }) => {
  expectErrors(/status of 400/);
  const plan = await planned(signedIn, 'Erasure', stories.unique.email);
  const address = signedIn.url();
  await plan.reason.fill('A letter of hers.');
  await plan.confirmation.check();
  await plan.submit.click();
  await expect(plan.code, 'the browser asks for it').toBeFocused();
  for (const other of ['00000000', ' ']) {
    await unchecked(signedIn);
    await plan.reason.fill('A letter of hers.');
    await plan.code.fill(other);
    await plan.confirmation.check();
    await plan.submit.click();
    await expect(signedIn.getByText("This is not the code of the person's first record.")).toBeVisible();
    expect(signedIn.url().split('?')[0]).toBe(address);
  }
  await axe();
  await signedIn.goto(address);
  const code = await plan.firstCode();
  await plan.reason.fill('A letter of hers.');
  await plan.code.fill(` ${code.toUpperCase()} `);
  await plan.confirmation.check();
  await plan.submit.click();
  await RunPage.opened(signedIn);
});

test('a correction corrects what is filled in, and one of nothing is refused', async ({ signedIn, stories, expectErrors }) => {
  test.setTimeout(60_000);
  expectErrors(/status of 400/);
  const { email } = stories.twins.people[1];
  const corrected = `new.${email}`;
  const found = await new FindPage(signedIn).search('E-mail', email);
  const next = await NewPage.of(found);
  await next.right('Correction').check();
  await next.submit.click();
  await expect(signedIn.getByRole('alert').filter({ hasText: 'Corrections' })).toBeVisible();

  await signedIn.getByRole('group', { name: 'What is to be corrected?' }).getByLabel('E-mail · corrected').first().fill(corrected);
  const plan = await next.plan('Correction');
  const changes = signedIn.getByRole('region', { name: 'Corrections' }).getByRole('row').nth(1);
  await expect(changes).toContainText(email);
  await expect(changes).toContainText(corrected);
  const run = await plan.confirm();
  await run.stands(RunPage.completed);
  const again = await new FindPage(signedIn).search('E-mail', corrected);
  await expect(again.cards).toHaveCount(1);
});

test('a delay that is none is refused', async ({ signedIn, expectErrors, axe }) => {
  expectErrors(/status of 400/);
  const systems = new SystemsPage(signedIn);
  await systems.goto();
  await unchecked(signedIn);
  const newsletter = systems.system('Newsletter');
  await newsletter.getByText('Misbehave on demand').click();
  await newsletter.getByLabel('Delay in ms').fill('120001');
  await newsletter.getByRole('button', { name: 'Apply' }).click();
  await expect(signedIn.getByRole('alert').filter({ hasText: 'Delay: This is not one of the choices.' })).toBeVisible();
  await axe();
});

test('hostile names and reasons are shown as text, from the search to the run', async ({ signedIn, stories }) => {
  test.setTimeout(120_000);
  signedIn.on('dialog', () => {
    throw new Error('a script ran');
  });
  for (const { name, email } of stories.hostile.people) {
    const found = await new FindPage(signedIn).search('Name', name);
    await expect(found.cards.getByRole('heading', { name, exact: true }).first()).toBeVisible();
    await expect(signedIn.getByText(`Name ${name}`, { exact: true })).toBeVisible();
    await expect(found.cards.first()).toContainText(email);
  }
  const { name, email } = stories.hostile.people[4];
  const reason = '</textarea><script>alert(1)</script><img src=x onerror=alert(2)> "quoted" & done';
  const plan = await planned(signedIn, 'Export', email);
  await expect(signedIn.getByRole('region', { name: 'What happens where' })).toContainText(name);
  const run = await plan.confirm(reason);
  await run.stands(RunPage.completed, 60_000);
  await expect(signedIn.getByText(reason, { exact: true })).toBeVisible();
  await expect(run.results).toContainText(name);
});

test('addresses that name nothing, or hostile ones, find nothing', async ({ signedIn, expectErrors }) => {
  expectErrors(/status of 4\d\d/);
  const unknown = '00000000-0000-7000-8000-000000000000';
  for (const path of [
    `/find/${unknown}`,
    `/plans/${unknown}`,
    `/requests/${unknown}`,
    '/find/%3Cscript%3Ealert(1)%3C%2Fscript%3E',
    '/new',
    `/new?search=${unknown}&subject=zz&right=delete`,
    '/requests/..%2f..%2fetc%2fpasswd',
    '/systems/no-such-system',
    '/systems/No%20System',
    '/no-such-page',
  ]) {
    const answer = await signedIn.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(signedIn.getByRole('heading', { level: 1, name: 'Page not found' }), path).toBeVisible();
  }
});
