import { expect, test, type Page } from '@playwright/test';
import { act, as, fits, nothingSerious, picture, shot, state, url } from './office';

/** A problem's life through the office and a department, with a rejection on the way. Two people, two browsers. */

async function settle(page: Page): Promise<void> {
  const field = (id: string) => page.locator(`.act-form [data-path="f/${id}"]`).locator('input, select');
  const send = page.locator('.act-form button.main');
  await field('settled_person').fill('张科长');
  await field('settled_matter').fill('清理堆放物并复垦');
  await field('settled_standard').fill('达到耕种条件');
  await field('rectification_mode').selectOption({ index: 1 });
  await page.locator('.act-form [data-arg="unit"]').selectOption('u-130402');
  await expect(send, 'an empty deadline blocks the button').toBeDisabled();
  await expect(page.locator('#act-missing')).toContainText('定时');
  await shot(page, 'transfer-blocked');
  await field('settled_deadline').fill('2020-07-31');
  await expect(send).toBeEnabled();
}

test('a problem goes from transfer to closing, with a rejection by the department on the way', async ({ browser }) => {
  test.setTimeout(180_000);
  const office = await as(browser, 'hanshan-office');
  await office.goto(url('/ledger?kind=problem&state=found'));
  const id = (await office.locator('[data-record]').first().getAttribute('data-record')) ?? '';
  await office.goto(url(`/records/${id}`));
  await act(office, '交办').click();
  await settle(office);
  await nothingSerious(office);
  await office.locator('.act-form button.main').click();
  await expect(office.getByRole('status').first()).toContainText('交办已办');
  await expect(state(office)).toHaveText('已交办');

  const unit = await as(browser, 'hanshan-unit', true);
  const row = unit.locator('.waiting li').filter({ has: unit.locator(`a[href="/records/${id}"]`) });
  await expect(row).toBeVisible();
  await fits(unit);
  await shot(unit, 'department-inbox-390');
  await nothingSerious(unit);
  await unit.goto(url(`/records/${id}`));
  await act(unit, '退件').click();
  await expect(unit.locator('.act-form button.main')).toBeDisabled();
  await unit.locator('[data-arg="reason"]').fill('不属本单位职责，应由自然资源部门办理。');
  await unit.locator('.act-form button.main').click();
  await expect(state(unit)).toHaveText('已退件');

  await office.goto(url('/'));
  const back = office.locator('.waiting li').filter({ has: office.locator(`a[href="/records/${id}"]`) });
  await expect(back).toContainText('已退件');
  await back.getByRole('button', { name: '交办' }).click();
  await office.locator('.act-form [data-arg="unit"]').selectOption('u-130402');
  await office.locator('.act-form button.main').click();
  await expect(state(office)).toHaveText('已交办');

  await unit.goto(url('/'));
  await row.getByRole('button', { name: '签收' }).click();
  await expect(unit.getByRole('status')).toContainText('签收已办');
  await unit.goto(url(`/records/${id}`));
  await fits(unit);
  await shot(unit, 'department-record-390');
  await nothingSerious(unit);
  await act(unit, '制定方案').click();
  await unit.locator('.act-form textarea').first().fill('七日内清运，月底前复垦。');
  await unit.locator('.act-form button.main').click();
  await expect(state(unit)).toHaveText('已定方案');
  await act(unit, '报结').click();
  for (const [sort, colour] of [['before', 200], ['after', 90]] as const) {
    await unit.locator('.act-form').getByLabel('照片类别').selectOption(sort);
    await unit.locator('.act-form input[type=file]').setInputFiles({ name: `${sort}.png`, mimeType: 'image/png', buffer: picture(colour) });
    await expect(unit.locator(`.pictures img, .pair img`)).toHaveCount(sort === 'before' ? 1 : 2);
  }
  await unit.locator('.act-form textarea').first().fill('已清运并复垦。');
  await unit.locator('.act-form button.main').click();
  await expect(state(unit)).toHaveText('已报结');
  await expect(unit.locator('.pair img')).toHaveCount(2);
  await unit.locator('.pair').scrollIntoViewIfNeeded();
  await shot(unit, 'department-pair-390');

  await office.goto(url(`/records/${id}`));
  await act(office, '复核不通过').click();
  await office.locator('[data-arg="reason"]').fill('东侧仍有堆放。');
  await office.locator('.act-form button.main').click();
  await expect(state(office)).toHaveText('整改中');
  await unit.goto(url(`/records/${id}`));
  await act(unit, '报结').click();
  await unit.locator('.act-form button.main').click();
  await expect(state(unit)).toHaveText('已报结');
  await office.goto(url('/'));
  await back.getByRole('button', { name: '复核通过' }).click();
  await expect(office.getByRole('status')).toContainText('复核通过已办');
  await office.goto(url(`/records/${id}`));
  await act(office, '销号').click();
  await expect(state(office)).toHaveText('已销号');
  await shot(office, 'closed');
  await nothingSerious(office);
});

