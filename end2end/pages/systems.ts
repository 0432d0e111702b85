// The systems, and the levers of those that misbehave on demand.
import { expect, type Locator, type Page } from '@playwright/test';

export interface Misbehaviour {
  /** Milliseconds before every answer. */
  delay?: number;
  failing?: boolean;
  cutOff?: boolean;
}

export class SystemsPage {
  constructor(readonly page: Page) {}

  async goto() {
    await this.page.goto('/systems');
  }

  system(name: string): Locator {
    return this.page.getByRole('article', { name, exact: true });
  }

  /** From the list to the page of one. */
  async open(name: string): Promise<SystemPage> {
    await this.system(name).getByRole('link', { name, exact: true }).click();
    await expect(this.page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible();
    return new SystemPage(this.page);
  }

  async pause(name: string) {
    await this.goto();
    await this.system(name).getByRole('button', { name: 'Pause', exact: true }).click();
    await expect(this.system(name).getByRole('button', { name: 'Resume', exact: true })).toBeVisible();
  }

  async resume(name: string) {
    await this.goto();
    await this.system(name).getByRole('button', { name: 'Resume', exact: true }).click();
    await expect(this.system(name).getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  }

  /** Pulls the levers; what is not named is let go. */
  async misbehave(name: string, { delay = 0, failing = false, cutOff = false }: Misbehaviour) {
    await this.goto();
    const system = this.system(name);
    const field = system.getByLabel('Delay in ms');
    if (!(await field.isVisible())) await system.getByText('Misbehave on demand').click();
    await field.fill(String(delay));
    await system.getByLabel('Refuse everything').setChecked(failing);
    await system.getByLabel('Break off in the middle of an answer').setChecked(cutOff);
    const answered = this.page.waitForResponse((answer) => answer.url().endsWith('/ui/systems/misbehave'));
    await system.getByRole('button', { name: 'Apply' }).click();
    await answered;
    const isWell = delay < 2_000 && !failing;
    await expect(system.getByText(isWell ? 'Answers' : 'Does not answer', { exact: true })).toBeVisible();
  }
}

/** One system. */
export class SystemPage {
  constructor(readonly page: Page) {}

  section(name: string): Locator {
    return this.page.locator('section', { has: this.page.getByRole('heading', { name, exact: true }) });
  }

  async press(name: 'Pause' | 'Resume') {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Opens the table of a graphic. */
  async table(name: string) {
    await this.page.locator('summary', { hasText: name }).click();
    await expect(this.page.getByRole('region', { name, exact: true })).toBeVisible();
  }
}
