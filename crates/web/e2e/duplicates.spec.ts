import { expect, test, type Page } from '@playwright/test';
import { fits, nothingSerious, phone, shot, shots, signIn, url } from './office';

/** Two groups report one thing: the office sees both, keeps one, and can take it back. */

interface Listed {
  records: { id: string; title: string; scope: { region: string; group: string; audience: string } | null }[];
}
const listed = (): Listed => JSON.parse(phone('phone-1', 'list', '--json')) as Listed;
function reported(title: string): string {
  const scope = listed().records.find((record) => record.scope !== null)?.scope;
  phone('phone-1', 'new', 'problem', '--scope', `${scope?.region}/${scope?.group}/${scope?.audience}`, `title=${title}`, 'domain=groundwater', 'village=演示重复村');
  phone('phone-1', 'sync');
  return listed().records.find((record) => record.title === title)?.id ?? '';
}
const card = (page: Page, one: string, other: string) => page.locator(`[data-pair="${one} ${other}"]`);

test('two reports of one well are kept side by side, merged, taken back, and told apart', async ({ page }) => {
  const [first, second] = [reported('【演示数据】村东二号井无证取水'), reported('【演示数据】2号井没有取水证,天天抽')];
  await signIn(page, 'zhengding-office');
  await page.getByRole('link', { name: '疑似重复' }).first().click();
  const pair = card(page, first, second);
  await expect(pair).toBeVisible({ timeout: 15_000 });
  await nothingSerious(page);
  await shots(page, 'duplicates');
  await fits(page);

  await pair.getByRole('button', { name: '保留此件' }).first().click();
  await expect(pair.getByRole('status')).toContainText('并案');
  await shot(page, 'duplicates-merged');
  await page.goto(url(`/records/${second}`));
  await expect(page.getByText('已并案,在这一件里继续办理')).toBeVisible();
  await expect(page.locator('.record header')).toContainText('已并案');
  await shot(page, 'duplicate-record');
  await page.goto(url(`/records/${first}`));
  await expect(page.getByRole('heading', { name: /并入本件的/ })).toBeVisible();
  await shot(page, 'duplicate-kept');

  await page.goto(url(`/records/${second}`));
  await page.getByRole('button', { name: '撤销并案' }).click();
  await expect(page.getByText('已并案,在这一件里继续办理')).toBeHidden();
  await expect(page.getByRole('heading', { name: /疑似重复/ })).toBeVisible();

  await page.locator('summary', { hasText: '更多' }).click();
  await page.locator('[data-event="not_duplicate"]').click();
  await page.locator('fieldset[data-arg="of"]').getByRole('radio').first().check();
  await shot(page, 'duplicate-apart');
  await page.locator('form.act-form').getByRole('button', { name: '不是重复' }).click();
  await expect(page.getByRole('heading', { name: /疑似重复/ })).toBeHidden();
  await page.goto(url('/duplicates'));
  await expect(page.locator('h1', { hasText: '疑似重复' })).toBeVisible();
  await expect(card(page, first, second)).toBeHidden();
});
