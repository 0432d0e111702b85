// From a found person over the plan to the run.
import { expect, type Locator, type Page } from '@playwright/test';
import { FindPage, type FoundPage } from './find.ts';
import { comes, laidOut } from './wait.ts';

export type Right = 'Export' | 'Correction' | 'Erasure';

const submits = { Export: 'Export', Correction: 'Correct', Erasure: 'Erase for good' };

export class NewPage {
  readonly submit: Locator;

  constructor(readonly page: Page) {
    this.submit = page.getByRole('button', { name: 'Make the plan' });
  }

  /** From a search: the person on that card, the first where nothing is said. */
  static async of(found: FoundPage, at = 0): Promise<NewPage> {
    await found.cards.nth(at).getByRole('link', { name: 'New request' }).click();
    await found.page.waitForURL(/\/new\?/);
    const next = new NewPage(found.page);
    await expect(next.submit).toBeVisible();
    return next;
  }

  right(right: Right): Locator {
    return this.page.getByRole('radio', { name: right });
  }

  async plan(right: Right): Promise<PlanPage> {
    await this.right(right).check();
    await this.submit.click();
    await this.page.waitForURL(/\/plans\//);
    return new PlanPage(this.page, right);
  }
}

export class PlanPage {
  readonly reason: Locator;
  readonly confirmation: Locator;
  /** Of an erasure: the code of the first record, to be typed. */
  readonly code: Locator;
  readonly submit: Locator;
  /** One table per record. */
  readonly records: Locator;
  /** Masked examples, one per collection that has rows. */
  readonly examples: Locator;

  constructor(
    readonly page: Page,
    readonly right: Right,
  ) {
    this.reason = page.getByRole('textbox', { name: 'Reason' });
    this.confirmation = page.getByRole('checkbox');
    this.code = page.getByRole('textbox', { name: 'Code of' });
    this.submit = page.getByRole('button', { name: submits[right], exact: true });
    this.records = page.getByRole('region', { name: 'What happens where' }).getByRole('table');
    this.examples = page.locator('details.samples');
  }

  /** What stands beside the name of the first record. */
  firstCode(): Promise<string> {
    const records = this.page.getByRole('region', { name: 'What happens where' });
    return records.getByRole('heading', { level: 3 }).first().locator('code').innerText();
  }

  async confirm(reason = 'She asked for it by letter.'): Promise<RunPage> {
    await this.reason.fill(reason);
    if (this.right === 'Erasure') await this.code.fill(await this.firstCode());
    await this.confirmation.check();
    await this.submit.click();
    return RunPage.opened(this.page);
  }
}

/** The form that skips what failed in one place. */
export class SkipForm {
  readonly form: Locator;
  readonly place: Locator;
  readonly ground: Locator;
  readonly reason: Locator;
  readonly confirmation: Locator;
  readonly submit: Locator;

  constructor(readonly page: Page) {
    this.form = page.locator('#skip-failed');
    this.place = this.form.getByLabel('Where it failed');
    this.ground = this.form.getByLabel('Ground');
    this.reason = this.form.getByRole('textbox', { name: 'Reason' });
    this.confirmation = this.form.getByRole('checkbox');
    this.submit = this.form.getByRole('button', { name: 'Skip what failed there' });
  }

  async open() {
    await this.form.getByText('Skip with a ground').click();
    await expect(this.submit).toBeVisible();
  }

  /** Fills everything in, for the first place that failed. */
  async fill(ground: string, reason: string) {
    await this.place.selectOption({ index: 1 });
    await this.ground.selectOption({ label: ground });
    await this.reason.fill(reason);
    await this.confirmation.check();
  }
}

/** A line of the history. */
export interface Line {
  number: number;
  text: string;
}

export class RunPage {
  static readonly completed = 'Done in every system that was searched';
  static readonly withExceptions = 'Done, with exceptions named below';
  static readonly skipped = /Not done everywhere: skipped in 1 of \d+ systems/;
  static readonly partlyFailed = /\d+ of \d+ systems needs? you/;

  readonly results: Locator;
  readonly retry: Locator;
  readonly download: Locator;
  readonly skip: SkipForm;

  constructor(readonly page: Page) {
    this.skip = new SkipForm(page);
    this.results = page.getByRole('region', { name: 'Results by record' }).getByRole('listitem');
    this.retry = page.getByRole('button', { name: 'Retry what failed' });
    this.download = page.getByRole('region', { name: 'Results by record' }).getByRole('link', { name: 'Download' });
  }

  static async opened(page: Page): Promise<RunPage> {
    await page.waitForURL(/\/requests\/[\w-]+$/);
    return new RunPage(page);
  }

  get id(): string {
    return new URL(this.page.url()).pathname.split('/').pop() ?? '';
  }

  /** How the run stands, in a sentence. */
  standing(sentence: string | RegExp): Locator {
    return this.page.getByRole('status').filter({ hasText: sentence });
  }

  /** Waits until it stands so. */
  async stands(sentence: string | RegExp, timeout?: number) {
    await comes(this.standing(sentence), timeout);
  }

  /** Waits until a look after the erasure has come to that. Nothing follows a run that has ended: a person loads its page again. */
  async looked(step: string, outcome: string) {
    const looks = this.page.getByRole('region', { name: 'Looked for again' }).getByRole('row');
    const look = looks.filter({ has: this.page.getByRole('rowheader', { name: step, exact: true }) }).filter({ hasText: outcome });
    const came = async () => {
      await this.page.reload();
      return look.isVisible();
    };
    await expect.poll(came, { timeout: 30_000, message: `${step}: ${outcome}` }).toBe(true);
  }

  /** A system's line in the matrix. */
  system(name: string): Locator {
    const matrix = this.page.getByRole('region', { name: 'Systems and records' });
    return matrix.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name, exact: true }) });
  }

  /** The ids of the records' requests. */
  async requests(): Promise<string[]> {
    await laidOut(this.page);
    const texts = await this.results.allInnerTexts();
    return texts.map((text) => text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/)?.[0] ?? text);
  }

  async history(): Promise<Line[]> {
    await laidOut(this.page);
    const lines = await this.page.getByRole('region', { name: 'History' }).getByRole('listitem').allInnerTexts();
    return lines.map((line) => {
      const [, number, text] = line.match(/^(\d+)\s+[\d:]+\s+([^]*)$/) ?? [];
      return { number: Number(number), text: text?.replace(/\s+/g, ' ') ?? line };
    });
  }

  /** What must hold of every history: numbered from 1 without a gap, and nothing done twice. */
  async isSound() {
    const lines = await this.history();
    expect(lines.map(({ number }) => number)).toEqual(lines.map((_, at) => at + 1));
    const done = lines.filter(({ text }) => text.includes(': done,')).map(({ text }) => text.replace(/: done, [\d,]+ rows?/, ''));
    expect(done.length).toBeGreaterThan(0);
    expect(done.filter((task, at) => done.indexOf(task) !== at), 'done twice').toEqual([]);
  }
}

/** Search, plan and confirmation of one person: the first that the e-mail address finds. */
export async function ask(page: Page, right: Right, email: string): Promise<RunPage> {
  const plan = await planned(page, right, email);
  return plan.confirm();
}

/** The same up to the plan. */
export async function planned(page: Page, right: Right, email: string): Promise<PlanPage> {
  const found = await new FindPage(page).search('E-mail', email);
  return (await NewPage.of(found)).plan(right);
}
