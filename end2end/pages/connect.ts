// Connecting a database: the form, the draft, a search to try.
import { expect, type Locator, type Page } from '@playwright/test';

export class ConnectPage {
  constructor(readonly page: Page) {}

  async goto() {
    await this.page.goto('/systems');
    await this.page.getByRole('link', { name: 'Connect a database' }).click();
    await expect(this.page.getByRole('heading', { level: 1, name: 'Connect a database' })).toBeVisible();
  }

  /** Fills in the form for a file of SQLite in the data folder. */
  async fill(name: string, file: string) {
    await this.page.getByLabel('Name', { exact: true }).fill(name);
    await this.page.getByLabel('Owner').fill('Sales');
    await this.page.getByLabel('Region').fill('eu-central');
    await this.page.getByLabel('Kind of database').selectOption('SQLite');
    await this.page.getByLabel('Database', { exact: true }).fill(file);
  }

  async look(name: string) {
    await this.page.getByRole('button', { name: 'Look through it' }).click();
    await expect(this.page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible();
  }

  get tables(): Locator {
    return this.page.getByRole('navigation', { name: 'Tables' });
  }

  table(name: string): Locator {
    return this.tables.getByRole('listitem').filter({ hasText: name });
  }

  /** Saves the table that is shown, and every other that wants somebody. */
  async decideAll() {
    for (let left = await this.tables.getByText('Needs you').count(); left > 0; left -= 1) {
      const ground = this.page.getByLabel('Legal ground');
      if (await ground.isVisible()) await ground.fill('§ 147 AO, 10 years');
      await this.page.getByRole('button', { name: 'Save and go on' }).click();
      await expect(this.tables.getByText('Needs you')).toHaveCount(left - 1);
    }
  }

  async try(value: string) {
    await this.page.getByLabel('Value', { exact: true }).fill(value);
    await this.page.getByRole('button', { name: 'Try', exact: true }).click();
  }
}
