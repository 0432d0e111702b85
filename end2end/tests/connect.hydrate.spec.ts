// With the browser's help, the form says whether the database answers before it is sent.
import { expect, test } from '../fixtures.ts';
import { ConnectPage } from '../pages/connect.ts';

test('the form says whether the database answers while it is filled in', async ({ signedIn }) => {
  const connect = new ConnectPage(signedIn);
  await connect.goto();
  await connect.fill('Second billing', 'none.db');
  await signedIn.getByLabel('Owner').focus();
  const said = signedIn.getByRole('status').filter({ hasText: /reached|answers/ });
  await expect(said).toContainText('Not reached');
  await signedIn.getByLabel('Database', { exact: true }).fill('billing.db');
  await signedIn.getByLabel('Owner').focus();
  await expect(said).toContainText('It answers');
});
