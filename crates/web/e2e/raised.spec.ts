import { expect, test } from '@playwright/test';
import { nothingSerious, shot, signIn, url } from './office';

/** What has been overdue long enough waits for the leaders above by itself, as the campaign's definition says. */

test('an administrator says when overdue problems rise; they wait for the leader, with the ledger’s number', async ({ page, browser }) => {
  const leader = await (await browser.newContext({ viewport: { width: 1366, height: 768 } })).newPage();
  await signIn(leader, 'leader');
  await expect(leader.locator('.heap').filter({ hasText: '超期提级' })).toHaveCount(0);
  await signIn(page, 'admin');
  await page.goto(url('/admin?tab=definitions'));
  const days = page.getByLabel('省级领导，超期满（工作日）');
  await expect(days).toHaveValue('');
  const publish = page.getByRole('button', { name: /^发布第/ });
  await expect(publish).toBeDisabled();
  await days.fill('20');
  await days.press('Tab');
  await expect(page.getByText('本方案还没有规定')).toBeVisible();
  await page.getByRole('checkbox', { name: '督办' }).check();
  await publish.click();
  await expect(page.getByRole('status')).toContainText('已发布第');
  await expect(days).toHaveValue('20');
  await expect(page.getByRole('checkbox', { name: '督办' })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: '催办' })).not.toBeChecked();
  await shot(page, 'definition-rises');
  await nothingSerious(page);

  await leader.reload();
  const heap = leader.locator('.heap').filter({ hasText: '超期提级' });
  const count = (await heap.getAttribute('data-count')) ?? '';
  expect(Number(count)).toBeGreaterThan(0);
  await expect(leader.locator('.waiting [data-raised="province"]').first()).toHaveText('⇧ 提级至省');
  await shot(leader, 'inbox-raised');
  await nothingSerious(leader);
  await heap.click();
  await expect(leader.getByTestId('count')).toHaveAttribute('data-count', count);
  await expect(leader.getByLabel('超期提级')).toHaveValue('province');
  await shot(leader, 'ledger-raised');
  await nothingSerious(leader);
  await leader.locator('[data-record]').first().click();
  await expect(leader.locator('.panel [data-raised]')).toBeVisible();
  await leader.goto(url('/dispatches'));
  await leader.getByRole('button', { name: '生成调度材料' }).click();
  await expect(leader.locator('[data-figure="raised"]')).toHaveAttribute('data-count', count);
  await leader.setViewportSize({ width: 390, height: 844 });
  await leader.goto(url('/'));
  await expect(heap).toBeVisible();
  await shot(leader, 'inbox-raised-390');
});
