import { expect, test } from '@playwright/test';
import { nothingSerious, phone, shot, signIn, url } from './office';

/** What a phone writes while an office looks at it. */

interface Listed {
  records: { id: string; kind: string; state: string; conflicts: number }[];
}
function open(): string {
  const found = JSON.parse(phone('phone-1', 'list', '--json')) as Listed;
  return found.records.find(({ kind, state, conflicts }) => kind === 'problem' && state === 'found' && conflicts === 0)?.id ?? '';
}

test('a change from a phone appears on the open record with who and what, never under the pointer', async ({ page }) => {
  await signIn(page, 'zhengding-office');
  // What others did before is known to the phone: it writes on top of that, not beside it.
  phone('phone-1', 'sync');
  const id = open();
  await page.goto(url(`/records/${id}`));
  const village = page.locator('dl.facts dd').filter({ hasText: '演示新村' });
  await expect(page.locator('.timeline')).toBeVisible();
  await page.mouse.move(1, 400);
  phone('phone-1', 'edit', id, 'village=演示新村');
  phone('phone-1', 'sync');
  await expect(village).toBeVisible({ timeout: 15_000 });
  await expect(page.locator('.news')).toContainText('王芳 刚刚改了');
  await shot(page, 'live-record');
  await nothingSerious(page);
  await page.getByRole('button', { name: '看过了' }).click();
  await expect(page.locator('.news')).toBeHidden();

  await village.hover();
  phone('phone-1', 'edit', id, 'village=东康庄村');
  phone('phone-1', 'sync');
  await expect(page.locator('.news')).toContainText('王芳 刚刚改了', { timeout: 15_000 });
  await expect(village, 'what is under the pointer stays').toBeVisible();
  await shot(page, 'live-waits');
  await page.mouse.move(1, 400);
  await expect(page.locator('dl.facts dd').filter({ hasText: '东康庄村' })).toBeVisible();
});

test('a row of the ledger changes where it stands, with a mark of who it was', async ({ page }) => {
  await signIn(page, 'zhengding-office');
  const id = open();
  await page.goto(url('/ledger?kind=problem&sort=title'));
  const row = page.locator(`[data-record="${id}"]`);
  await expect(row).toBeVisible();
  const place = await row.getAttribute('data-index');
  phone('phone-1', 'edit', id, 'title=【演示数据】改了题目');
  phone('phone-1', 'sync');
  await expect(row).toContainText('改了题目', { timeout: 15_000 });
  await expect(row).toContainText('王芳 刚刚改了');
  expect(await row.getAttribute('data-index')).toBe(place);
  await shot(page, 'live-ledger');
  await nothingSerious(page);
});
