// What the server drew stays as it was when the WASM takes over: pictures of this run, compared with one another and kept nowhere.
import type { Page } from '@playwright/test';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, signIn, test } from '../fixtures.ts';
import { laidOut } from '../pages/wait.ts';
import { calm, stirred } from '../states.ts';

const states = ['today-nothing', 'find', 'found-set', 'new', 'plan-erasure', 'system', 'keys', 'run-exported'];

test.beforeAll(({ server }) => server.reset());
test.afterAll(({ server }) => server.reset());

for (const name of states) {
  test(`nothing moves when ${name} comes to life`, async ({ browser, context, page, server, stories, viewport }) => {
    await signIn(page, server);
    await ({ ...calm, ...stirred })[name]({ page, server, stories });
    const drawn = (await page.reload())!;
    const html = { status: drawn.status(), headers: await drawn.allHeaders(), body: await drawn.body() };
    delete html.headers['content-encoding']; // the body is read
    // The pointer rests where a button was that led here.
    await page.mouse.move(0, 0);
    const { locale, timezoneId } = test.info().project.use;
    const still = await browser.newContext({ storageState: await context.storageState(), viewport, locale, timezoneId });
    await still.route('**/*.wasm', (route) => route.abort());
    // The very same answer: were it asked for again, another check of a system could have been counted meanwhile.
    await still.route(page.url(), (route) => route.fulfill(html));
    const plain = await still.newPage();
    await plain.goto(page.url());

    // What is for scripts alone appears with them, in a place that was kept for it.
    const draw = async (page: Page) => {
      await laidOut(page);
      return page.screenshot({ fullPage: true, animations: 'disabled', mask: [page.locator('.scripted')] });
    };
    const picture = test.info().snapshotPath('plain.png');
    await mkdir(path.dirname(picture), { recursive: true });
    await writeFile(picture, await draw(plain));
    await still.close();
    expect(await draw(page)).toMatchSnapshot('plain.png', { maxDiffPixels: 0 });
  });
}
