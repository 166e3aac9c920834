import { expect } from '@playwright/test';
import { COLOUR, mapFile } from '../pmtiles';
import { share } from '../pixels';
import { cutOff, enrol, fits, inSync, shot, test, writeProblem } from './hands';

const PART_BYTES = 1 << 20;

test('a map of the county is taken along when asked, goes on after a cut, and is there without signal', async ({ page, context, office }) => {
  await office.withMap(mapFile(3 * PART_BYTES - 5));
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ longitude: 114.5654, latitude: 38.1467, accuracy: 12 });
  const asked: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  await enrol(page, office, 'rep-1');
  await writeProblem(page, '地图上的问题');
  await page.getByRole('link', { name: '地图' }).click();
  const map = page.getByTestId('map');
  await expect(map).toHaveAttribute('data-ready', 'true');
  await expect(page.getByRole('button', { name: '下载离线底图（3 MB）' })).toBeVisible();
  expect(asked.filter((url) => url.endsWith('.pmtiles'))).toEqual([]);
  await fits(page);
  await shot(page, 'map-offered');

  let parts = 0;
  await context.route('**/map/base.pmtiles', (route) => ((parts += 1) > 1 ? route.abort() : route.continue()));
  await page.getByRole('button', { name: /下载离线底图/ }).click();
  await expect(page.getByRole('alert')).toContainText('已下载的保留');
  await expect(page.getByRole('button', { name: '继续下载底图（共 3 MB）' })).toBeVisible();
  await shot(page, 'map-cut');
  await context.unroute('**/map/base.pmtiles');
  const before = asked.length;
  await page.getByRole('button', { name: /继续下载/ }).click();
  await expect(map).toHaveAttribute('data-base', 'drawn');
  expect(asked.slice(before).filter((url) => url.endsWith('.pmtiles')).length).toBe(2);

  await inSync(page);
  await cutOff(context, office);
  await page.reload();
  await expect(map).toHaveAttribute('data-base', 'drawn');
  await page.getByRole('button', { name: '我在这里' }).click();
  await expect.poll(() => share(map, COLOUR)).toBeGreaterThan(0.3);
  await fits(page);
  await shot(page, 'map-kept');

  await page.goto(`${office.url}/m/settings`);
  await page.getByRole('button', { name: '删除离线底图' }).click();
  await expect(page.getByRole('button', { name: '删除离线底图' })).toHaveCount(0);
  expect(asked.every((url) => url.startsWith(office.url) || url.startsWith('blob:') || url.startsWith('data:'))).toBe(true);
});
