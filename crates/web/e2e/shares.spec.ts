import { expect, test } from '@playwright/test';
import { act, as, fits, nothingSerious, shot, state, url } from './office';

/** A problem that one department leads and another helps with. Three people, three browsers. */

test('a problem is handed to a lead and a co-department, each of whom sees its own part', async ({ browser }) => {
  test.setTimeout(180_000);
  const office = await as(browser, 'hanshan-office');
  await office.goto(url('/ledger?kind=problem&state=found&region=130402'));
  const id = (await office.locator('[data-record]').first().getAttribute('data-record')) ?? '';
  await office.goto(url(`/records/${id}`));
  await act(office, '交办').click();
  const field = (name: string) => office.locator(`.act-form [data-path="f/${name}"]`).locator('input, select');
  await field('settled_person').fill('张科长');
  await field('settled_matter').fill('封堵便道并回填采砂坑');
  await field('settled_standard').fill('恢复河道断面');
  await field('settled_deadline').fill('2020-07-31');
  await field('rectification_mode').selectOption({ index: 1 });
  const helpers = office.locator('[data-arg="co_units"]');
  await helpers.getByLabel('邯山区协办部门').check();
  await office.locator('[data-arg="unit"]').selectOption('u-130402');
  await expect(helpers.getByLabel('邯山区政府部门'), 'nobody helps with their own work').toHaveCount(0);
  await shot(office, 'lead-and-co');
  await nothingSerious(office);
  await office.locator('.act-form button.main').click();
  await expect(state(office)).toHaveText('已交办');
  await expect(office.locator('[data-share="lead"]')).toContainText('主办 邯山区政府部门');
  await expect(office.locator('[data-share="co"]')).toContainText('待答复');
  await expect(office.locator('[data-flag="co-asked"]')).toHaveText('协办待答复');

  const helper = await as(browser, 'hanshan-helper', true);
  const row = helper.locator('.waiting li').filter({ has: helper.locator(`a[href="/records/${id}"]`) });
  await expect(row).toContainText('协办待答复');
  await fits(helper);
  await shot(helper, 'co-inbox-390');
  await row.getByRole('button', { name: '协办答复' }).click();
  await helper.locator('[data-arg="text"]').fill('便道已封，现场已派人看守。');
  await fits(helper);
  await shot(helper, 'co-answer-390');
  await helper.locator('.act-form button.main').click();
  await expect(helper.locator('[data-share="co"]')).toContainText('已答复');
  await helper.goto(url('/'));
  await expect(row).toHaveCount(0);

  const lead = await as(browser, 'hanshan-unit');
  await lead.goto(url(`/records/${id}`));
  await expect(lead.locator('.timeline')).toContainText('便道已封');
  await expect(act(lead, '协办答复')).toHaveCount(0);
  await expect(act(lead, '签收')).toBeVisible();
  await shot(lead, 'lead-record');

  await office.goto(url(`/records/${id}`));
  await office.getByRole('link', { name: '问题交办单' }).click();
  const paper = office.getByRole('article', { name: '问题交办单' });
  await expect(paper.getByRole('row', { name: '协办单位' })).toContainText('邯山区协办部门');
  await expect(paper.getByRole('row', { name: '主办单位' })).toContainText('邯山区政府部门');
  await shot(office, 'paper-with-co');
});
