import { expect, type Browser } from '@playwright/test';
import { allAtOffice, carry, change, enrol, exported, inSync, picture, shot, test, writeProblem } from './hands';
import { Line } from './line';
import { PASSWORD, type Office } from './office';

const SEED = 20_200_619;
const WEEK_MS = 7 * 86_400_000;

/** What the office's console shows of it. */
async function atTheDesk(browser: Browser, office: Office, { id, photographed }: { id: string; photographed: string }): Promise<void> {
  const desk = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' });
  await desk.goto(`${office.url}/records/${id}`);
  await desk.getByLabel('用户名').fill('clerk');
  await desk.getByLabel('密码').fill(PASSWORD);
  await desk.getByRole('button', { name: '登录' }).click();
  for (const value of ['村东砖厂', '村西砖厂']) await expect(desk.getByText(value).first()).toBeVisible();
  await shot(desk, 'week-desk-conflict');
  await desk.goto(`${office.url}/records/${photographed}`);
  const photos = desk.locator('.pictures img');
  await expect(photos).toHaveCount(2);
  for (const at of [0, 1]) await expect.poll(() => photos.nth(at).evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth > 0)).toBe(true);
  await photos.first().scrollIntoViewIfNeeded();
  await shot(desk, 'week-desk-photos');
  await desk.close();
}

test('two phones write for a week without signal, photos and a carried file included; a bad line brings everything home', async ({ page, browser, office }) => {
  test.setTimeout(180_000);
  const line = await Line.to(office.port, SEED);
  const at = { url: line.url, invite: (person: string) => office.invite(person) };
  const second = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'zh-CN' });
  const [wang, li] = [page, await second.newPage()];
  await enrol(wang, at, 'rep-1');
  await enrol(li, at, 'rep-2');
  const id = await writeProblem(wang, '砖厂占地');
  await allAtOffice(wang);
  await li.getByRole('link', { name: '台账' }).click();
  await li.locator(`[data-record="${id}"]`).click();

  await office.kill();
  for (const phone of [wang, li]) await phone.clock.install();
  await change(wang, 'f/address', '村东砖厂');
  await change(li, 'f/address', '村西砖厂');
  for (const phone of [wang, li]) {
    await phone.clock.fastForward(WEEK_MS);
    await phone.getByRole('link', { name: '今日' }).click();
    await expect(phone.locator('[data-notice="days"]')).toContainText('7 天');
  }
  await li.getByRole('link', { name: '＋记录' }).click();
  await li.getByRole('button', { name: /^问题/ }).click();
  await li.locator('[data-path="f/domain"] select').selectOption('land');
  await li.locator('[data-path="f/problem_type"] select').selectOption('land.greenhouse_house');
  await li.locator('input[type="file"]').setInputFiles([await picture(li, '#1f5f5b'), await picture(li, '#a62b1f')]);
  await expect(li.locator('[data-photo]')).toHaveCount(2);
  await li.getByRole('button', { name: '保存' }).click();
  await expect(li.getByText('我的修改去哪了')).toBeVisible();
  const photographed = li.url().split('/').at(-1) ?? '';
  await carry(li);
  const file = await exported(li, 'rep-1');
  await carry(wang);
  await wang.getByLabel('导入同事的文件').setInputFiles(file);
  await expect(wang.getByRole('status')).toContainText('rep-2 的新修改 2 项');

  await second.setOffline(true);
  await office.start();
  line.worsen();
  await wang.evaluate(() => dispatchEvent(new Event('online')));
  await allAtOffice(wang);
  // The second phone's week is at the office before it has signal itself: it was carried.
  const carried = async (): Promise<string[]> => {
    // Its owner looks for signal now and then; by itself the phone waits longer after each cut.
    await wang.evaluate(() => dispatchEvent(new Event('online')));
    return (await office.api<{ records: { id: string }[] }>('/api/records')).records.map((each) => each.id);
  };
  await expect.poll(carried, { timeout: 60_000, intervals: [3_000] }).toContain(photographed);
  await second.setOffline(false);
  await li.evaluate(() => dispatchEvent(new Event('online')));
  await allAtOffice(li);
  const photos = async (): Promise<string[]> => (await office.api<{ attachments: { state: string }[] }>(`/api/records/${photographed}/attachments`)).attachments.map(({ state }) => state);
  await expect.poll(photos, { timeout: 60_000 }).toEqual(['here', 'here']);
  line.mend();

  const record = await office.api<{ conflicts: { values: { value: string }[] }[]; texts: unknown }>(`/api/records/${id}`);
  expect(record.conflicts.map(({ values }) => values.map(({ value }) => value).sort())).toEqual([['村东砖厂', '村西砖厂']]);
  for (const phone of [wang, li]) {
    await inSync(phone);
    await phone.getByRole('link', { name: '台账' }).click();
    await phone.locator(`[data-record="${id}"]`).click();
    await expect(phone.locator('.conflict[data-path="f/address"]')).toContainText('村西砖厂');
    await expect(phone.locator('[data-status="at-office"]').first()).toContainText('单位已收');
  }
  await shot(li, 'week');
  await atTheDesk(browser, office, { id, photographed });
  console.log(`the line was cut ${line.cutSoFar} times; ${line.overtaken} connections were overtaken`);
  expect(line.cutSoFar).toBeGreaterThan(0);
  expect(line.overtaken).toBeGreaterThan(0);
  await second.close();
  await line.close();
});
