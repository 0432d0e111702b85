// Saying on a search's page that two records are one person's, or are not; and taking it back.
import { expect, type Locator, type Page } from '@playwright/test';
import { FoundPage } from './find.ts';

export class LinkForm {
  readonly form: Locator;
  readonly reason: Locator;
  readonly submit: Locator;

  constructor(readonly page: Page) {
    this.form = page.locator('form#link');
    this.reason = this.form.getByRole('textbox', { name: 'Reason' });
    this.submit = this.form.getByRole('button');
  }

  /** Opened by a link that is clicked. */
  static async by(link: Locator): Promise<LinkForm> {
    const form = new LinkForm(link.page());
    await link.click();
    await expect(form.form).toBeVisible();
    return form;
  }

  /** For two records on cards of their own: compares them and opens the form that joins them. */
  static async toJoin(found: FoundPage, one = 0, other = 1): Promise<LinkForm> {
    await found.cards.nth(one).getByRole('link', { name: /^Compare:/ }).first().click();
    await found.cards.nth(other).getByRole('link', { name: /^Compare with/ }).first().click();
    return LinkForm.by(found.page.getByRole('link', { name: 'These are the same person' }));
  }

  /** Whose set leads: the first or the second of the two. */
  lead(at: number): Locator {
    return this.form.getByRole('radio').nth(at);
  }

  async send(reason = 'Same passport, same signature.'): Promise<FoundPage> {
    await this.reason.fill(reason);
    await this.submit.click();
    return FoundPage.settled(this.page);
  }
}

/** The list of what staff confirmed on a card. */
export function confirmedOn(card: Locator): Locator {
  return card.locator('.confirmed').getByRole('listitem');
}
