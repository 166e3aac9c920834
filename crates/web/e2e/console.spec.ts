import { expect, test, type Page } from '@playwright/test';
import { nothingSerious, phone, shot, signIn, url } from './office';

test('a wrong password is said so, a right one opens the inbox', async ({ page }) => {
  await page.goto(url('/'));
  await page.getByLabel('用户名').fill('province');
  await page.getByLabel('密码').fill('not it');
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await shot(page, 'sign-in');
  await nothingSerious(page);
  await signIn(page);
  await expect(page.getByText('有分歧待裁定')).toBeVisible();
  await shot(page, 'inbox');
  await nothingSerious(page);
});

test('table, map, figures and export of one filter have the same count', async ({ page }) => {
  await signIn(page);
  const filters = ['', 'kind=problem', 'kind=problem&state=closed', 'region=1304', 'kind=inspection&conflict=none', 'region=130227&kind=problem', 'kind=problem&domain=land', 'conflict=open'];
  for (const filter of filters) {
    await page.goto(url(`/ledger?${filter}`));
    const count = Number(await page.getByTestId('count').getAttribute('data-count'));
    await page.getByRole('tab', { name: '统计' }).click();
    await expect(page.locator('[data-by] [data-count]')).toHaveCount(4);
    for (const part of await page.locator('[data-by] [data-count]').all()) expect(Number(await part.getAttribute('data-count')), filter).toBe(count);
    await page.getByRole('tab', { name: '图', exact: true }).click();
    const map = page.getByTestId('map-count');
    expect([Number(await map.getAttribute('data-count')), Number(await map.getAttribute('data-regions'))], filter).toEqual([count, count]);
    const features = await page.evaluate(async (query) => ((await (await fetch(`/api/records.geojson?${query}`)).json()) as { features: unknown[] }).features.length, filter);
    expect(features, filter).toBe(count);
  }
});

test('the ledger is walked by keyboard; a record opens beside it and Esc returns to the row', async ({ page }) => {
  await signIn(page);
  await page.goto(url('/ledger?kind=problem'));
  const rows = page.locator('[data-record]');
  await rows.first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const id = await page.evaluate(() => (document.activeElement as HTMLElement).dataset['record']);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`record=${id}`));
  await expect(page.locator('aside h1')).toBeVisible();
  await expect(page.locator('aside dl').first()).toBeVisible();
  await shot(page, 'ledger');
  await nothingSerious(page);
  await page.keyboard.press('Escape');
  await expect(page.locator(`[data-record="${id}"]`)).toBeFocused();
});

test('a conflict is decided at the desk', async ({ page }) => {
  await signIn(page);
  await page.goto(url('/conflicts'));
  await page.locator('.desk-list .row').first().click();
  const card = page.locator('section.conflict').first();
  await expect(card).toBeVisible();
  await shot(page, 'conflicts');
  await nothingSerious(page);
  const before = await page.locator('section.conflict').count();
  await card.getByRole('button', { name: '采用', exact: true }).first().click();
  await expect(page.getByRole('status')).toContainText('已裁定');
  await expect(page.locator('section.conflict')).toHaveCount(before - 1);
});

test('several conflicts are decided together, and taken back together', async ({ page }) => {
  await signIn(page);
  await page.goto(url('/conflicts'));
  const figure = page.locator('h1 .figure');
  await expect(figure).toBeVisible();
  const before = Number((await figure.innerText()).replace(/,/g, ''));
  const boxes = page.locator('.desk-list li input[type=checkbox]');
  for (const at of [0, 1, 2]) await boxes.nth(at).check();
  const together = page.locator('.desk-work form');
  const cards = together.locator('fieldset.conflict');
  await expect(together.getByRole('heading')).toContainText('3 条记录');
  const decide = together.locator('.foot button');
  await expect(decide).toBeDisabled();
  await together.getByRole('button', { name: '最后收到的' }).click();
  for (const box of await cards.locator('input[type=checkbox]').all()) await box.check();
  const count = await cards.locator('input:checked').count();
  expect(count).toBeGreaterThanOrEqual(3);
  await shot(page, 'several-conflicts');
  await nothingSerious(page);
  await decide.click();
  const said = page.getByRole('status');
  await expect(said).toContainText(`已裁定 ${count} 处`);
  await expect(figure).toHaveText(String(before - 3));
  await shot(page, 'several-decided');
  await said.getByRole('button', { name: `撤销这 ${count} 处` }).click();
  await expect(said).toContainText(`已撤销 ${count} 处`);
  await expect(figure).toHaveText(String(before));
});

