// The list of requests, and requests made by API to fill it.
import { expect, type Locator, type Page } from '@playwright/test';
import type { Server } from '../server.mjs';

export class RequestsPage {
  readonly rows: Locator;
  readonly right: Locator;
  readonly state: Locator;
  readonly filter: Locator;
  readonly clear: Locator;
  readonly older: Locator;
  readonly newest: Locator;
  readonly heads: Locator;
  readonly sort: Locator;
  readonly views: Locator;
  readonly file: Locator;
  /** Says that there are requests which the page doesn't show yet, and shows them. */
  readonly news: Locator;

  constructor(readonly page: Page) {
    // The first row is the head.
    this.rows = page.getByRole('table').getByRole('row').filter({ has: page.getByRole('rowheader') });
    this.right = page.getByRole('combobox', { name: 'Right', exact: true });
    this.state = page.getByRole('combobox', { name: 'State', exact: true });
    this.filter = page.getByRole('button', { name: 'Filter' });
    this.clear = page.getByRole('link', { name: 'Clear' }).first();
    this.older = page.getByRole('link', { name: 'Older requests' });
    this.heads = page.getByRole('columnheader');
    this.sort = page.getByLabel('Sort', { exact: true });
    this.views = page.getByRole('navigation', { name: 'Views' });
    this.file = page.getByRole('link', { name: 'CSV of the whole list' });
    this.news = page.getByRole('link', { name: /^Show \d+\+? new$|^新着/ });
    this.newest = page.getByRole('link', { name: 'Newest' });
  }

  async goto() {
    await this.page.goto('/requests');
  }

  /** Chooses these columns and no others. */
  async columns(...names: string[]) {
    const boxes = this.page.locator('.columns');
    if ((await boxes.getAttribute('open')) === null) await boxes.locator('summary').click();
    for (const box of await boxes.getByRole('checkbox').all()) await box.uncheck();
    for (const name of names) await boxes.getByLabel(name, { exact: true }).check();
    await this.filter.click();
  }

  /** Saves what is shown under a name. */
  async save(name: string) {
    const form = this.page.locator('.save-view');
    if ((await form.getAttribute('open')) === null) await form.locator('summary').click();
    await form.getByLabel('Name of the view').fill(name);
    await form.getByRole('button', { name: 'Save' }).click();
  }

  /** The addresses of the runs on this page, newest first. */
  async addresses(): Promise<(string | null)[]> {
    const links = await this.rows.getByRole('rowheader').getByRole('link').all();
    return Promise.all(links.map((link) => link.getAttribute('href')));
  }
}

/** Has an API client ask for exports of that many people of the directory. */
export async function askByApi(server: Server, count: number) {
  const { id, secret } = await server.createClient('end2end');
  const login = await fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  expect(login.status, await login.clone().text()).toBe(200);
  const { access_token } = await login.json();
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const listed = await fetch(`${server.url}/api/v2/externalcontacts/contacts?pageSize=100`, { headers });
  expect(listed.status, await listed.clone().text()).toBe(200);
  const { entities } = await listed.json();
  // Of a merge set the canonical contact only: asking for another member gives the same request.
  const people = entities.filter((one: any) => one.canonicalContact.id === one.id).slice(0, count);
  expect(people).toHaveLength(count);
  for (const { id: externalContactId } of people) {
    const body = JSON.stringify({ requestType: 'GDPR_EXPORT', subject: { externalContactId } });
    const answer = await fetch(`${server.url}/api/v2/gdpr/requests`, { method: 'POST', headers, body });
    // 200: the same was asked for already, and is in flight.
    expect([200, 202], await answer.text()).toContain(answer.status);
  }
}