test('a leader on a phone sees what is due first and instructs; the office finds it open and answers', async ({ browser }) => {
  const leader = await as(browser, 'leader', true);
  await expect(leader.getByText('最先到期')).toBeVisible();
  await fits(leader);
  await shot(leader, 'leader-390');
  await nothingSerious(leader);
  await leader.getByRole('link', { name: '批示' }).first().click();
  await leader.locator('[data-arg="text"]').fill('请一周内办结，书面答复。');
  await leader.locator('.act-form button.main').click();
  await expect(leader.getByRole('status')).toContainText('批示已办');
  await expect(leader.locator('.timeline li').first()).toContainText('请一周内办结');
  await fits(leader);
  await expect(leader.locator('.timeline li').first()).toContainText('待答复');
  await shot(leader, 'leader-instructed-390');

  const record = new URL(leader.url()).pathname;
  const office = await as(browser, 'province');
  await expect(office.locator('.heap').filter({ hasText: '批示待答复' })).toBeVisible();
  await shot(office, 'inbox-instructed');
  await nothingSerious(office);
  await office.goto(url(record));
  await expect(office.locator('[data-flag="instructed"]')).toHaveText('批示待答复');
  await office.locator('.acts button').first().click();
  await office.locator('.act-form [data-arg="text"]').fill('已督促承办单位，本周内办结。');
  await office.locator('.act-form button.main').click();
  await expect(office.getByRole('status')).toContainText('答复已办');
  await expect(office.locator('[data-flag]')).toHaveCount(0);
  await office.goto(url('/ledger?kind=problem&flag=instructed'));
  await expect(office.getByTestId('count')).toHaveAttribute('data-count', '0');
});

test('several problems are handed over together, each with the four settled things', async ({ browser }) => {
  const office = await as(browser, 'hanshan-office');
  await office.goto(url('/ledger?kind=problem&state=found'));
  const before = Number(await office.getByTestId('count').getAttribute('data-count'));
  const rows = office.locator('[data-record]');
  await rows.first().focus();
  for (let row = 0; row < 3; row += 1) {
    await office.keyboard.press('Space');
    await office.keyboard.press('ArrowDown');
  }
  await expect(office.getByText('已选 3 条')).toBeVisible();
  await office.getByRole('button', { name: '批量交办 3 条' }).click();
  const dialog = office.getByRole('dialog');
  const field = (id: string) => dialog.locator(`[data-path="f/${id}"]`).locator('input, select');
  await field('settled_person').fill('张科长');
  await field('settled_matter').fill('逐件核实并整改');
  await field('settled_standard').fill('依法依规');
  await field('rectification_mode').selectOption({ index: 1 });
  await dialog.locator('[data-arg="unit"]').selectOption('u-130402');
  await expect(dialog.getByRole('button', { name: '交办', exact: true })).toBeDisabled();
  await field('settled_deadline').fill('2020-07-31');
  await shot(office, 'bulk-transfer');
  await nothingSerious(office);
  await dialog.getByRole('button', { name: '交办', exact: true }).click();
  await expect(dialog).toBeHidden({ timeout: 15_000 });
  await expect.poll(async () => {
    await office.reload();
    return Number(await office.getByTestId('count').getAttribute('data-count'));
  }).toBe(before - 3);
});
