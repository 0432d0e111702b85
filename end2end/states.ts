// Every page in every state that a person meets, each made by the clicks that lead to it. Sweeps and screenshots share them.
import type { Page } from '@playwright/test';
import { signIn } from './fixtures.ts';
import { ConnectPage } from './pages/connect.ts';
import { FindPage, FoundPage } from './pages/find.ts';
import { LinkForm } from './pages/links.ts';
import { NewPage, PlanPage, planned, RunPage, type Right } from './pages/request.ts';
import { askByApi, RequestsPage } from './pages/requests.ts';
import { SystemsPage, type Misbehaviour } from './pages/systems.ts';
import { comes, isLive } from './pages/wait.ts';
import type { Server } from './server.mjs';

/** Where a state is made. */
export interface Scene {
  page: Page;
  server: Server;
  stories: any;
}

/** Ends on the page. */
type Way = (scene: Scene) => Promise<unknown>;

const goto =
  (path: string): Way =>
  ({ page }) =>
    page.goto(path);

const search =
  (kind: string, value: (stories: any) => string) =>
  ({ page, stories }: Scene) =>
    new FindPage(page).search(kind, value(stories));

const plan =
  (right: Right, email: (stories: any) => string): Way =>
  ({ page, stories }) =>
    planned(page, right, email(stories));

/** Confirms the plan on the page while systems misbehave. */
async function confirm({ page }: Scene, right: Right, misbehaviours: Record<string, Misbehaviour>): Promise<RunPage> {
  const address = page.url();
  for (const [system, misbehaviour] of Object.entries(misbehaviours)) await new SystemsPage(page).misbehave(system, misbehaviour);
  await page.goto(address);
  return new PlanPage(page, right).confirm();
}

/** The sample's billing, once more. */
async function drafted({ page }: Scene): Promise<ConnectPage> {
  const connect = new ConnectPage(page);
  await connect.goto();
  await connect.fill('Second billing', 'billing.db');
  await connect.look('Second billing');
  await comes(connect.tables);
  return connect;
}

/** An erasure of three records of which one fails. */
async function failed(scene: Scene): Promise<RunPage> {
  await scene.server.sql(
    'newsletter',
    `CREATE TRIGGER legal_hold BEFORE DELETE ON subscribers WHEN OLD.external_contact_id = '${scene.stories.deep_set.members[1]}'
     BEGIN SELECT RAISE(ABORT, 'legal hold'); END;`,
  );
  await plan('Erasure', ({ deep_set }) => deep_set.emails[0])(scene);
  const run = await confirm(scene, 'Erasure', {});
  await run.stands(RunPage.partlyFailed, 60_000);
  return run;
}

/** Pages that are the same whatever happened before; signed in. */
export const calm: Record<string, Way> = {
  'today-nothing': goto('/'),
  find: goto('/find'),
  'found-one': search('E-mail', ({ unique }) => unique.email),
  'found-set': search('E-mail', ({ merge_set_of_four }) => merge_set_of_four.emails[0]),
  'found-beside': async (scene) => {
    const { emails } = scene.stories.merge_set_of_four;
    const found = await search('E-mail', ({ merge_set_of_four }) => merge_set_of_four.emails[0])(scene);
    await found.searchBeside(emails[1]);
    await found.searchBeside(scene.stories.unique.email);
  },
  'found-many': search('Name', ({ many }) => many.name),
  'found-japanese': search('Phone', ({ japanese }) => japanese.phone),
  'found-hostile': search('Name', ({ hostile }) => hostile.names[3]),
  'found-nobody': search('E-mail', ({ nobody }) => nobody.email),
  'found-hardly-searchable': search('Visitor id', ({ visitor }) => visitor.id),
  'found-employee': search('User id', ({ active_employee }) => active_employee.userId),
  new: async (scene) => NewPage.of(await search('E-mail', ({ merge_set_of_four }) => merge_set_of_four.emails[0])(scene)),
  'found-compared': async (scene) => {
    await calm['found-set'](scene);
    const compare = scene.page.getByRole('link', { name: /^Compare/ });
    await compare.first().click();
    await compare.filter({ hasText: 'Compare with' }).first().click();
    await scene.page.getByRole('heading', { name: 'Records compared' }).waitFor();
  },

  'found-join': async ({ page, stories }) => {
    await LinkForm.toJoin(await new FindPage(page).search('Phone', stories.twins.phone));
  },
  'found-split': async ({ page, stories }) => {
    const found = await new FindPage(page).search('E-mail', stories.merge_set_of_four.emails[0]);
    await LinkForm.by(found.cards.getByRole('link', { name: /^Not the same person:/ }).last());
  },

  'new-correction': async ({ page, stories }) => {
    const next = await NewPage.of(await new FindPage(page).search('E-mail', stories.unique.email));
    await page.goto(`${page.url()}&right=update`);
    await next.right('Correction').check();
  },
  'plan-export': plan('Export', ({ merge_set_of_four }) => merge_set_of_four.emails[0]),
  'plan-examples': plan('Export', ({ merge_set_of_four }) => merge_set_of_four.emails[0]),
  'plan-erasure': plan('Erasure', ({ merge_set_of_four }) => merge_set_of_four.emails[0]),
  'plan-correction': async ({ page, stories }) => {
    const next = await NewPage.of(await new FindPage(page).search('E-mail', stories.unique.email));
    await next.right('Correction').check();
    await page.getByLabel('Name · corrected').fill('Henrike Sandomir-Vogt');
    await next.plan('Correction');
  },
  'plan-blocked': plan('Erasure', ({ active_employee }) => active_employee.email),
  systems: goto('/systems'),
  'systems-map': goto('/systems?show=map'),
  system: goto('/systems/contact-centre'),
  connect: goto('/connect'),
  go: goto('/go'),
  keys: goto('/keys'),
};

