import { expect } from '@playwright/test';
import { allAtOffice, begin, carry, change, cutOff, enrol, inSync, openRecord, picture, save, shot, test, writeProblem } from './hands';

/** What a phone does on an ordinary day beside inspections, and what it shows of itself. */

const WEEKS_MS = 21 * 86_400_000;

test('an opinion heard at the door is recorded without signal', async ({ page, context, office }) => {
  await enrol(page, office, 'rep-1');
  await cutOff(context, office);
  await begin(page, /^群众意见/);
  await page.locator('[data-path="f/domain"] select').selectOption('health');
  await page.locator('[data-path="f/village"] input').fill('东关村');
  await page.locator('label.field', { hasText: '意见内容' }).locator('textarea').fill('村口垃圾没人清运。');
  await shot(page, 'opinion');
  const id = await save(page);
  await office.start();
  await context.setOffline(false);
  await inSync(page);
  await allAtOffice(page);
  const { kind, fields, texts } = await office.api<{ kind: string; fields: Record<string, { value: unknown }>; texts: Record<string, { content: string }> }>(`/api/records/${id}`);
  expect([kind, fields['f/channel']?.value, fields['f/village']?.value, texts['content']?.content]).toEqual(['opinion', 'door', '东关村', '村口垃圾没人清运。']);
});

test('an object of the inventory fills in a new inspection, and the ledger shows one kind at a time', async ({ page, office }) => {
  const values = { title: '东关砖厂', object_type: 'realestate_project', region: '130123', village: '东关村', domain: 'land' };
  const scope = { region: '130123', group: 'g-1', audience: 'group' };
  await office.api('/api/records', { kind: 'object', scope, campaign: 'hebei-6plus1', writes: Object.entries(values).map(([field, value]) => ({ path: `f/${field}`, value })) });
  await enrol(page, office, 'rep-1');
  await begin(page, /^检查/);
  await page.locator('label.field', { hasText: '检查对象' }).locator('select').selectOption({ label: '东关砖厂' });
  await expect(page.locator('[data-path="f/target"] input')).toHaveValue('东关砖厂');
  await expect(page.locator('[data-path="f/village"] input')).toHaveValue('东关村');
  await expect(page.locator('[data-path="f/domain"] select').first()).toHaveValue('land');
  await save(page);
  await page.getByRole('link', { name: '台账' }).click();
  const count = page.getByTestId('count');
  await expect(count).toHaveAttribute('data-count', '2');
  const only = page.locator('.filters');
  await only.getByRole('button', { name: '检查', exact: true }).click();
  await expect(count).toHaveAttribute('data-count', '1');
  await expect(page.locator('[data-record]')).toContainText('东关砖厂');
  await only.getByRole('button', { name: '问题', exact: true }).click();
  await expect(count).toHaveAttribute('data-count', '0');
});

test('after weeks the app opens at once without signal, with the history of a field', async ({ page, context, office }) => {
  await enrol(page, office, 'rep-1');
  const id = await writeProblem(page, '三周以后还在');
  await change(page, 'f/address', '村东');
  await change(page, 'f/address', '村西');
  await allAtOffice(page);
  await cutOff(context, office);
  await page.close();
  const later = await context.newPage();
  await later.clock.install({ time: Date.now() + WEEKS_MS });
  await later.goto(`${office.url}/m/records/${id}`);
  await expect(later.getByRole('heading', { name: '三周以后还在' })).toBeVisible();
  await expect(later.getByTestId('sync')).toContainText('21 天前');
  await later.locator('dd', { hasText: '村西' }).getByRole('button', { name: '历史' }).click();
  const history = later.getByRole('dialog');
  for (const value of ['村东', '村西']) await expect(history).toContainText(value);
  await shot(later, 'history-offline');
});

