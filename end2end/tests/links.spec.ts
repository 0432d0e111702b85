// Splitting and merging what systems declare: by a person, with a reason, and taken back again.
import { expect, test } from '../fixtures.ts';
import { FindPage } from '../pages/find.ts';
import { confirmedOn, LinkForm } from '../pages/links.ts';
import { NewPage } from '../pages/request.ts';

// What is confirmed counts in every later search.
test.beforeEach(({ server }) => server.reset());
test.afterAll(({ server }) => server.reset());

test('twins become one person for staff who know better, and two again', async ({ signedIn, stories, axe }) => {
  const { phone, people } = stories.twins;
  const found = await new FindPage(signedIn).search('Phone', phone);
  await expect(found.cards).toHaveCount(2);
  const form = await LinkForm.toJoin(found);
  await expect(form.form).toContainText('they differ: Name');
  await axe();
  await form.submit.click();
  await expect(form.lead(0), 'the browser asks for what is missing').toBeVisible();
  await form.lead(1).check();
  await form.send();

  await expect(found.cards).toHaveCount(1);
  await expect(confirmedOn(found.cards)).toContainText('Same passport, same signature.');
  await expect(found.cards.getByText('linked by staff')).toHaveCount(1);
  await axe();
  // A search for one of them finds the other with her.
  const alone = await new FindPage(signedIn).search('E-mail', people[0].email);
  await expect(alone.cards).toHaveCount(1);
  await expect(alone.cards).toContainText(people[1].email);
  const plan = await (await NewPage.of(alone)).plan('Export');
  await expect(plan.records).toHaveCount(2);
  await expect(signedIn.locator('.linked')).toHaveCount(1);
  await axe();

  await signedIn.goBack();
  await signedIn.goBack();
  const undo = await LinkForm.by(alone.cards.getByRole('link', { name: /^Undo:/ }));
  await expect(undo.form).toContainText('Same passport, same signature.');
  await axe();
  await undo.send('The passports were of two people.');
  // Nobody searched the other: she was here for the join's sake.
  await expect(alone.cards).toHaveCount(1);
  await expect(alone.cards).not.toContainText(people[1].email);
});

test('a record that is not hers is split off, in no plan, and taken back', async ({ signedIn, stories, axe }) => {
  const found = await new FindPage(signedIn).search('E-mail', stories.merge_set_of_four.emails[0]);
  const records = found.cards.locator('.record');
  await expect(records).toHaveCount(4);
  const form = await LinkForm.by(found.cards.getByRole('link', { name: /^Not the same person:/ }).last());
  await expect(signedIn.getByRole('heading', { name: 'Records compared' })).toBeVisible();
  await axe();
  await form.send('Another year of birth.');
  await expect(records).toHaveCount(3);
  await expect(confirmedOn(found.cards)).toContainText('is not the same person as');

  const plan = await (await NewPage.of(found)).plan('Erasure');
  await expect(plan.records).toHaveCount(3);
  await signedIn.goBack();
  await signedIn.goBack();
  const undo = await LinkForm.by(found.cards.getByRole('link', { name: /^Undo:/ }));
  await undo.send('It was a typing error.');
  await expect(records).toHaveCount(4);
  await expect(confirmedOn(found.cards)).toHaveCount(0);
});

test('a reason that is too short is refused in words', async ({ signedIn, stories, expectErrors }) => {
  expectErrors(/status of 400/);
  const found = await new FindPage(signedIn).search('E-mail', stories.merge_set_of_four.emails[0]);
  const form = await LinkForm.by(found.cards.getByRole('link', { name: /^Not the same person:/ }).last());
  await signedIn.evaluate(() => {
    for (const form of document.forms) form.noValidate = true;
  });
  await form.reason.fill('no');
  await form.submit.click();
  await expect(signedIn.getByRole('alert')).toContainText('Write 3 to 500 characters.');
});
