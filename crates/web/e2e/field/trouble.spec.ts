import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { allAtOffice, cutOff, enrol, inSync, shot, test, writeInspection, writeProblem } from './hands';

test('a second page says where the first is, and takes over when asked', async ({ page, context, office }) => {
  await enrol(page, office, 'rep-1');
  const second = await context.newPage();
  await second.goto(`${office.url}/m/`);
  await expect(second.getByRole('heading', { name: '联督在另一个页面里开着' })).toBeVisible();
  await shot(second, 'elsewhere');
  await second.getByRole('button', { name: '在这里用' }).click();
  await inSync(second);
  await expect(page.getByRole('heading', { name: '已换到另一个页面' })).toBeVisible();
  await shot(page, 'taken-over');
  await page.getByRole('button', { name: '在这里用' }).click();
  await inSync(page);
});

test('a new version is offered, and an update keeps what is unsent and unfinished', async ({ page, context, office }) => {
  await enrol(page, office, 'rep-1');
  await page.reload();
  await context.setOffline(true);
  await writeInspection(page, '更新前写的');
  await context.setOffline(false);
  appendFileSync(join(office.pages, 'm/sw.js'), '\n// newer\n');
  await page.goto(`${office.url}/m/`);
  const offer = page.getByText('有新版本');
  await expect(offer).toBeVisible();
  await shot(page, 'update');
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: '更新' }).click();
  await reloaded;
  await expect(page.getByRole('link', { name: /更新前写的/ })).toBeVisible();
  await expect(offer).toHaveCount(0);
});

test.describe('on a phone with little room', () => {
  test.use({ serviceWorkers: 'block' });
  test('a full storage says what was not saved; everything before it is there', async ({ page, context, office }) => {
    const devtools = await context.newCDPSession(page);
    // Before the first use: the browser asks for the room there is only now and then.
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: office.url, quotaSize: 1 << 20 });
    await enrol(page, office, 'rep-1');
    const id = await writeProblem(page, '存满之前');
    await page.getByRole('link', { name: '＋记录' }).click();
    await page.getByRole('button', { name: /^问题/ }).click();
    // Of many different letters, or the browser's store would pack it small.
    const long = Array.from({ length: 1 << 19 }, (_, at) => String.fromCharCode(0x4e00 + ((at * 7919 + at * at * 31) % 20_000))).join('');
    await page.getByLabel('问题描述').fill(long);
    await expect(page.getByRole('heading', { name: '手机存储满了' })).toBeVisible();
    await shot(page, 'store-full');
    await page.getByRole('button', { name: '重新打开' }).click();
    await page.getByRole('link', { name: '台账' }).click();
    await page.locator(`[data-record="${id}"]`).click();
    await expect(page.getByRole('heading', { name: '存满之前' })).toBeVisible();
  });
});

test('a revoked phone is told, keeps its work, and hands in what was not sent', async ({ page, context, office }) => {
  await enrol(page, office, 'rep-1');
  await context.setOffline(true);
  await office.kill();
  const id = await writeProblem(page, '停用之前写的');
  await office.start();
  office.admin(['revoke', '--person', 'rep-1', '--reason', '手机遗失']);
  await context.setOffline(false);
  await page.getByRole('link', { name: '今日' }).click();
  await expect(page.getByRole('alert').filter({ hasText: '已被停用' })).toBeVisible();
  await shot(page, 'revoked');
  await page.goto(`${office.url}/m/records/${id}`);
  await expect(page.locator('[data-status="refused"]')).toContainText('停用之前写的');
  await expect.poll(async () => (await office.api<{ edits: unknown[] }>('/api/quarantine')).edits.length).toBeGreaterThan(0);
});

test.describe('with a clock', () => {
  test.use({ serviceWorkers: 'block' });
  test('that is wrong by a year, the phone says so and saves all the same', async ({ page, context, office }) => {
    await context.route('**/healthz', async (route) => {
      const answer = await route.fetch();
      const year = new Date(Date.now() - 365 * 86_400_000).toUTCString();
      await route.fulfill({ response: answer, headers: { ...answer.headers(), date: year } });
    });
    await enrol(page, office, 'rep-1');
    await expect(page.locator('[data-notice="clock"]')).toContainText('快 365 天');
    await shot(page, 'clock');
    await writeProblem(page, '时间不准也要存');
    await allAtOffice(page);
  });
});

test('an invitation opened inside a chat app is shown and not used up', async ({ browser, office }) => {
  const agent = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile MicroMessenger/8.0.50';
  const chat = await browser.newContext({ userAgent: agent, viewport: { width: 360, height: 640 }, locale: 'zh-CN' });
  const inside = await chat.newPage();
  const { code, typed } = office.invitation('rep-1');
  await inside.goto(`${office.url}/m/#${code}`);
  await expect(inside.getByRole('heading', { name: '请在浏览器打开' })).toBeVisible();
  await expect(inside.getByText(typed, { exact: true })).toBeVisible();
  await expect(inside.getByRole('button', { name: '登记' })).toHaveCount(0);
  await shot(inside, 'in-chat');
  await chat.close();
  const outside = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'zh-CN' });
  const page = await outside.newPage();
  await page.goto(`${office.url}/m/#${code}`);
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await inSync(page);
  await outside.close();
});

test('work that waits for three days is named, with the way out', async ({ page, context, office }) => {
  await enrol(page, office, 'rep-1');
  await cutOff(context, office);
  await page.clock.install();
  await writeProblem(page, '山里三天');
  await page.clock.fastForward(3 * 86_400_000 + 3_600_000);
  await page.getByRole('link', { name: '今日' }).click();
  await expect(page.locator('[data-notice="days"]')).toContainText('3 天');
  await shot(page, 'three-days');
});
