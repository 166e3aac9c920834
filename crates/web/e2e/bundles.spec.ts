import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { as, fits, nothingSerious, phone, shot, signIn, url } from './office';

const TITLE = '没有信号的村，写在手机里（演示数据）';
const path = (name: string): string => join(tmpdir(), `liandu-${process.pid}-${name}.ldbundle`);
const fileLabel = /转交文件（/;

interface Status {
  on_device: number;
  at_office: number;
}
const status = (): Status => JSON.parse(phone('phone-1', 'status', '--json')) as Status;

test('a file brought to the office is looked through and taken in, and its receipts go back to the phone', async ({ page, browser }) => {
  const [there, back] = [path('there'), path('back')];
  [there, back].forEach((file) => rmSync(file, { force: true }));
  phone('phone-1', 'sync');
  phone('phone-1', 'new', 'problem', '--scope', '130123/g-130123-01/group', `title=${TITLE}`, 'domain=land');
  phone('phone-1', 'bundle', 'export', there);
  const before = status();
  expect(before.on_device).toBe(1);

  await signIn(page, 'zhengding-office');
  await page.getByRole('navigation', { name: '菜单' }).getByRole('link', { name: '转交文件' }).click();
  await page.getByLabel(fileLabel).setInputFiles({ name: '照片.ldbundle', mimeType: 'application/octet-stream', buffer: Buffer.from('not a bundle') });
  await expect(page.getByRole('alert')).toContainText('这不是联督的转交文件');
  await page.getByLabel(fileLabel).setInputFiles({ name: 'cut.ldbundle', mimeType: 'application/octet-stream', buffer: readFileSync(there).subarray(0, -1) });
  await expect(page.getByRole('alert')).toContainText('请从手机或U盘重新拷贝');
  await shot(page, 'bundle-wrong');

  await page.getByLabel(fileLabel).setInputFiles(there);
  const shown = page.getByTestId('bundle');
  await expect(shown.getByRole('heading')).toContainText('王芳');
  await expect(shown).toContainText('1 条记录，1 项修改，其中 0 项已经到了');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await shot(page, 'bundle-preview');
  await nothingSerious(page);
  await shown.getByRole('button', { name: '收下 1 项' }).click();
  await expect(shown.getByRole('status')).toContainText('已收下，新到 1 项');
  await shot(page, 'bundle-taken');
  await nothingSerious(page);
  const download = page.waitForEvent('download');
  await shown.getByRole('button', { name: '保存回执文件' }).click();
  await (await download).saveAs(back);
  expect(status()).toEqual(before);
  phone('phone-1', 'bundle', 'import', back);
  expect(status()).toMatchObject({ on_device: 0, at_office: before.at_office + 1 });

  const choosing = page.waitForEvent('filechooser');
  await page.getByLabel(fileLabel).click();
  await (await choosing).setFiles(there);
  await expect(shown.getByRole('status')).toContainText('都已经到了');
  await shot(page, 'bundle-again');
  await shown.getByRole('button', { name: '再出一份回执' }).click();
  await expect(shown.getByRole('status')).toContainText('已收下，新到 0 项');
  await page.goto(url(`/ledger?kind=problem&q=${encodeURIComponent('写在手机里')}`));
  await expect(page.getByTestId('count')).toHaveAttribute('data-count', '1');

  const other = await as(browser, 'admin');
  await other.goto(url('/admin?tab=bundles'));
  await other.getByLabel(fileLabel).setInputFiles(there);
  await expect(other.getByTestId('bundle')).toContainText('其中 1 项已经到了');
  await other.setViewportSize({ width: 390, height: 844 });
  await fits(other);
  await shot(other, 'bundle-admin-390');
  [there, back].forEach((file) => rmSync(file, { force: true }));
});
