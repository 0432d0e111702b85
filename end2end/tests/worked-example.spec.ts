// The worked example of the Genesys documentation, click by click: identifiers, searches, correlation, requests, related requests.
import { expect, test } from '../fixtures.ts';
import { FindPage } from '../pages/find.ts';
import { NewPage, RunPage } from '../pages/request.ts';
import { RequestsPage } from '../pages/requests.ts';

test('two identifiers find one merge set, and one request for it comes with its related ones', async ({ signedIn, stories, axe }) => {
  test.setTimeout(90_000);
  const { canonical, emails, members } = stories.merge_set_of_four;

  const first = await new FindPage(signedIn).search('E-mail', emails[0]);
  await expect(first.summary).toHaveText(/^1 person found\. \d+ of 6 systems searched\.$/);
  await expect(first.cards).toHaveCount(1);
  await expect(first.cards).toContainText('Merge set of 4 records');
  await expect(first.cards).toContainText(new RegExp(`canonical\\s*External contact id ${canonical}`));
  for (const member of members) await expect(first.cards).toContainText(member);
  const [person] = await first.subjects();

  // Another identifier of hers was seen; it is searched because somebody clicks.
  const second = await first.searchNext('E-mail', emails[1]);
  await expect(second.cards).toHaveCount(1);
  expect(await second.subjects(), 'both searches mean the same person').toEqual([person]);
  await expect(second.asked.getByRole('listitem')).toHaveCount(2);

  const plan = await (await NewPage.of(second)).plan('Export');
  await expect(plan.records).toHaveCount(members.length);
  await axe();
  const run = await plan.confirm();
  await run.stands(RunPage.completed, 60_000);

  await expect(run.results).toHaveCount(members.length);
  await expect(run.results.filter({ hasText: 'Completed' })).toHaveCount(members.length);
  await expect(run.results.filter({ hasText: 'canonical' })).toHaveCount(1);
  const requests = await run.requests();
  expect(new Set(requests).size, 'each related request has an id of its own').toBe(members.length);
  await run.isSound();
  for (const request of requests) {
    await signedIn.goto(`/requests/${request}`);
    await expect(run.standing(RunPage.completed)).toBeVisible();
    expect(await run.requests(), `${request} shows its set`).toEqual(requests);
  }

  const list = new RequestsPage(signedIn);
  await list.goto();
  await expect(list.rows.first()).toContainText('4 records');
});

test('two searches that find two subjects of one person take a request for each', async ({ signedIn, stories }) => {
  test.setTimeout(90_000);
  const { email, phone } = stories.japanese;
  const find = new FindPage(signedIn);
  const byEmail = await (await find.search('E-mail', email)).subjects();
  const found = await find.search('Phone', phone);
  const byPhone = await found.subjects();
  const matching = byPhone.filter((subject) => byEmail.includes(subject));
  expect(matching.length, 'her contact, and an entry of a dialer list that is not linked to it').toBe(2);

  const search = signedIn.url();
  const requests = new Set<string>();
  for (const subject of matching) {
    await signedIn.goto(search);
    const plan = await (await NewPage.of(found, byPhone.indexOf(subject))).plan('Export');
    const run = await plan.confirm();
    await run.stands(RunPage.completed, 60_000);
    requests.add(run.id);
  }
  expect(requests.size, 'as many requests as matching subjects').toBe(matching.length);
});

test('a twin who shares phone and address is left alone', async ({ signedIn, stories }) => {
  const { phone, people } = stories.twins;
  const find = new FindPage(signedIn);
  const both = await find.search('Phone', phone);
  await expect(both.cards).toHaveCount(2);
  const byPhone = await both.subjects();
  const one = await find.search('E-mail', people[0].email);
  await expect(one.cards).toHaveCount(1);
  const byEmail = await one.subjects();
  expect(byPhone.filter((subject) => byEmail.includes(subject))).toEqual(byEmail);

  const plan = await (await NewPage.of(one)).plan('Export');
  await expect(plan.records).toHaveCount(1);
  await expect(signedIn.getByRole('main')).toContainText(people[0].name);
  await expect(signedIn.getByRole('main')).not.toContainText(people[1].name);
});