test('a decision is taken back on the record, and its history keeps both', async ({ page }) => {
  await signIn(page);
  const { records } = (await (await page.request.get(url('/api/conflicts'))).json()) as { records: { record: { id: string }; conflicts: { path: string }[] }[] };
  const plain = ({ path }: { path: string }): boolean => path.startsWith('f/') || path.startsWith('i/');
  const found = records.find(({ conflicts }) => conflicts.some(plain));
  const path = found?.conflicts.find(plain)?.path ?? '';
  await page.goto(url(`/conflicts?record=${found?.record.id ?? ''}`));
  const cards = page.locator('section.conflict');
  await expect(cards.first()).toBeVisible();
  const before = await cards.count();
  await page.locator(`section.conflict[data-path="${path}"]`).getByRole('button', { name: '采用', exact: true }).first().click();
  await expect(cards).toHaveCount(before - 1);
  const standing = page.locator(`.standing[data-path="${path}"]`);
  if (!(await standing.isVisible())) await page.locator('details summary').click();
  await shot(page, 'standing-decision');
  await standing.getByRole('button', { name: '撤销裁定' }).click();
  await expect(page.getByRole('status')).toContainText('已撤销裁定');
  await expect(cards).toHaveCount(before);
});

test('states in conflict are called by their names, in both languages', async ({ page }) => {
  await signIn(page);
  await page.goto(url('/conflicts'));
  await page.locator('.desk-list .row', { hasText: '现场当日已整改' }).click();
  const card = page.locator('section.conflict[data-path="e"]');
  await expect(card.locator('.decided-value')).toContainText([/^(已交办|已报结|现场已整改)/, /^(已交办|已报结|现场已整改)/]);
  await shot(page, 'conflict-of-states');
  await expect(card).not.toContainText('transferred');
  await page.getByText('province', { exact: true }).click();
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(card.locator('.decided-value').filter({ hasText: /transferred/i })).toHaveCount(1);
});

test('the quarantine says why, and an answer is kept', async ({ page }) => {
  await signIn(page);
  const found = JSON.parse(phone('phone-1', 'list', '--json')) as { records: { id: string; kind: string; state: string }[] };
  const record = found.records.find(({ kind, state }) => kind === 'problem' && state === 'found')?.id ?? '';
  phone('phone-1', 'edit', record, 'settled_person=王芳', '--anyway');
  phone('phone-1', 'sync');
  await page.goto(url('/quarantine'));
  const card = page.locator('article.held').first();
  await expect(card).toBeVisible();
  await shot(page, 'quarantine');
  await nothingSerious(page);
  await card.getByRole('button', { name: '答复' }).click();
  await card.getByLabel('写给提交人的话').fill('已核对，请按新单位重报。');
  await card.getByRole('button', { name: '发送' }).click();
  await expect(card.getByRole('status')).toContainText('已答复');
});

test('an edit from an old reading shows what changed and keeps what was written', async ({ page, context }) => {
  await signIn(page);
  await page.goto(url('/ledger?kind=problem&conflict=none&state=found'));
  const id = (await page.locator('[data-record]').first().getAttribute('data-record')) ?? '';
  const other = await context.newPage();
  for (const each of [page, other]) {
    await each.goto(url(`/records/${id}`));
    await each.getByRole('button', { name: '修改', exact: true }).click();
  }
  const field = (each: Page, path: string) => each.locator(`[data-path="${path}"] input`);
  await field(other, 'f/external_no').fill('甲-17');
  await other.getByRole('button', { name: '保存' }).click();
  await expect(other.getByRole('status')).toContainText('已保存');
  await field(page, 'f/external_no').fill('乙-18');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('alert')).toContainText('甲-17');
  await expect(field(page, 'f/external_no')).toHaveValue('乙-18');
  await shot(page, 'form');
  await nothingSerious(page);
  await page.getByRole('button', { name: '看过了' }).click();
  await expect(page.getByRole('status')).toContainText('已保存');
});

test('everything fits on a phone of 390 px', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page);
  for (const path of ['/', '/ledger?kind=problem', '/ledger?kind=problem&tab=map', '/ledger?kind=problem&tab=statistics', '/conflicts', '/quarantine']) {
    await page.goto(url(path));
    await expect(page.locator('h1').first()).toBeVisible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, path).toBeLessThanOrEqual(390);
    await shot(page, `phone${path.replace(/\W+/g, '-')}`);
  }
});

test('the component gallery is readable in light, dark and large', async ({ page }) => {
  await page.goto(url('/gallery'));
  for (const [look, size] of [['light', 'normal'], ['dark', 'normal'], ['light', 'large']] as const) {
    await page.evaluate(([a, b]) => Object.assign(document.documentElement.dataset, { look: a, size: b }), [look, size]);
    await shot(page, `gallery-${look}-${size}`);
    await nothingSerious(page);
  }
});
