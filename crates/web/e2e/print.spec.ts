import { expect, test } from '@playwright/test';
import { nothingSerious, shot, signIn, url } from './office';

/** What is printed: a transfer order on one page, with all four settled things, its number and a code to scan. */

test('a transfer order prints on one A4 page with the four settled things, number, code and lines to sign', async ({ page }) => {
  await signIn(page, 'province');
  await page.goto(url('/ledger?kind=problem&state=transferred'));
  const id = (await page.locator('[data-record]').first().getAttribute('data-record')) ?? '';
  await page.goto(url(`/records/${id}`));
  const number = (await page.locator('h1 .number-said').textContent()) ?? 'no number';
  await page.getByRole('link', { name: '问题交办单' }).click();
  const paper = page.getByRole('article', { name: '问题交办单' });
  await expect(paper).toContainText(`编号：${number} 交-1`);
  for (const thing of ['person', 'matter', 'standard', 'deadline']) {
    await expect(paper.locator(`[data-path="f/settled_${thing}"] td`)).not.toBeEmpty();
  }
  await expect(paper.getByText('承办单位签收人')).toBeVisible();
  await expect(paper.getByRole('img')).toHaveJSProperty('complete', true);
  await nothingSerious(page);
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('button', { name: '打印' })).toBeHidden();
  await expect(page.getByLabel('菜单')).toBeHidden();
  await shot(page, 'transfer-order');
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  expect(pdf.match(/\/Type \/Page\b/g)?.length).toBe(1);
  expect(pdf).toMatch(/\/MediaBox \[0 0 59[45][\d.]* 84[12]/);
});
