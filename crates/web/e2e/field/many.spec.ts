import { expect } from '@playwright/test';
import { enrol, shot, test } from './hands';

const RECORDS = 2_000;
/** How much slower a cheap phone is; the browser slows the page's own thread, not the engine's. */
const SLOWER = 4;

test('2 000 records are listed, searched and opened on a slow phone', async ({ page, context, office }) => {
  test.setTimeout(180_000);
  await office.problems(RECORDS);
  await enrol(page, office, 'rep-1');
  const count = page.getByTestId('count');
  await page.getByRole('link', { name: '台账' }).click();
  await expect(count).toHaveAttribute('data-count', String(RECORDS), { timeout: 60_000 });
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  const took = async (what: () => Promise<void>): Promise<number> => {
    const begun = Date.now();
    await what();
    return Date.now() - begun;
  };
  const started = await took(async () => {
    await page.goto(`${office.url}/m/records`);
    await expect(count).toHaveAttribute('data-count', String(RECORDS));
  });
  await page.getByRole('link', { name: '今日' }).click();
  const list = await took(async () => {
    await page.getByRole('link', { name: '台账' }).click();
    await page.locator('[data-record]').first().waitFor();
  });
  const search = await took(async () => {
    await page.getByRole('searchbox').fill('第1234号');
    await expect(count).toHaveAttribute('data-count', '1');
  });
  await shot(page, 'many');
  const record = await took(async () => {
    await page.locator('[data-record]').first().click();
    await page.locator('dl.facts').first().waitFor();
  });
  console.log(`${RECORDS} records, page ${SLOWER} times slower: start ${started} ms, list ${list} ms, search ${search} ms, record ${record} ms`);
});
