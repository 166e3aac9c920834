import { expect, type Browser, type Page } from '@playwright/test';
import { enrol, fits, inSync, shot, test, writeProblem } from './hands';
import { Line } from './line';
import type { Office } from './office';

/** An administrator who looks at the devices. */
async function atTheDesk(browser: Browser, office: Office): Promise<Page> {
  const password = 'a-long-office-password';
  office.admin(['users', 'add', '--user', 'admin', '--name', '管理员', '--role', 'administrator', '--region', '130123'], `${password}\n`);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, isMobile: false, hasTouch: false, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const desk = await context.newPage();
  await desk.goto(office.url);
  await desk.getByLabel('用户名').fill('admin');
  await desk.getByLabel('密码').fill(password);
  await desk.getByRole('button', { name: '登录' }).click();
  await desk.getByRole('navigation', { name: '菜单' }).getByRole('link', { name: '管理' }).click();
  await desk.getByRole('tab', { name: '设备' }).click();
  return desk;
}

test('a new phone is approved by its digits, the records come down, and what the old one had not sent is named until it is there', async ({ page, browser, office }) => {
  const line = await Line.to(office.port, 7);
  await enrol(page, { url: line.url, invite: (person) => office.invite(person) }, 'rep-1');
  const sent = await writeProblem(page, '旧手机送到的');
  await expect(page.getByTestId('sync')).toHaveAttribute('data-on-device', '0');

  await page.context().setOffline(true);
  line.hush();
  const unsent = await writeProblem(page, '旧手机没送到的');
  await page.context().setOffline(false);

  const desk = await atTheDesk(browser, office);
  // The old phone has told of it, and is not heard since.
  await expect(async () => {
    await desk.getByLabel('姓名或代码').fill('王芳');
    await desk.getByLabel('姓名或代码').press('Enter');
    await desk.getByLabel('姓名或代码').fill('');
    await desk.getByLabel('姓名或代码').press('Enter');
    await expect(desk.getByRole('row').filter({ hasText: '王芳' }).locator('td.number').first()).toHaveText('1', { timeout: 1_000 });
  }).toPass();

  const other = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const fresh = await other.newPage();
  await fresh.goto(`${office.url}/m/`);
  await fresh.getByRole('button', { name: '换手机' }).click();
  await fresh.getByLabel('人员编号').fill('rep-1');
  await fits(fresh);
  await shot(fresh, 'new-phone-asks');
  await fresh.getByRole('button', { name: '请人大办同意' }).click();
  const check = (await fresh.locator('[data-check]').getAttribute('data-check')) ?? '';
  expect(check).toMatch(/^\d{6}$/);
  await fits(fresh);
  await fresh.locator('[data-check]').scrollIntoViewIfNeeded();
  await shot(fresh, 'new-phone-waits');

  const waiting = desk.getByTestId('new-phones');
  await expect(waiting.locator(`[data-check="${check}"]`)).toBeVisible();
  await expect(waiting).toContainText('王芳');
  await expect(waiting).toContainText('还有 1 条没送到');
  await shot(desk, 'new-phone-desk');
  await waiting.getByRole('button', { name: '数字一样，同意' }).click();
  await expect(desk.getByRole('status')).toContainText('已同意');
  await expect(waiting).toHaveCount(0);

  await expect(fresh.getByRole('heading', { name: /今日/ })).toBeVisible();
  await inSync(fresh);
  const named = fresh.locator('[data-notice="old-phone"]');
  await expect(named).toContainText('还有 1 条没送到');
  await shot(fresh, 'new-phone-names-the-old');
  await fresh.getByRole('link', { name: '台账' }).click();
  await expect(fresh.locator(`[data-record="${sent}"]`)).toBeVisible();
  await expect(fresh.locator(`[data-record="${unsent}"]`)).toHaveCount(0);

  line.listen();
  await expect(fresh.locator(`[data-record="${unsent}"]`)).toBeVisible({ timeout: 60_000 });
  await fresh.getByRole('link', { name: '今日' }).click();
  await expect(fresh.getByRole('heading', { name: /今日/ })).toBeVisible();
  await inSync(fresh);
  await expect(named).toHaveCount(0);
  await shot(fresh, 'new-phone-done');
  await line.close();
  await other.close();
});