test('a colleague’s photo that the office lacks is said to be missing, and is here once it came', async ({ page, browser, context, office }) => {
  const other = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'zh-CN' });
  const second = await other.newPage();
  await enrol(page, office, 'rep-1');
  await enrol(second, office, 'rep-2');
  await context.route('**/files/**', (route) => route.abort());
  await begin(page, /^问题/);
  await page.locator('[data-path="f/domain"] select').selectOption('land');
  await page.locator('[data-path="f/problem_type"] select').selectOption('land.idle_farmland');
  await page.locator('input[type="file"]').setInputFiles(await picture(page, '#1f5f5b'));
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.locator('[data-photo][data-where="here"]')).toHaveCount(1);
  await allAtOffice(page);
  await shot(page, 'photo-on-its-way');
  const id = page.url().split('/').at(-1) ?? '';
  await openRecord(second, id);
  await expect(second.locator('[data-photo][data-where="missing"]')).toHaveCount(1);
  await shot(second, 'photo-missing');
  // The app is closed in between; it goes on by itself.
  await page.close();
  await context.unroute('**/files/**');
  const again = await context.newPage();
  await again.goto(`${office.url}/m/records/${id}`);
  await expect(again.locator('[data-photo][data-where="office"]')).toHaveCount(1);
  await other.close();
});

test('the browser is asked to keep what is stored, and says how much there is', async ({ page, office }) => {
  await page.addInitScript(() => {
    navigator.storage.persisted = () => Promise.resolve(false);
    navigator.storage.persist = () => Promise.resolve(true);
  });
  await enrol(page, office, 'rep-1');
  await page.goto(`${office.url}/m/settings`);
  await expect(page.getByText('浏览器已答应保留本机内容')).toBeVisible();
  await expect(page.getByText(/本机已用 \d+ MB，可用约 \d+ MB/)).toBeVisible();
});

test('files leave by the share sheet where the phone has one', async ({ page, context, office }) => {
  await page.addInitScript(() => {
    const shared: string[] = [];
    Object.assign(window, { shared });
    navigator.canShare = () => true;
    navigator.share = (data) => Promise.resolve(void shared.push(...(data?.files ?? []).map(({ name, size }) => `${name} ${size > 0}`)));
  });
  await enrol(page, office, 'rep-1');
  await writeProblem(page, '到了单位的');
  await allAtOffice(page);
  await cutOff(context, office);
  await writeProblem(page, '没有送出的');
  await carry(page);
  await page.getByRole('button', { name: '导出文件' }).click();
  await page.getByRole('link', { name: '我的' }).click();
  await page.getByRole('link', { name: /^回执/ }).click();
  await page.getByRole('button', { name: '导出回执' }).click();
  const shared = (): Promise<string[]> => page.evaluate(() => (window as unknown as { shared: string[] }).shared);
  await expect.poll(shared).toEqual([expect.stringMatching(/^liandu-office-\d+\.ldbundle true$/), expect.stringMatching(/^liandu-receipts-\d+\.json true$/)]);
});

test('every screen is complete in English', async ({ page, office }) => {
  await enrol(page, office, 'rep-1');
  await page.goto(`${office.url}/m/settings`);
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  // Names of people and places, and the button that leads back.
  const data = /王芳|正定县|石家庄市|土地利用代表小组|中文|联督/g;
  for (const screen of ['', 'records', 'new', 'map', 'mine', 'settings', 'outbox', 'receipts', 'carry', 'law', 'join']) {
    await page.goto(`${office.url}/m/${screen}`);
    await expect(page.locator('main h1, header h1, h1').first()).toBeVisible();
    const chinese = (await page.locator('body').innerText()).replace(data, '').match(/.*\p{Script=Han}.*/gu) ?? [];
    expect(chinese, screen).toEqual([]);
  }
  await page.goto(`${office.url}/m/settings`);
  await shot(page, 'settings-english');
});

test('it can be installed: a manifest with icons that are there, and a worker for the app’s own files only', async ({ page, office }) => {
  await enrol(page, office, 'rep-1');
  const manifest = (await (await page.request.get(`${office.url}/m/manifest.webmanifest`)).json()) as { name: string; start_url: string; display: string; icons: { src: string; sizes: string; purpose?: string }[] };
  expect([manifest.name, manifest.start_url, manifest.display]).toEqual(['联督 现场', '/m/', 'standalone']);
  expect(manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose ?? ''}`)).toEqual(['192x192 ', '512x512 any', '512x512 maskable']);
  for (const { src, sizes } of manifest.icons) {
    const side = await page.evaluate(async (url) => {
      const { width, height } = await createImageBitmap(await (await fetch(url)).blob());
      return `${width}x${height}`;
    }, `/m/${src}`);
    expect(side).toBe(sizes);
  }
  const kept = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat());
  expect(kept.length).toBeGreaterThan(10);
  expect(kept.filter((path) => !path.startsWith('/m/'))).toEqual([]);
});
