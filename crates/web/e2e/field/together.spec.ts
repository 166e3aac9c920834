import { expect } from '@playwright/test';
import { allAtOffice, change, cutOff, enrol, inSync, shot, test, writeProblem } from './hands';

test('two phones that change one field without knowing of each other both see both values, and decide', async ({ page, browser, office }) => {
  const other = await browser.newContext({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const second = await other.newPage();
  await enrol(page, office, 'rep-1');
  await enrol(second, office, 'rep-2');
  const id = await writeProblem(page, '村东耕地闲置');
  await allAtOffice(page);
  await second.getByRole('link', { name: '台账' }).click();
  await second.locator(`[data-record="${id}"]`).click();

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

test('work leaves as a file, a colleague delivers it under its author’s seal, and it counts once', async ({ page, browser, office }) => {
  const other = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'zh-CN' });
  const second = await other.newPage();
  await enrol(page, office, 'rep-1');
  await enrol(second, office, 'rep-2');
  await cutOff(page.context(), office);
  const id = await writeProblem(page, '没有信号的山沟');
  await page.getByRole('link', { name: '我的' }).click();
  await page.getByRole('link', { name: '携带' }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: '导出给单位' }).click();
  const file = await (await saving).path();
  await shot(page, 'carry');

  await office.start();
  await second.getByRole('link', { name: '我的' }).click();
  await second.getByRole('link', { name: '携带' }).click();
  await second.getByLabel('导入同事的文件').setInputFiles(file);
  await expect(second.getByRole('status')).toContainText('新的修改 1 项');
  await shot(second, 'carried');
  await expect.poll(async () => (await office.api<{ records: { id: string }[] }>('/api/records')).records.map((line) => line.id)).toEqual([id]);
  const record = await office.api<{ created: { person: string } }>(`/api/records/${id}`);
  expect(record.created.person).toBe('rep-1');

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
  await second.getByRole('link', { name: '台账' }).click();
  await second.locator(`[data-record="${id}"]`).click();
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
