import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, type Page } from '@playwright/test';
import { Office, PASSWORD } from './field/office';
import { share } from './pixels';
import { COLOUR, mapFile, picture, WATER } from './pmtiles';

/** What the office's map lies on: with a server of its own for each, because it is said in the server's settings. */

async function ledgerMap(page: Page, office: Office): Promise<void> {
  await page.goto(`${office.url}/`);
  await page.getByLabel('用户名').fill('clerk');
  await page.getByLabel('密码').fill(PASSWORD);
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page.getByRole('heading', { name: '待办' })).toBeVisible();
  await page.goto(`${office.url}/ledger`);
  await page.getByRole('tab', { name: '图', exact: true }).click();
}

test('a file of vectors on the server lies under the outlines', async ({ page }) => {
  const office = await Office.open();
  try {
    await office.withMap(mapFile(0, 'vectors'));
    await ledgerMap(page, office);
    await expect(page.getByTestId('map-base')).toHaveAttribute('data-base', 'pmtiles');
    await expect(page.getByTestId('map-base')).toContainText('底图：县自然资源局');
    await expect.poll(() => share(page.locator('.map-place .map'), WATER)).toBeGreaterThan(0.2);
    await page.screenshot({ path: 'node_modules/.cache/e2e-shots/map-vectors.png' });
  } finally {
    await office.close();
  }
});

/** Somebody's tile server, on another port. */
async function tileServer(asked: string[]): Promise<Server> {
  const server = createServer((request, answer) => {
    asked.push(request.url ?? '');
    answer.writeHead(200, { 'content-type': 'image/png', 'access-control-allow-origin': '*' });
    answer.end(picture());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

test('tiles of a server named in the settings are fetched, from nobody else, and points are moved into their datum', async ({ page }) => {
  const asked: string[] = [];
  const tiles = await tileServer(asked);
  const office = await Office.open();
  try {
    await office.withMap(`http://127.0.0.1:${(tiles.address() as AddressInfo).port}/{z}/{x}/{y}.png`, 'GCJ-02');
    const refused: string[] = [];
    page.on('console', (message) => message.text().includes('Content Security Policy') && refused.push(message.text()));
    await ledgerMap(page, office);
    await expect(page.getByTestId('map-base')).toHaveAttribute('data-base', 'tiles');
    await expect(page.getByTestId('map-base')).toContainText('点位换算到 GCJ-02 绘制');
    await expect.poll(() => asked.length).toBeGreaterThan(0);
    await expect.poll(() => share(page.locator('.map-place .map'), COLOUR)).toBeGreaterThan(0.2);
    await page.screenshot({ path: 'node_modules/.cache/e2e-shots/map-tiles.png' });
    const elsewhere = await page.evaluate(() => fetch('http://127.0.0.1:9/').then(() => 'fetched', () => 'refused'));
    expect(elsewhere).toBe('refused');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter((text) => !text.includes('http://127.0.0.1:9/'))).toEqual([]);
  } finally {
    await office.close();
    tiles.close();
  }
});
