import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import { allAtOffice, carry, change, cutOff, enrol, exported, fits, inSync, openRecord, shot, test, writeProblem } from './hands';

test('two phones that change one field without knowing of each other both see both values, and decide', async ({ page, browser, office }) => {
  const other = await browser.newContext({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const second = await other.newPage();
  await enrol(page, office, 'rep-1');
  await enrol(second, office, 'rep-2');
  const id = await writeProblem(page, '村东耕地闲置');
  await allAtOffice(page);
  await openRecord(second, id);

  await cutOff(page.context(), office);
  await other.setOffline(true);
  await change(page, 'f/village', '野头村');
  await change(second, 'f/village', '东康庄村');
  await office.start();
  await page.context().setOffline(false);
  await other.setOffline(false);
  await inSync(page);
  await inSync(second);
  for (const [phone, name] of [[page, 'conflict-1'], [second, 'conflict-2']] as const) {
    const open = phone.locator('.conflict[data-path="f/village"]');
    await expect(open).toContainText('野头村');
    await expect(open).toContainText('东康庄村');
    await open.scrollIntoViewIfNeeded();
    await shot(phone, name);
  }
  await page.goto(`${office.url}/m/`);
  await expect(page.getByText('1 条记录有两种写法')).toBeVisible();
  await shot(page, 'today-conflict');

  const side = second.locator('.conflict .side').filter({ hasText: '野头村' });
  await side.getByRole('button', { name: '用这个' }).click();
  await allAtOffice(second);
  await page.goto(`${office.url}/m/records/${id}`);
  await expect(page.locator('.conflict')).toHaveCount(0);
  await expect(page.locator('dl.facts').first()).toContainText('野头村');
  await page.getByRole('button', { name: '“村(社区)”的历史' }).click();
  const acts = page.getByRole('dialog');
  for (const word of ['野头村', '东康庄村', '裁定']) await expect(acts).toContainText(word);
  await shot(page, 'history');
  const record = await office.api<{ conflicts: unknown[]; fields: Record<string, { value: unknown }> }>(`/api/records/${id}`);
  expect([record.conflicts.length, record.fields['f/village']?.value]).toEqual([0, '野头村']);
  await other.close();
});

test('work leaves as a file that only the office opens, a colleague carries it there, and its receipts come back the same way', async ({ page, browser, office }) => {
  const other = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const second = await other.newPage();
  await enrol(page, office, 'rep-1');
  await enrol(second, office, 'rep-2');
  await cutOff(page.context(), office);
  const id = await writeProblem(page, '没有信号的山沟');
  await carry(page);
  const there = await exported(page, '');
  expect(readFileSync(there).includes('山沟')).toBe(false);
  await fits(page);
  await shot(page, 'carry');

  await carry(second);
  await second.getByLabel('导入同事的文件').setInputFiles(there);
  await expect(second.getByRole('status')).toContainText('rep-1');
  await expect(second.getByRole('status')).toContainText('1 项修改，本机打不开');
  await expect(second.locator('[data-carrying="1"]')).toBeVisible();
  await fits(second);
  await shot(second, 'carrying');
  await second.reload();
  await expect(second.locator('[data-carrying="1"]')).toBeVisible();
  await office.start();
  await expect.poll(async () => (await office.api<{ records: { id: string }[] }>('/api/records')).records.map((line) => line.id)).toEqual([id]);
  const record = await office.api<{ created: { person: string } }>(`/api/records/${id}`);
  expect(record.created.person).toBe('rep-1');
  await expect(second.locator('[data-carrying]')).toHaveCount(0);

  const back = await exported(second, 'rep-1');
  await expect(page.getByTestId('sync')).toHaveAttribute('data-on-device', '1');
  await page.getByLabel('导入同事的文件').setInputFiles(back);
  await expect(page.getByRole('status')).toContainText('带回回执 1 份');
  await expect(page.getByTestId('sync')).toHaveAttribute('data-on-device', '0');
  await shot(page, 'carried-receipts');
  await page.context().setOffline(false);
  await inSync(page);
  expect((await office.api<{ records: unknown[] }>('/api/records')).records.length).toBe(1);
  await other.close();
});

test('a file for a named colleague is read by nobody else, and says what of it is at the office', async ({ page, browser, office }) => {
  const other = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const second = await other.newPage();
  await enrol(page, office, 'rep-1');
  await enrol(second, office, 'rep-2');
  await inSync(page);
  await cutOff(page.context(), office);
  const id = await writeProblem(page, '给同事看的');
  await carry(page);
  const file = await exported(page, 'rep-2');
  await shot(page, 'carry-to-colleague');
  await page.getByLabel('导入同事的文件').setInputFiles(file);
  await expect(page.getByRole('alert')).toContainText('只有 rep-2 的设备能打开');
  await shot(page, 'carry-not-mine');

  await carry(second);
  await second.getByLabel('导入同事的文件').setInputFiles(file);
  await expect(second.getByRole('status')).toContainText('rep-1 的新修改 1 项，还没到单位');
  await shot(second, 'carried');
  await office.start();
  await expect.poll(async () => (await office.api<{ records: { id: string }[] }>('/api/records')).records.map((line) => line.id)).toEqual([id]);
  await inSync(second);
  await second.getByLabel('导入同事的文件').setInputFiles(file);
  await expect(second.getByRole('status')).toContainText('已到单位 1 项');
  await page.context().setOffline(false);
  await allAtOffice(page);
  expect((await office.api<{ records: unknown[] }>('/api/records')).records.length).toBe(1);
  await other.close();
});

test('what a colleague changes while a form is open is said, and neither value is lost', async ({ page, browser, office }) => {
  const other = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'zh-CN' });
  const second = await other.newPage();
  await enrol(page, office, 'rep-1');
  await enrol(second, office, 'rep-2');
  const id = await writeProblem(page, '同时打开的记录');
  await allAtOffice(page);
  await openRecord(second, id);
  await second.getByRole('button', { name: '修改', exact: true }).click();
  await second.locator('[data-path="f/address"] input').fill('村西');
  await change(page, 'f/address', '村东');
  await expect(second.getByRole('alert')).toContainText('有人改过');
  await expect(second.locator('[data-path="f/address"] input')).toHaveValue('村西');
  await shot(second, 'changed-meanwhile');
  await second.getByRole('button', { name: '保存' }).click();
  const open = second.locator('.conflict[data-path="f/address"]');
  await expect(open).toContainText('村东');
  await expect(open).toContainText('村西');
  await other.close();
});

