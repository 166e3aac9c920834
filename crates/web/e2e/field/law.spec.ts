import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { allAtOffice, cutOff, enrol, fits, inSync, shot, test, writeInspection } from './hands';
import { PASSWORD, type Office } from './office';

const laws = readFileSync(new URL('../../../bench/data/laws-2020.csv', import.meta.url));
const PICKED = '《土地管理法》第四十四条〔法规库 2020-06〕';
const WORDING = '建设占用土地，涉及农用地转为建设用地的，应当办理农用地转用审批手续。';

/** The province publishes a version of the library, in the console. */
async function publish(desk: Page, office: Office): Promise<void> {
  office.admin(['users', 'add', '--user', 'chief', '--name', '省管理员', '--role', 'administrator', '--region', '130000'], `${PASSWORD}\n`);
  await signIn(desk, office, 'chief');
  await desk.goto(`${office.url}/admin?tab=laws`);
  await expect(desk.getByText('还没有发布过法规库')).toBeVisible();
  await desk.getByRole('textbox', { name: '版本' }).fill('2020-06');
  const file = desk.getByLabel('表格文件');
  await file.setInputFiles({ name: '错.csv', mimeType: 'text/csv', buffer: Buffer.from('law,article,text\n水法,第七条,\n') });
  await expect(desk.getByRole('alert')).toContainText('1 处有误，没有发布');
  await expect(desk.getByRole('cell', { name: 'C2' })).toBeVisible();
  await shot(desk, 'law-wrong');
  await file.setInputFiles({ name: '法规.csv', mimeType: 'text/csv', buffer: laws });
  await desk.getByRole('button', { name: '发布 2020-06：617 条' }).click();
  await expect(desk.getByRole('status')).toContainText('已发布 2020-06');
  await expect(desk.getByRole('cell', { name: 'chief' })).toBeVisible();
  await shot(desk, 'law-published');
}

async function signIn(desk: Page, office: Office, user: string): Promise<void> {
  await desk.goto(office.url);
  await desk.getByLabel('用户名').fill(user);
  await desk.getByLabel('密码').fill(PASSWORD);
  await desk.getByRole('button', { name: '登录' }).click();
  await expect(desk.getByRole('heading', { name: '待办' })).toBeVisible();
}

test('laws are searched without network, an article is picked for a question, and the office reads it with its text', async ({ page, context, browser, office }) => {
  const wide = { viewport: { width: 1280, height: 800 }, isMobile: false, hasTouch: false, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' };
  const desk = await (await browser.newContext(wide)).newPage();
  await publish(desk, office);
  await enrol(page, office, 'rep-1');
  await page.goto(`${office.url}/m/mine`);
  await page.getByRole('link', { name: '法规' }).click();
  await expect(page.getByText('法规库 2020-06 已在本机')).toBeVisible();
  await cutOff(context, office);
  await page.goto(`${office.url}/m/law`);
  await expect(page.getByText('法规库 2020-06 已在本机')).toBeVisible();
  await shot(page, 'law-offline');
  await page.getByRole('searchbox').fill('永久基本农田');
  await expect(page.getByRole('status')).toContainText(/找到 \d+ 条/);
  await fits(page);
  await shot(page, 'law-words');
  await page.getByRole('searchbox').fill('土地管理法44');
  // The article itself comes first, then those that cite it.
  await expect(page.locator('[data-law]').first()).toHaveAttribute('data-law', '第四十四条');
  await page.locator('[data-law="第四十四条"] summary').click();
  await expect(page.locator('[data-law="第四十四条"] .prose')).toContainText(WORDING);
  await fits(page);
  await shot(page, 'law-article');

  await page.getByRole('link', { name: '我的' }).first().click();
  await writeInspection(page, '东关砖厂');
  await page.getByText(/^检查清单/).click();
  const question = page.locator('[data-path="a/land-01"]');
  await question.locator('[data-law="第四十四条"] summary').click();
  await expect(question.locator('[data-law="第四十四条"]')).toContainText(WORDING);
  await question.scrollIntoViewIfNeeded();
  await shot(page, 'law-checklist');
  await page.getByText(/^检查清单/).click();
  await page.getByText('现场问询').click();
  await page.getByRole('button', { name: '＋ 加一问' }).click();
  const asked = page.locator('[data-item]');
  await asked.locator('[data-path$="/question"] input').fill('占用耕地建厂房，办过农用地转用手续没有？');
  await asked.locator('[data-path$="/answer"] input').fill('没有办');
  await asked.getByRole('button', { name: '从法规库选' }).click();
  await asked.getByRole('searchbox').fill('农用地转用 审批手续');
  await fits(page);
  await asked.getByTestId('laws').scrollIntoViewIfNeeded();
  await shot(page, 'law-pick');
  await asked.getByRole('button', { name: /《土地管理法》第四十四条/ }).click();
  await expect(asked.locator('[data-path$="/basis"] input')).toHaveValue(PICKED);
  await expect(page.getByTestId('kept')).toHaveAttribute('data-kept', 'true');
  await asked.locator('[data-path$="/basis"]').scrollIntoViewIfNeeded();
  await shot(page, 'law-picked');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('我的修改去哪了')).toBeVisible();
  await expect(page.getByText(PICKED)).toBeVisible();
  await page.locator('[data-law="第四十四条"] summary').click();
  await expect(page.locator('[data-law="第四十四条"]')).toContainText(WORDING);
  await page.locator('[data-law="第四十四条"]').scrollIntoViewIfNeeded();
  await shot(page, 'law-record');
  const record = page.url().split('/').at(-1) ?? '';

  await office.start();
  await context.setOffline(false);
  await inSync(page);
  await allAtOffice(page);
  await desk.context().clearCookies();
  await signIn(desk, office, 'clerk');
  await desk.goto(`${office.url}/records/${record}`);
  await expect(desk.getByText(PICKED)).toBeVisible();
  await desk.locator('[data-law="第四十四条"] summary').click();
  await expect(desk.locator('[data-law="第四十四条"]')).toContainText(WORDING);
  await desk.locator('[data-law="第四十四条"]').scrollIntoViewIfNeeded();
  await shot(desk, 'law-console');

  // A later version without that article: the record says it all the same, and what is missing is said.
  await desk.context().clearCookies();
  await signIn(desk, office, 'chief');
  const next = await desk.request.post(`${office.url}/api/admin/library?version=2020-07&apply=true`, { headers: { 'liandu-csrf': '1' }, data: 'law,article,text\n水法,第七条,取水许可\n' });
  expect(next.ok()).toBe(true);
  await expect(async () => {
    await page.goto(`${office.url}/m/law`);
    await expect(page.getByText('法规库 2020-07 已在本机')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await page.goto(`${office.url}/m/records/${record}`);
  await expect(page.getByText(PICKED)).toBeVisible();
  await expect(page.getByText('法规库里没有《土地管理法》第四十四条的条文')).toBeVisible();
});
