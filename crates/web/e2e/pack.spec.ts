import { expect, test, type Page } from '@playwright/test';
import { fits, nothingSerious, phone, shot, signIn, url } from './office';

/** The weekly dispatch: figures frozen by one click, a decision that next week's shows with its state, and a meeting at 1920 x 1080 by arrow keys. */

const FIGURES = ['new', 'done', 'open', 'overdue', 'raised'];
const totals = async (page: Page): Promise<string[]> =>
  Promise.all(FIGURES.map(async (name) => (await page.locator(`[data-figure="${name}"]`).getAttribute('data-count')) ?? ''));

async function freeze(page: Page): Promise<void> {
  await page.getByRole('link', { name: '周调度' }).click();
  await page.getByRole('button', { name: '生成调度材料' }).click();
  await expect(page.getByRole('heading', { name: '河北省周调度' })).toBeVisible();
}

test('one click freezes the week: the ledger has the same numbers, and later work changes none of them', async ({ page }) => {
  await signIn(page, 'province');
  await page.getByRole('link', { name: '周调度' }).click();
  await expect(page.getByText('还没有调度材料')).toBeVisible();
  await nothingSerious(page);
  await freeze(page);
  const address = page.url();
  const frozen = await totals(page);
  for (const [nr, name] of FIGURES.entries()) {
    await page.locator(`[data-figure="${name}"]`).click();
    await expect(page.getByTestId('count'), name).toHaveAttribute('data-count', frozen[nr] ?? '');
    await page.goBack();
  }
  await expect(page.locator('[data-part="130100"]')).toBeVisible();
  await shot(page, 'dispatch');
  await nothingSerious(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await shot(page, 'dispatch-390');
  await page.setViewportSize({ width: 1366, height: 768 });

  phone('phone-1', 'new', 'problem', '--scope', '130123/g-130123-01/group', 'title=调度后新发现的问题（演示数据）', 'domain=land');
  phone('phone-1', 'sync');
  await expect(async () => {
    await page.goto(url('/ledger?kind=problem'));
    await expect(page.getByText('调度后新发现的问题').first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.goto(address);
  await expect(page.getByRole('heading', { name: '河北省周调度' })).toBeVisible();
  expect(await totals(page)).toEqual(frozen);
  await freeze(page);
  expect(page.url()).not.toBe(address);
  expect((await totals(page))[0]).toBe(String(Number(frozen[0]) + 1));
});

test('what a meeting decides is a task, and the next pack shows how it stands', async ({ page }) => {
  await signIn(page, 'province');
  await freeze(page);
  const row = page.locator('[data-topic="overdue"] [data-overdue]').first();
  await row.getByRole('button', { name: '议定' }).click();
  const form = page.locator('form.decide');
  await expect(form).toContainText('所涉问题');
  await form.getByLabel('议定事项').fill('承办单位一周内办结，下次会议报告（演示数据）');
  await form.getByLabel('期限').fill('2020-06-26');
  await form.getByRole('button', { name: '记下议定事项' }).click();
  const taken = page.locator('[data-topic="taken"] [data-decision]');
  await expect(taken).toHaveCount(1);
  await expect(taken).toContainText('进行中');
  await expect(page.locator('[data-topic="earlier"] [data-decision]')).toHaveCount(0);
  await taken.scrollIntoViewIfNeeded();
  await shot(page, 'dispatch-decision');
  await nothingSerious(page);

  await freeze(page);
  const earlier = page.locator('[data-topic="earlier"] [data-decision]');
  await expect(earlier).toContainText('进行中');
  const before = page.url();
  await earlier.getByRole('link').first().click();
  await page.locator('.acts').getByRole('button', { name: '办结', exact: true }).click();
  await expect(page.getByRole('status').first()).toContainText('办结已办');
  await freeze(page);
  await expect(earlier).toContainText('已办结');
  await page.goto(before);
  await expect(earlier).toContainText('进行中');
});

test('a leader shows the newest pack at 1920 x 1080, turns pages by arrow keys, and Esc leaves', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await signIn(page, 'leader');
  await page.getByRole('link', { name: '周调度' }).click();
  await page.locator('[data-pack] a').first().click();
  await expect(page.getByRole('button', { name: '记下议定事项' })).toHaveCount(0);
  await page.getByRole('link', { name: '会议模式' }).click();
  await expect(page.getByRole('heading', { name: '总体情况' })).toBeVisible();
  await expect(page.getByLabel('菜单')).toHaveCount(0);
  const pages = Number(/\/ (\d+)/.exec((await page.getByTestId('page').textContent()) ?? '')?.[1]);
  expect(pages).toBeGreaterThanOrEqual(5);
  for (let at = 1; at <= pages; at += 1) {
    await expect(page.getByTestId('page')).toHaveText(`${at} / ${pages}`);
    await fits(page);
    const over = await page.locator('.meeting').evaluate((all) => all.scrollHeight - all.clientHeight);
    expect(over, `page ${at} needs no scrolling`).toBe(0);
    await shot(page, `meeting-1920-${at}`);
    if (at === 1) await nothingSerious(page);
    await page.keyboard.press('ArrowRight');
  }
  await expect(page.getByTestId('page'), 'the last page is the last').toHaveText(`${pages} / ${pages}`);
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByTestId('page')).toHaveText(`${pages - 1} / ${pages}`);
  await page.keyboard.press('Home');
  await expect(page.getByRole('heading', { name: '总体情况' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: '河北省周调度' })).toBeVisible();
});

test('a pack prints on A4, without buttons and forms', async ({ page }) => {
  await signIn(page, 'province');
  await page.getByRole('link', { name: '周调度' }).click();
  await page.locator('[data-pack] a').first().click();
  await expect(page.getByRole('heading', { name: '超期清单' })).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('button', { name: '打印' })).toBeHidden();
  await expect(page.locator('form.decide')).toBeHidden();
  await page.setViewportSize({ width: 794, height: 1123 });
  await shot(page, 'dispatch-print');
  const pdf = (await page.pdf({ preferCSSPageSize: true, path: 'node_modules/.cache/e2e-shots/dispatch.pdf' })).toString('latin1');
  expect(pdf).toMatch(/\/MediaBox \[0 0 59[45][\d.]* 84[12]/);
  expect(pdf.match(/\/Type \/Page\b/g)?.length).toBeLessThanOrEqual(8);
});

test('a department finds no dispatch', async ({ page }) => {
  await signIn(page, 'hanshan-unit');
  await expect(page.getByRole('link', { name: '周调度' })).toHaveCount(0);
  await page.goto(url('/dispatches/1'));
  await expect(page.getByRole('alert')).toContainText('未找到');
});
