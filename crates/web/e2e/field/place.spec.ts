import { expect, type Page } from '@playwright/test';
import { mapFile } from '../pmtiles';
import { allAtOffice, beginProblem, cutOff, enrol, fits, inSync, lateReceiver, save, shot, test } from './hands';

interface Position {
  readonly lat: number;
  readonly lon: number;
  readonly datum: string;
  readonly accuracy_m: number;
}
const place = (page: Page) => page.locator('[data-path="f/position"]');

test('where the receiver gives no position the phone says why, and the map, a village or the last place stand in for it', async ({ page, context, office }) => {
  await office.withMap(mapFile(4096), 'GCJ-02');
  await enrol(page, office, 'rep-1');
  await page.getByRole('link', { name: '地图' }).click();
  await page.getByRole('button', { name: /下载离线底图/ }).click();
  await expect(page.getByTestId('map')).toHaveAttribute('data-base', 'drawn');
  await inSync(page);
  await cutOff(context, office);

  await beginProblem(page, '图上选的地点');
  await place(page).getByRole('button', { name: '取当前位置' }).click();
  await expect(place(page).getByRole('alert')).toContainText('定位没有被允许');
  await expect(place(page).locator('[data-last]')).toHaveCount(0);
  await shot(page, 'place-no-fix');
  await place(page).getByRole('button', { name: '在图上选' }).click();
  const map = place(page).getByRole('application');
  await expect(map).toHaveAttribute('data-ready', 'true');
  await expect(map).toHaveAttribute('data-datum', 'GCJ-02');
  await map.click();
  await expect(place(page)).toContainText(/GCJ-02 · 误差约 \d+ 米/);
  await map.scrollIntoViewIfNeeded();
  await fits(page);
  await shot(page, 'place-on-map');
  await page.getByRole('button', { name: '更多栏目' }).click();
  await page.locator('[data-path="f/village"] input').fill('东关村');
  const first = await save(page);

  await beginProblem(page, '同一地点的又一处');
  await place(page).getByRole('button', { name: '其他办法' }).click();
  await place(page).getByRole('button', { name: '选村名' }).click();
  await place(page).getByRole('button', { name: '东关村' }).click();
  await expect(place(page).getByRole('button', { name: '东关村' })).toHaveAttribute('aria-pressed', 'true');
  await expect(place(page).getByRole('button', { name: '同“图上选的地点”' })).toBeVisible();
  await place(page).getByRole('button', { name: /^上次地点（.*）/ }).click();
  await expect(place(page)).toContainText('GCJ-02');
  await fits(page);
  await shot(page, 'place-last');
  const second = await save(page);

  await office.start();
  await context.setOffline(false);
  await inSync(page);
  await allAtOffice(page);
  const written = async (id: string): Promise<{ position: Position; village: unknown }> => {
    const { fields } = await office.api<{ fields: Record<string, { value: unknown }> }>(`/api/records/${id}`);
    return { position: (fields['f/position']?.value as { position: Position }).position, village: fields['f/village']?.value };
  };
  const picked = await written(first);
  expect(picked.position.datum).toBe('GCJ-02');
  expect(picked.position.accuracy_m).toBeGreaterThan(0);
  // Nobody measured how near the last place is to this one.
  const { lat, lon, datum } = picked.position;
  expect(await written(second)).toEqual({ position: { lat, lon, datum }, village: '东关村' });
  expect(picked.village).toBe('东关村');
});

for (const [code, said] of [[2, '收不到定位信号'], [3, '等了 20 秒没有结果']] as const) {
  test(`a receiver that fails with ${code} is told apart from one that is not permitted`, async ({ page, office }) => {
    await page.addInitScript((number) => {
      navigator.geolocation.getCurrentPosition = (_, failed) => failed?.({ code: number, message: 'in no language of the user' } as GeolocationPositionError);
    }, code);
    await enrol(page, office, 'rep-1');
    await beginProblem(page, '没有信号的地点');
    await place(page).getByRole('button', { name: '取当前位置' }).click();
    await expect(place(page).getByRole('alert')).toContainText(said);
    await expect(place(page).getByRole('alert')).not.toContainText('language');
  });
}

test('a position that comes after the person has chosen another is not taken', async ({ page, context, office }) => {
  await context.grantPermissions(['geolocation']);
  const answerNow = await lateReceiver(page);
  await enrol(page, office, 'rep-1');
  await beginProblem(page, '自己选的地点');
  const take = place(page).getByRole('button', { name: '取当前位置' });
  await take.click();
  await place(page).getByRole('button', { name: '其他办法' }).click();
  await place(page).getByRole('button', { name: '在图上选' }).click();
  const map = place(page).getByRole('application');
  await expect(map).toHaveAttribute('data-ready', 'true');
  await map.click();
  // Outlines alone are no map: a finger on them is sure to a kilometre at best.
  await expect(place(page)).toContainText(/误差约 \d{4,} 米/);
  await answerNow();
  await expect(take).toBeEnabled();
  await expect(place(page)).not.toContainText('38.14670');
  await take.click();
  await answerNow();
  await expect(place(page)).toContainText('38.14670, 114.56540 WGS-84 · 误差约 9 米');
});
