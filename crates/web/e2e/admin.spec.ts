import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { demoAddress, fits, nothingSerious, shot, signIn, url } from './office';

test('an administrator sets up, invites, and shuts a lost phone out in two clicks', async ({ page }) => {
  await signIn(page, 'admin');
  await page.getByRole('link', { name: '管理', exact: true }).first().click();
  await shot(page, 'admin-set-up');
  await nothingSerious(page);
  await page.getByRole('tab', { name: '人员' }).click();
  await page.getByLabel('姓名或代码').fill('王芳');
  await page.getByLabel('姓名或代码').press('Enter');
  await page.getByRole('checkbox', { name: '选中“王芳”' }).first().check();
  await shot(page, 'admin-people');
  await nothingSerious(page);
  await page.getByRole('button', { name: '邀请 1 人' }).click();
  const code = (await page.locator('.tickets code').textContent()) ?? '';
  expect(code).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
  await shot(page, 'admin-invitation');
  await nothingSerious(page);

  const folder = mkdtempSync(join(tmpdir(), 'liandu-story-'));
  execFileSync(`${process.env['LIANDU_BIN']}/liandu`, ['--dir', folder, 'enrol', '--server', `${url('').replace('http', 'ws')}/sync`, '--code', code], { stdio: 'pipe' });
  execFileSync(`${process.env['LIANDU_BIN']}/liandu`, ['--dir', folder, 'sync'], { stdio: 'pipe' });
  await page.getByRole('tab', { name: '设备' }).click();
  const row = page.locator('tbody tr').first();
  await expect(row).toContainText('王芳');
  await expect(row).toContainText('liandu-cli');
  await shot(page, 'admin-devices');
  await nothingSerious(page);
  await row.getByRole('button', { name: '手机遗失' }).click();
  await row.getByRole('button', { name: '再点一次，停用' }).click();
  await expect(row).toContainText('已停用');

  await page.getByRole('tab', { name: '审计' }).click();
  await expect(page.locator('tbody tr').first()).toContainText('停用');
  await page.getByRole('tab', { name: '权限' }).click();
  await expect(page.getByRole('rowheader', { name: '交办', exact: true })).toBeVisible();
  await shot(page, 'admin-matrix');
  await nothingSerious(page);
  await page.getByRole('tab', { name: '账户' }).click();
  await expect(page.getByRole('cell', { name: 'province', exact: true })).toBeVisible();
  await shot(page, 'admin-accounts');
  await nothingSerious(page);
});

test('an office adds the ten items of 五必查五必看, sees them as on a phone, and publishes the next version', async ({ page, browser }) => {
  await signIn(page, 'admin');
  await page.goto(url('/admin?tab=definitions'));
  const questions = page.locator('.questions > li');
  await expect(questions.nth(1)).toBeVisible();
  const before = (await questions.count()) - 1;
  for (let item = 1; item <= 10; item += 1) {
    await page.getByRole('button', { name: '加一题' }).click();
    const row = questions.nth(before + item - 1);
    await row.getByLabel(/^第/).fill(`${item <= 5 ? '必查' : '必看'}第${item <= 5 ? item : item - 5}项（演示数据）`);
    await row.getByLabel('英文').fill(`Item ${item} (demo data)`);
  }
  await expect(page.locator('.phone-question')).toHaveCount(before + 10);
  await page.locator('.phone-question').last().scrollIntoViewIfNeeded();
  await shot(page, 'admin-definition');
  await nothingSerious(page);
  const button = page.getByRole('button', { name: /^发布第/ });
  const next = /\d+/.exec((await button.textContent()) ?? '')?.[0];
  await button.click();
  await expect(page.getByRole('status')).toContainText(`已发布第 ${next} 版`);
  await expect(page.locator('.phone-question')).toHaveCount(before + 10);
  const office = await (await browser.newContext()).newPage();
  await signIn(office, 'province');
  const names = await office.evaluate(async () => ((await (await fetch('/api/definitions')).json()) as { definition: string }[]).map(({ definition }) => definition));
  expect(names).toContain(`hebei-6plus1@${next}`);
});

test('the address of the demo is signed in already, and roles are switched on the page', async ({ page }) => {
  await page.goto(demoAddress());
  await expect(page.getByRole('heading', { name: '待办' })).toBeVisible();
  await expect(page).toHaveURL(url('/'));
  await shot(page, 'demo-inbox');
  await nothingSerious(page);
  await page.getByLabel('切换角色').selectOption('leader');
  await expect(page.getByRole('heading', { name: '今日' })).toBeVisible();
  await page.getByLabel('切换角色').selectOption('hanshan-unit');
  await expect(page.getByRole('link', { name: '待签收' })).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await shot(page, 'demo-390');
});