test('a text begun before a colleague’s came is added to it, also when the form was left in between', async ({ page, browser, office }) => {
  const other = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'zh-CN' });
  const second = await other.newPage();
  await enrol(page, office, 'rep-1');
  await enrol(second, office, 'rep-2');
  const id = await writeProblem(page, '两人写说明');
  await allAtOffice(page);
  const words = (phone: Page): Locator => phone.locator('[data-path="t/description"] textarea');
  const edit = (phone: Page): Promise<void> => phone.getByRole('button', { name: '修改', exact: true }).click();
  await openRecord(second, id);
  await edit(second);
  await words(second).fill('乙写的一句。');
  await second.getByRole('link', { name: '台账' }).click();
  await edit(page);
  await words(page).fill('甲先到单位的很长的一句。');
  await page.getByRole('button', { name: '保存' }).click();
  await allAtOffice(page);
  await second.locator(`[data-record="${id}"]`).click();
  await expect(second.getByText('甲先到单位的很长的一句。')).toBeVisible();
  await edit(second);
  await expect(words(second)).toHaveValue('乙写的一句。');
  await expect(second.getByRole('alert')).toContainText('有人改过');
  await second.getByRole('button', { name: '保存' }).click();
  await allAtOffice(second);
  const { texts } = await office.api<{ texts: Record<string, { content: string }> }>(`/api/records/${id}`);
  const written = texts['description']?.content ?? '';
  expect([written.length, written.includes('乙写的一句。'), written.includes('甲先到单位的很长的一句。')]).toEqual([18, true, true]);
  await other.close();
});

test('of a place that waits for a decision nothing is written from elsewhere in the form', async ({ page, browser, office }) => {
  const other = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'zh-CN' });
  const second = await other.newPage();
  await enrol(page, office, 'rep-1');
  await enrol(second, office, 'rep-2');
  const id = await writeProblem(page, '村名有两种写法');
  await allAtOffice(page);
  await openRecord(second, id);
  await second.getByRole('button', { name: '修改', exact: true }).click();
  await second.locator('[data-path="f/village"] input').fill('西关村');
  await change(page, 'f/village', '东关村');
  await expect(second.getByRole('alert')).toContainText('有人改过');
  await second.getByRole('button', { name: '保存' }).click();
  await expect(second.locator('.conflict[data-path="f/village"]')).toBeVisible();
  await second.getByRole('button', { name: '修改', exact: true }).click();
  const position = second.locator('[data-path="f/position"]');
  await position.getByRole('button', { name: '其他办法' }).click();
  await expect(position.getByRole('button', { name: '在图上选' })).toBeVisible();
  await expect(position.getByRole('button', { name: '选村名' })).toHaveCount(0);
  await other.close();
});