/** What is folded up when such a page is opened, and shown open: at most three of each. */
export const unfolded: Record<string, string> = {
  'plan-examples': 'details.samples > summary',
  'run-skip-form': 'details.skipping > summary',
};

/** Pages that change the sample or its systems: a fresh server before each. Signed in. */
export const stirred: Record<string, Way> = {
  'found-unreachable': async (scene) => {
    await new SystemsPage(scene.page).misbehave('Billing', { failing: true });
    await new SystemsPage(scene.page).pause('Help desk');
    await search('E-mail', ({ nobody }) => nobody.email)(scene);
  },
  'found-linked': async ({ page, stories }) => {
    const form = await LinkForm.toJoin(await new FindPage(page).search('Phone', stories.twins.phone));
    await form.lead(0).check();
    await form.send();
  },
  'found-undo': async (scene) => {
    await stirred['found-linked'](scene);
    await LinkForm.by(scene.page.getByRole('link', { name: /^Undo:/ }));
  },
  'plan-linked': async (scene) => {
    await stirred['found-linked'](scene);
    await (await NewPage.of(new FoundPage(scene.page))).plan('Export');
  },
  'plan-unreachable': async (scene) => {
    const found = await new FindPage(scene.page).search('E-mail', scene.stories.unique.email);
    const address = scene.page.url();
    await new SystemsPage(scene.page).misbehave('Billing', { failing: true });
    await scene.page.goto(address);
    await (await NewPage.of(found)).plan('Export');
  },
  'run-running': async (scene) => {
    await plan('Erasure', ({ merge_set_of_four }) => merge_set_of_four.emails[0])(scene);
    const run = await confirm(scene, 'Erasure', { Billing: { delay: 120_000 }, Newsletter: { failing: true } });
    await comes(run.system('Help desk').filter({ hasText: 'Done' }));
    await comes(run.system('Newsletter').filter({ hasText: 'next try' }));
  },
  'system-waiting': async (scene) => {
    await stirred['run-running'](scene);
    await scene.page.goto('/systems/newsletter');
  },
  'run-failed': failed,
  'run-log-filtered': async (scene) => {
    const run = await failed(scene);
    await scene.page.goto(`/requests/${run.id}?kind=failed&q=newsletter#events`);
  },
  'run-skip-form': failed,
  'run-skipped': async (scene) => {
    const run = await failed(scene);
    await run.skip.open();
    await run.skip.fill('Legal retention', 'A court wants the subscription kept until its decision.');
    await run.skip.submit.click();
    await run.stands(RunPage.skipped, 60_000);
  },
  'run-retried': async (scene) => {
    const run = await failed(scene);
    const address = scene.page.url();
    await scene.server.sql('newsletter', 'DROP TRIGGER legal_hold;');
    await run.retry.click();
    await scene.page.waitForURL((url) => !address.endsWith(url.pathname));
    await run.stands(RunPage.completed, 60_000);
    await scene.page.goto(address);
  },
  'run-exported': async (scene) => {
    await plan('Export', ({ merge_set_of_four }) => merge_set_of_four.emails[0])(scene);
    await (await confirm(scene, 'Export', {})).stands(RunPage.completed, 60_000);
  },
  'run-replayed': async (scene) => {
    await stirred['run-erased'](scene);
    await scene.page.goto(`${scene.page.url()}?at=20`);
  },
  'run-corrected': async (scene) => {
    await calm['plan-correction'](scene);
    await (await confirm(scene, 'Correction', {})).stands(RunPage.completed, 60_000);
  },
  'run-erased': async (scene) => {
    await plan('Erasure', ({ merge_set_of_four }) => merge_set_of_four.emails[0])(scene);
    await (await confirm(scene, 'Erasure', {})).stands(RunPage.withExceptions, 60_000);
  },
  'run-returned': async (scene) => {
    const { canonical } = scene.stories.merge_set_of_four;
    await scene.server.sql('newsletter', `CREATE TABLE backup AS SELECT * FROM subscribers WHERE external_contact_id = '${canonical}'`);
    await stirred['run-erased'](scene);
    const run = new RunPage(scene.page);
    await run.looked('At once', 'Nothing found');
    await scene.server.sql('newsletter', 'INSERT INTO subscribers SELECT * FROM backup');
    await scene.server.hurry();
    await run.looked('After an hour', 'Found again');
  },
  today: async (scene) => {
    await failed(scene);
    await askByApi(scene.server, 5);
    await new SystemsPage(scene.page).misbehave('Billing', { failing: true });
    await new SystemsPage(scene.page).pause('Help desk');
    await scene.page.goto('/');
  },
  'requests-none': goto('/requests'),
  requests: async (scene) => {
    await stirred['run-erased'](scene);
    await askByApi(scene.server, 55);
    await scene.page.goto('/requests');
  },
  'requests-none-match': async (scene) => {
    await askByApi(scene.server, 1);
    await scene.page.goto('/requests?right=delete');
  },
  'requests-columns': async (scene) => {
    await stirred['run-erased'](scene);
    await askByApi(scene.server, 5);
    await scene.page.goto('/requests?sort=oldest&cols=right,state,ended,by');
    await scene.page.locator('.columns summary').click();
  },
  'requests-views': async ({ page, server }) => {
    await askByApi(server, 2);
    const list = new RequestsPage(page);
    for (const [name, query] of [
      ['Exports, oldest first', 'right=export&sort=oldest'],
      ['消去の請求（期限順）', 'right=delete&sort=due'],
      ['Short', 'right=export&cols=state'],
    ]) {
      await page.goto(`/requests?${query}`);
      await list.save(name);
      await list.views.getByRole('link', { name }).waitFor();
    }
    await list.views.getByRole('button', { name: 'Delete view: Short' }).click();
    await page.getByRole('button', { name: 'Put back' }).waitFor();
  },
  'requests-news': async ({ page, server }) => {
    await new SystemsPage(page).pause('Help desk');
    await askByApi(server, 3);
    const list = new RequestsPage(page);
    await list.goto();
    if (!isLive()) return;
    // A page that is loaded again shows what was new: then something else comes.
    let asked = 3;
    const comesNew = async () => {
      await askByApi(server, (asked += 2));
      await comes(list.news);
    };
    const reload = page.reload.bind(page);
    page.reload = async (...args) => {
      const answer = await reload(...args);
      await page.locator('.live[data-when=live]').waitFor();
      await comesNew();
      return answer;
    };
    await comesNew();
  },
  'connect-unreached': async (scene) => {
    const connect = new ConnectPage(scene.page);
    await connect.goto();
    await connect.fill('Second billing', 'none.db');
    await connect.look('Second billing');
  },
  'connect-drafted': drafted,
  'connect-tried': async (scene) => {
    const connect = await drafted(scene);
    await connect.decideAll();
    await connect.try(scene.stories.merge_set_of_four.emails[0]);
    await comes(scene.page.getByRole('region', { name: 'What the search found' }));
  },
  'systems-misbehaving': async ({ page }) => {
    await new SystemsPage(page).misbehave('Billing', { failing: true });
    await new SystemsPage(page).pause('Help desk');
  },
};

/** Pages for who is not signed in, and errors. Each is an answer of 4xx or leads to signing in. */
export const outside: Record<string, Way> = {
  'sign-in': async ({ page, server }) => page.goto(await server.signInLink()),
  'sign-in-without-code': goto('/sign-in'),
  'sign-in-failed': goto('/sign-in?error=link'),
  'not-signed-in': goto('/requests'),
  'signed-out': goto('/signed-out'),
  'not-found': goto('/no-such-page'),
  'system-unknown': async ({ page, server }) => {
    await signIn(page, server);
    await page.goto('/systems/no-such-system');
  },
  'run-unknown': async ({ page, server }) => {
    await signIn(page, server);
    await page.goto('/requests/00000000-0000-7000-8000-000000000000');
  },
};
