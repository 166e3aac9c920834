import { expect, test } from '@playwright/test';
import { fits, nothingSerious, phone, shot, shots, signIn, url } from './office';

/** An office sends a group to places; what a phone visits counts by itself. */

interface Planned {
  points: { task: string; point: string; title: string; visited: boolean }[];
}

test('an office plans visits with places from the list and the map, a phone visits one, and the plan counts it', async ({ page }) => {
  await signIn(page, 'zhengding-office');
  await page.getByRole('link', { name: '走访安排' }).click();
  await expect(page.getByRole('heading', { name: '走访安排', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: '安排走访' }).click();
  const send = page.getByRole('button', { name: '下发' });
  await expect(send, 'a plan has a title, a group and a place').toBeDisabled();
  await page.getByLabel('任务名称').fill('汛前走访【演示】');
  await page.getByLabel('时限').fill('2099-06-24');
  await page.locator('fieldset').first().getByRole('checkbox').first().check();
  await page.getByPlaceholder('地点', { exact: true }).fill('东康庄村委会');
  await page.getByPlaceholder('村(社区)').fill('东康庄村');
  await page.getByRole('button', { name: '加入点位' }).click();
  await page.getByPlaceholder('地点', { exact: true }).fill('滹沱河采砂点');
  await page.getByRole('button', { name: '在图上点' }).click();
  const map = page.locator('.pick');
  await expect(map).toHaveAttribute('data-ready', 'true');
  await map.scrollIntoViewIfNeeded();
  await map.click({ position: { x: 200, y: 150 } });
  await expect(page.getByRole('button', { name: /在图上点 · \d/ })).toBeVisible();
  await shot(page, 'plan-map');
  await page.getByRole('button', { name: '加入点位' }).click();
  await expect(page.locator('.places li')).toHaveText([/东康庄村委会/, /滹沱河采砂点.*已定位/]);
  await nothingSerious(page);
  await shots(page, 'plan-form');
  await send.click();
  await expect(page.getByRole('status')).toContainText('已下发');
  const plan = page.locator('[data-plan]').filter({ hasText: '汛前走访【演示】' });
  await expect(plan).toHaveAttribute('data-covered', '0/2');

  phone('phone-1', 'sync');
  const { points } = JSON.parse(phone('phone-1', 'visit', 'list', '--json')) as Planned;
  const first = points.find(({ title }) => title === '东康庄村委会');
  expect(first, JSON.stringify(points)).toBeDefined();
  phone('phone-1', 'visit', 'begin', first?.task ?? '', first?.point ?? '', 'conclusion=clean', 'text:findings=台账齐全。');
  phone('phone-1', 'sync');
  await expect(plan).toHaveAttribute('data-covered', '1/2', { timeout: 15_000 });
  await page.mouse.move(1, 400);
  await shots(page, 'plans');
  await fits(page);
  await nothingSerious(page);
  await plan.getByRole('link', { name: /^✓/ }).click();
  await expect(page.getByText('台账齐全。')).toBeVisible();
  await page.goto(url('/plans'));
  await expect(plan).toHaveAttribute('data-covered', '1/2');
});