test('a phone that the office denies is told no more than one that asked too late', async ({ page, browser, office }) => {
  await page.goto(`${office.url}/m/`);
  await page.getByRole('button', { name: '换手机' }).click();
  await page.getByLabel('人员编号').fill('rep-2');
  await page.getByRole('button', { name: '请人大办同意' }).click();
  const check = await page.locator('[data-check]').getAttribute('data-check');
  const desk = await atTheDesk(browser, office);
  await expect(desk.locator(`[data-check="${check}"]`)).toBeVisible();
  await desk.getByRole('button', { name: '不同意' }).click();
  await expect(desk.getByTestId('new-phones')).toHaveCount(0);
  await expect(page.getByRole('alert')).toContainText('没有得到同意，或者已过时');
  await shot(page, 'new-phone-denied');
});

test('a request outlives reload and a closed app, and one that was approved meanwhile enrols by itself', async ({ page, context, browser, office }) => {
  await page.goto(`${office.url}/m/`);
  await page.getByRole('button', { name: '换手机' }).click();
  await page.getByLabel('人员编号').fill('rep-2');
  await page.getByRole('button', { name: '请人大办同意' }).click();
  const check = (await page.locator('[data-check]').getAttribute('data-check')) ?? '';
  await page.reload();
  await expect(page.locator(`[data-check="${check}"]`)).toBeVisible();
  await expect(page.getByText(/rep-2 于 .* 请求/)).toBeVisible();
  await fits(page);
  await shot(page, 'new-phone-again');
  await office.kill();
  await expect(page.getByText('现在联系不上单位')).toBeVisible();
  await expect(page.locator(`[data-check="${check}"]`)).toBeVisible();
  await shot(page, 'new-phone-away');
  await office.start();
  // Requests are never kept over a restart: it is told, and asks anew.
  await expect(page.getByRole('alert')).toContainText('没有得到同意，或者已过时');
  await page.getByLabel('人员编号').fill('rep-2');
  await page.getByRole('button', { name: '请人大办同意' }).click();
  const second = (await page.locator('[data-check]').getAttribute('data-check')) ?? '';
  await page.close();

  const desk = await atTheDesk(browser, office);
  await expect(desk.locator(`[data-check="${second}"]`)).toBeVisible();
  await desk.getByRole('button', { name: '数字一样，同意' }).click();
  await expect(desk.getByRole('status')).toContainText('已同意');
  const again = await context.newPage();
  await again.goto(`${office.url}/m/`);
  await expect(again.getByRole('heading', { name: /今日/ })).toBeVisible();
  await inSync(again);
});

test('a request is withdrawn: the office sees it no more, and the phone has forgotten it', async ({ page, browser, office }) => {
  await page.goto(`${office.url}/m/`);
  await page.getByRole('button', { name: '换手机' }).click();
  await page.getByLabel('人员编号').fill('rep-2');
  await page.getByRole('button', { name: '请人大办同意' }).click();
  const check = await page.locator('[data-check]').getAttribute('data-check');
  const desk = await atTheDesk(browser, office);
  await expect(desk.locator(`[data-check="${check}"]`)).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: '撤回请求' }).click();
  await expect(page.getByLabel('人员编号')).toBeVisible();
  await expect(page.locator('[data-check]')).toHaveCount(0);
  await desk.reload();
  await expect(desk.getByRole('tab', { name: '设备' })).toHaveAttribute('aria-selected', 'true');
  await expect(desk.getByTestId('new-phones')).toHaveCount(0);
  await page.reload();
  await expect(page.getByLabel('邀请码')).toBeVisible();
  await expect(page.locator('[data-check]')).toHaveCount(0);
});
