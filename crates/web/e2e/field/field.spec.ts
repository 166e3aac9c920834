import { expect } from '@playwright/test';
import { allAtOffice, cutOff, enrol, fits, inSync, shot, test, writeInspection } from './hands';

test('an inspection written without signal survives a killed page and gets its receipt', async ({ page, context, office }) => {
  await page.goto(`${office.url}/m/`);
  await expect(page.getByLabel('邀请码')).toBeVisible();
  await shot(page, 'enrol');
  await enrol(page, office, 'rep-1');
  await shot(page, 'today-empty');
  await cutOff(context, office);
  await writeInspection(page, '东关砖厂');
  await shot(page, 'draft');
  await page.close({ runBeforeUnload: false });

  const again = await context.newPage();
  await again.goto(`${office.url}/m/`);
  await expect(again.getByText('没有写完的')).toBeVisible();
  await shot(again, 'today-draft');
  await again.getByRole('link', { name: /东关砖厂/ }).click();
  await expect(again.locator('[data-problem="0"] [data-path="f/title"] input')).toHaveValue(/违法占地/);
  await again.getByRole('button', { name: '保存' }).click();
  await expect(again.getByText('我的修改去哪了')).toBeVisible();
  await expect(again.getByTestId('sync')).toHaveAttribute('data-on-device', '2');
  await shot(again, 'record-offline');
  await again.close({ runBeforeUnload: false });

  const third = await context.newPage();
  await third.goto(`${office.url}/m/records`);
  await expect(third.getByTestId('count')).toHaveAttribute('data-count', '2');
  await shot(third, 'records');
  await fits(third);
  await office.start();
  await context.setOffline(false);
  await inSync(third);
  await allAtOffice(third);
  await third.goto(`${office.url}/m/receipts`);
  const receipt = third.locator('[data-status="at-office"]').first();
  await expect(receipt).toContainText('单位已收');
  await shot(third, 'receipts');
  const position = Number(await receipt.getAttribute('data-position'));
  const found = await office.api<{ records: { title: string; kind: string }[]; as_of: { position: number } }>(`/api/records?at_least=${position}`);
  expect(found.records.map(({ kind }) => kind).sort()).toEqual(['inspection', 'problem']);
});
