import { expect, test } from '@playwright/test';
import { nothingSerious, shot, signIn, url } from './office';

const ROWS = 2_200;

function table(wrong: boolean): Buffer {
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const domain = wrong && row === 6 ? '没有的领域' : ['土地利用', '矿山开发', '公共卫生'][row % 3];
    return `【演示数据】自查问题${row + 1},${domain},130402,2020-06-10`;
  });
  return Buffer.from(`﻿问题名称,领域,行政区划,发现日期\n${rows.join('\n')}\n`);
}
const file = (wrong: boolean) => ({ name: '自查.csv', mimeType: 'text/csv', buffer: table(wrong) });

test('2,200 problems are looked through, brought in together, and taken back', async ({ page }) => {
  test.setTimeout(240_000);
  await signIn(page, 'hanshan-office');
  await page.goto(url('/ledger?kind=problem'));
  const count = async (): Promise<number> => Number(await page.getByTestId('count').getAttribute('data-count'));
  const before = await count();
  await page.goto(url('/import'));
  await expect(page.getByLabel('表格文件')).toBeEnabled();
  await page.getByLabel('表格文件').setInputFiles(file(true));
  await expect(page.getByRole('cell', { name: 'B8' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^导入 / })).toBeDisabled();
  await shot(page, 'import-wrong');
  await nothingSerious(page);
  await page.getByLabel('表格文件').setInputFiles(file(false));
  await expect(page.getByRole('button', { name: '导入 2 200 条' })).toBeEnabled();
  await shot(page, 'import-preview');
  await nothingSerious(page);
  await page.getByRole('button', { name: '导入 2 200 条' }).click();
  await expect(page.getByText('已导入 2 200 条')).toBeVisible({ timeout: 120_000 });
  await shot(page, 'import-done');
  await page.goto(url('/ledger?kind=problem'));
  await expect.poll(count, { timeout: 60_000 }).toBe(before + ROWS);
  await page.goto(url('/import'));
  await expect(page.getByLabel('表格文件')).toBeEnabled();
  await page.getByLabel('表格文件').setInputFiles(file(false));
  await page.getByRole('button', { name: '导入 2 200 条' }).click();
  await expect(page.getByText(`已导入 0 条，先前已有 2 200 条`)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: '撤回这次导入' }).click();
  await expect(page.getByText('已撤回 2 200 条')).toBeVisible({ timeout: 120_000 });
  await page.goto(url('/ledger?kind=problem&state=withdrawn'));
  await expect.poll(count, { timeout: 60_000 }).toBeGreaterThanOrEqual(ROWS);
});
