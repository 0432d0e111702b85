// Where to go, and the keys: over the page, or pages of their own.
import type { Locator, Page } from '@playwright/test';

export class Palette {
  readonly dialog: Locator;
  readonly input: Locator;
  /** What can be chosen: options over the page. */
  readonly options: Locator;
  readonly chosen: Locator;

  constructor(readonly page: Page) {
    this.dialog = page.getByRole('dialog', { name: 'Go to' });
    this.input = this.dialog.getByRole('combobox', { name: 'Where to?' });
    this.options = this.dialog.getByRole('option');
    this.chosen = this.dialog.getByRole('option', { selected: true });
  }

  async open() {
    await this.page.keyboard.press('Control+k');
    await this.input.waitFor();
  }
}

export class Keys {
  readonly dialog: Locator;
  readonly on: Locator;

  constructor(readonly page: Page) {
    this.dialog = page.getByRole('dialog', { name: 'Keys' });
    this.on = page.getByRole('checkbox', { name: 'Use single keys' });
  }

  async open() {
    await this.page.keyboard.press('?');
    await this.on.waitFor();
  }
}
