// Find a person: the form, and what a search found.
import { expect, type Locator, type Page } from '@playwright/test';
import { comes } from './wait.ts';

export class FindPage {
  readonly kind: Locator;
  readonly value: Locator;
  readonly list: Locator;
  readonly submit: Locator;

  constructor(readonly page: Page) {
    this.kind = page.getByLabel('Identifier', { exact: true });
    this.value = page.getByLabel('Value', { exact: true });
    this.list = page.getByLabel('Contact list', { exact: true });
    this.submit = page.getByRole('main').getByRole('button', { name: 'Search', exact: true });
  }

  async goto() {
    await this.page.goto('/find');
  }

  /** Searches one identifier from the empty form and waits until every system has answered, or can't. */
  async search(kind: string, value: string, list = ''): Promise<FoundPage> {
    await this.goto();
    await this.kind.selectOption(kind);
    await this.value.fill(value);
    if (list) await this.list.fill(list);
    await this.submit.click();
    return FoundPage.settled(this.page);
  }
}

export class FoundPage {
  readonly systems: Locator;
  readonly people: Locator;
  /** One card per person, with all her records. */
  readonly cards: Locator;
  readonly summary: Locator;
  readonly unsearched: Locator;
  /** The identifiers that were searched, side by side. */
  readonly asked: Locator;

  constructor(readonly page: Page) {
    this.asked = page.getByRole('region', { name: 'Searched', exact: true });
    this.systems = page.getByRole('region', { name: 'Systems asked' });
    this.people = page.getByRole('region', { name: 'People found' });
    this.cards = this.people.getByRole('article');
    this.summary = this.people.getByRole('status');
    this.unsearched = page.getByRole('region', { name: 'Seen, not searched yet' });
  }

  static async settled(page: Page): Promise<FoundPage> {
    await page.waitForURL(/\/find\/[\w-]+$/);
    const found = new FoundPage(page);
    await comes(found.systems.filter({ hasNotText: /Asking|Waiting for its rate limit/ }));
    return found;
  }

  lane(system: string): Locator {
    return this.systems.getByRole('listitem').filter({ hasText: system });
  }

  /** The cards' subjects: what stands for a person in addresses, the same in every search. */
  async subjects(): Promise<string[]> {
    const links = await this.cards.getByRole('link', { name: 'New request' }).all();
    const addresses = await Promise.all(links.map((link) => link.getAttribute('href')));
    return addresses.map((address) => new URLSearchParams(address?.split('?')[1]).get('subject') ?? '');
  }

  /** Searches one of the identifiers that stand in the records, beside what was searched. */
  async searchNext(kind: string, value: string): Promise<FoundPage> {
    await this.unsearched.getByRole('button', { name: `Search: ${kind} ${value}`, exact: true }).click();
    await comes(this.asked.getByRole('listitem').filter({ hasText: value }));
    return FoundPage.settled(this.page);
  }

  /** Searches another identifier that a person types, beside what was searched. */
  async searchBeside(value: string): Promise<FoundPage> {
    await this.asked.getByLabel('Value', { exact: true }).fill(value);
    await this.asked.getByLabel('Value', { exact: true }).press('Enter');
    await comes(this.asked.getByRole('listitem').filter({ hasText: value }));
    return FoundPage.settled(this.page);
  }

  /** Takes one of the searched identifiers away. */
  async takeAway(kind: string, value: string) {
    await this.asked.getByRole('button', { name: `Take away: ${kind} ${value}`, exact: true }).click();
    await expect(this.asked.getByRole('listitem').filter({ hasText: value })).toHaveCount(0);
  }
}
