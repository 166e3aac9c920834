import { expect, test, type Page } from '@playwright/test';
import { act, as, fits, nothingSerious, picture, shot, shots, signIn, state, url } from './office';

/** A problem is referred to discipline inspection, taken in, answered and closed; nobody else sees that it was. */

async function ledger(page: Page): Promise<string> {
  await page.goto(url('/ledger'));
  return (await page.getByTestId('count').getAttribute('data-count')) ?? '';
}

test('a problem is referred, received, answered and closed, and nobody else sees it', async ({ browser }) => {
  test.setTimeout(240_000);
  const office = await as(browser, 'zhengding-office');
  await office.goto(url('/ledger?kind=problem&state=found'));
  const id = (await office.locator('[data-record]').first().getAttribute('data-record')) ?? '';
  await office.goto(url(`/records/${id}`));
  await office.locator('.add-photos input[type=file]').setInputFiles({ name: '批文.png', mimeType: 'image/png', buffer: picture(120) });
  await expect(office.locator('.pictures img')).toHaveCount(1);
  const above = await as(browser, 'province');
  const unit = await as(browser, 'zhengding-unit');
  const before = [await ledger(above), await ledger(unit), await ledger(office)];

  await office.goto(url(`/records/${id}`));
  await office.getByRole('button', { name: '移送纪检', exact: true }).click();
  const send = office.locator('.act-form button.main');
  await expect(send, 'without a reason it is not sent').toBeDisabled();
  await office.locator('[data-arg="reason"]').fill('该地块审批手续涉嫌违规,经办人员可能存在失职。');
  await office.locator('[data-arg="substance"]').fill('现场核查记录一份,批文照片一张。');
  await office.getByRole('checkbox', { name: '批文' }).check();
  await shots(office, 'refer-form');
  await nothingSerious(office);
  await send.click();
  await expect(office.getByRole('status').first()).toContainText('已移送');
  const listed = office.getByTestId('referrals').locator('li');
  await expect(listed).toContainText('正定县纪检监察');
  await expect(listed).toContainText('已移送');
  await shot(office, 'referred-problem');

  for (const page of [above, unit]) {
    await page.goto(url(`/records/${id}`));
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('.timeline')).toBeVisible();
    await expect(page.locator('.columns')).not.toContainText('移送');
    await expect(page.getByTestId('referrals')).toHaveCount(0);
    await page.goto(url('/ledger?kind=referral'));
    await expect(page.getByTestId('count')).toHaveAttribute('data-count', '0');
  }
  expect([await ledger(above), await ledger(unit), await ledger(office)], 'numbers are what they were').toEqual(before);

  const discipline = await as(browser, 'zhengding-discipline', true);
  const row = discipline.locator('.waiting li').first();
  await expect(row).toContainText('已移送');
  await fits(discipline);
  await shot(discipline, 'discipline-inbox-390');
  await nothingSerious(discipline);
  await row.getByRole('button', { name: '签收' }).click();
  await expect(discipline.getByRole('status')).toContainText('签收已办');
  await row.getByRole('link').click();
  await expect(state(discipline)).toHaveText('已签收');
  await expect(discipline.getByText('经办人员可能存在失职')).toBeVisible();
  await expect(discipline.locator('.pictures img')).toHaveCount(1);
  await expect(discipline.getByRole('button', { name: '修改' }), 'what was referred is not theirs to change').toHaveCount(0);
  await fits(discipline);
  await shot(discipline, 'discipline-record-390');
  await nothingSerious(discipline);
  await act(discipline, '受理').click();
  await expect(state(discipline)).toHaveText('已受理');
  await discipline.getByTestId('referred').getByRole('link').click();
  await expect(discipline.locator('article header .chip').first(), 'the unit reads the problem').toHaveText('问题');
  await fits(discipline);
  await shot(discipline, 'discipline-problem-390');
  await discipline.getByTestId('referrals').getByRole('link').click();
  await act(discipline, '反馈结果').click();
  await discipline.locator('[data-arg="text"]').fill('经核查,对经办人员作出诫勉谈话处理。');
  await shot(discipline, 'discipline-answer-390');
  await discipline.locator('.act-form button.main').click();
  await expect(state(discipline)).toHaveText('已反馈');

  await office.goto(url('/'));
  const back = office.locator('.waiting li').first();
  await expect(back).toContainText('已反馈');
  await shot(office, 'inbox-referral-answered');
  await nothingSerious(office);
  await back.getByRole('link').click();
  await expect(office.locator('.timeline')).toContainText('诫勉谈话');
  await shots(office, 'referral-answered');
  await act(office, '办结').click();
  await expect(state(office)).toHaveText('已办结');
  await office.goto(url('/ledger?kind=referral'));
  await expect(office.getByTestId('count')).toHaveAttribute('data-count', '1');
  await shot(office, 'ledger-referrals');
  await nothingSerious(office);
});

test('the console shows who does what with a referral', async ({ page }) => {
  await signIn(page, 'admin');
  await page.goto(url('/admin'));
  await page.getByRole('tab', { name: '权限' }).click();
  const table = page.getByRole('region', { name: '移送纪检怎样办，谁能办' });
  await expect(table.getByRole('row', { name: /^不予受理/ })).toContainText('本单位');
  await table.scrollIntoViewIfNeeded();
  await shot(page, 'admin-matrix-referral');
  await nothingSerious(page);
});
