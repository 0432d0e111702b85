// An export's package: it arrives, is whole, and its link works for nobody who changes it.
import { expect, test } from '../fixtures.ts';
import { readPackage } from '../pages/package.ts';
import { ask, RunPage } from '../pages/request.ts';

test('an export is downloaded as a ZIP whose manifest fits every file', async ({ signedIn, stories }) => {
  test.setTimeout(60_000);
  const { email, name } = stories.unique;
  const run = await ask(signedIn, 'Export', email);
  await run.stands(RunPage.completed, 60_000);
  await expect(run.results).toContainText('Link valid until');

  const [download] = await Promise.all([signedIn.waitForEvent('download'), run.download.click()]);
  expect(download.suggestedFilename()).toBe(`habeas-export-${run.id}.zip`);
  const { sha256, manifest, files, page } = await readPackage(await download.path());
  await expect(run.results, 'the page shows the hash of what arrived').toContainText(sha256);

  expect(manifest).toMatchObject({ request: run.id, right: 'export', article: 'Art. 15 GDPR' });
  const listed = manifest.files.map((file: any) => [file.path, [file.sha256, file.bytes]]);
  const { 'manifest.json': _, ...others } = files;
  expect(Object.fromEntries(listed)).toEqual(others);
  expect(manifest.coverage.searched.length).toBeGreaterThan(0);
  expect(manifest.coverage.failed).toEqual([]);
  expect(page).toContain(name);
  expect(page).not.toMatch(/<script|https?:\/\//);
});

test('the link needs no session, and a changed one downloads nothing', async ({ signedIn, stories, playwright }) => {
  const run = await ask(signedIn, 'Export', stories.linked_chat.email);
  await run.stands(RunPage.completed);
  const link = new URL((await run.download.getAttribute('href')) ?? '');

  const nobody = await playwright.request.newContext();
  const whole = await nobody.get(link.href);
  expect(whole.status()).toBe(200);
  expect((await whole.body()).subarray(0, 2).toString()).toBe('PK');
  const changed = {
    expires: String(Number(link.searchParams.get('expires')) + 86_400_000),
    signature: `${link.searchParams.get('signature')}0`,
  };
  for (const [field, value] of Object.entries(changed)) {
    const forged = new URL(link);
    forged.searchParams.set(field, value);
    const answer = await nobody.get(forged.href);
    expect(answer.status(), field).toBe(404);
    expect(await answer.text()).toMatch(/no download at this address[^]*ダウンロードはありません/);
  }
  await nobody.dispose();
});
