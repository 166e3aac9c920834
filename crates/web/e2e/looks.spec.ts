import { expect, test } from '@playwright/test';
import { fits, nothingSerious, shots, signIn, url } from './office';

/** Every screen in light and dark, wide and narrow, and at twice the size: pictures to look at, and what a program can judge of them. */

const SCREENS: readonly (readonly [user: string, name: string, path: string])[] = [
  ['province', 'inbox', '/'],
  ['province', 'ledger', '/ledger?kind=problem'],
  ['province', 'map', '/ledger?kind=problem&tab=map'],
  ['province', 'figures', '/ledger?kind=problem&tab=statistics'],
  ['province', 'dispatches', '/dispatches'],
  ['province', 'conflicts', '/conflicts'],
  ['province', 'import', '/import'],
  ['province', 'deliveries', '/notices'],
  ['leader', 'today', '/'],
  ['hanshan-unit', 'department', '/'],
  ['admin', 'set-up', '/admin'],
  ['admin', 'people', '/admin?tab=people'],
  ['admin', 'definitions', '/admin?tab=definitions'],
];

for (const user of [...new Set(SCREENS.map(([who]) => who))]) {
  test(`screens of ${user} fit, and nothing serious is found in them in any look`, async ({ page }) => {
    test.setTimeout(180_000);
    await signIn(page, user);
    for (const [, name, path] of SCREENS.filter(([who]) => who === user)) {
      await page.goto(url(path));
      await expect(page.locator('h1').first()).toBeVisible();
      await expect(page.getByText('正在读取…')).toHaveCount(0);
      if (name === 'map') await expect(page.locator('.map[data-drawn="yes"]')).toBeVisible({ timeout: 30_000 });
      await shots(page, `${name}-look`);
      // Twice the size in a window of 1366 pixels.
      await page.setViewportSize({ width: 683, height: 384 });
      await fits(page);
      await page.setViewportSize({ width: 1366, height: 768 });
      await page.evaluate(() => Object.assign(document.documentElement.dataset, { look: 'dark' }));
      await nothingSerious(page);
    }
  });
}
