import { expect, test, type FrameLocator, type Page } from '@playwright/test';
import { nothingSerious, picture, shot, stageAddress } from './office';

/** The demo's stage as a presenter goes through it: two real phones beside the real console, lines that are really cut, a server that is really killed. */

test.use({ viewport: { width: 1920, height: 1080 } });

const phoneOf = (page: Page, name: string): FrameLocator => page.frameLocator(`iframe[title="${name}的手机"]`).frameLocator('iframe');
const sync = (phone: FrameLocator) => phone.getByTestId('sync');
const step = (page: Page, number: number) => page.getByRole('tab', { name: new RegExp(`^${number} `) }).click();
const press = (page: Page, name: string) => page.locator('.stage > header').getByRole('button', { name, exact: true }).click();

async function write(phone: FrameLocator, amount: string, sentence: string): Promise<void> {
  await phone.getByRole('button', { name: '修改', exact: true }).click();
  await phone.locator('[data-path="i/quantities/q1/amount"] input').fill(amount);
  const text = phone.locator('[data-path="t/description"] textarea');
  await text.fill(`${await text.inputValue()}${sentence}`);
  await phone.getByRole('button', { name: '保存' }).click();
  await expect(phone.getByRole('status')).toContainText('已存本机');
}

async function settle(console: FrameLocator): Promise<void> {
  const field = (id: string) => console.locator(`.act-form [data-path="f/${id}"]`).locator('input, select');
  const send = console.locator('.act-form button.main');
  await field('settled_person').fill('张科长');
  await field('settled_matter').fill('清理堆放物并复垦');
  await field('settled_standard').fill('达到耕种条件');
  await field('rectification_mode').selectOption({ index: 1 });
  await console.locator('.act-form [data-arg="unit"]').selectOption('u-130123');
  await expect(send, 'an empty deadline blocks the button').toBeDisabled();
  await field('settled_deadline').fill('2020-07-31');
  await send.click();
}

test('the four steps of the stage: cut off, killed and merged, decided and handed over, one map and one table', async ({ page, browser }) => {
  test.setTimeout(240_000);
  await page.goto(stageAddress());
  const [wang, li] = [phoneOf(page, '王芳'), phoneOf(page, '李强')];
  const desk = page.frameLocator('iframe.console');
  const facts = page.getByTestId('facts');
  for (const phone of [wang, li]) await expect(sync(phone)).toHaveAttribute('data-connection', 'in-sync', { timeout: 60_000 });
  await expect(desk.getByRole('heading', { name: '待办' })).toBeVisible();
  await expect(page).toHaveURL(/\/demo$/);
  await expect(facts.locator('[data-conflicts]')).toHaveAttribute('data-conflicts', '0');
  await shot(page, 'stage-1920-begin');
  await nothingSerious(page);

  await press(page, '手机上打开这条问题');
  await press(page, '两部都断网');
  for (const phone of [wang, li]) await expect(sync(phone)).not.toHaveAttribute('data-connection', 'in-sync');
  await write(wang, '1.2', '王芳：沿地边步测。');
  await write(li, '1.8', '李强：含边沟量得。');
  await shot(page, 'stage-1920-cut');
  // The app is on the phone: loaded again without a line, it opens with everything that was written.
  for (const phone of [wang, li]) await phone.locator('body').evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  for (const phone of [wang, li]) await expect(sync(phone)).toHaveAttribute('data-on-device', '2');
  await press(page, '手机上打开这条问题');

  await step(page, 2);
  await press(page, '断电，再启动');
  await expect(facts).toContainText('秒后又在了', { timeout: 60_000 });
  await press(page, '两部都联网');
  for (const phone of [wang, li]) {
    await expect(sync(phone)).toHaveAttribute('data-on-device', '0', { timeout: 30_000 });
    await expect(phone.locator('.conflict[data-path="i/quantities/q1/amount"]')).toContainText('1.8');
    await expect(phone.locator('main')).toContainText('王芳：沿地边步测。');
    await expect(phone.locator('main')).toContainText('李强：含边沟量得。');
  }
  await press(page, '以人大办打开');
  const card = desk.locator('section.conflict[data-path="i/quantities/q1/amount"]');
  await expect(card).toContainText('1.2');
  await expect(card).toContainText('1.8');
  await expect(facts.locator('[data-conflicts]')).toHaveAttribute('data-conflicts', '1');
  await shot(page, 'stage-1920-merged');
  await page.setViewportSize({ width: 1440, height: 900 });
  await shot(page, 'stage-1440-merged');

  await step(page, 3);
  await card.locator('.sheet', { hasText: '1.8' }).getByRole('button', { name: '采用' }).click();
  await expect(card).toHaveCount(0);
  for (const phone of [wang, li]) await expect(phone.locator('.conflict')).toHaveCount(0);
  await desk.locator('.acts').getByRole('button', { name: '交办', exact: true }).click();
  await settle(desk);
  await expect(facts).toContainText('已交办');
  await shot(page, 'stage-1440-handed-over');
  await press(page, '以部门打开');
  const act = (name: string) => desk.locator('.acts').getByRole('button', { name, exact: true });
  await act('签收').click();
  await expect(facts).toContainText('已签收');
  await act('报结').click();
  for (const [sort, grey] of [['before', 200], ['after', 90]] as const) {
    await desk.locator('.act-form').getByLabel('照片类别').selectOption(sort);
    await desk.locator('.act-form input[type=file]').setInputFiles({ name: `${sort}.png`, mimeType: 'image/png', buffer: picture(grey) });
    await expect(desk.locator('.pictures img, .pair img')).toHaveCount(sort === 'before' ? 1 : 2);
  }
  await desk.locator('.act-form textarea').first().fill('已清运并复垦。');
  await desk.locator('.act-form button.main').click();
  await expect(facts).toContainText('已报结');
  await press(page, '以人大办打开');
  await act('复核通过').click();
  await expect(facts).toContainText('已复核');
  await act('销号').click();
  await expect(facts).toContainText('已销号');
  for (const phone of [wang, li]) await expect(phone.locator('main .chip', { hasText: '已销号' }).first()).toBeVisible();
  await shot(page, 'stage-1440-closed');

  await step(page, 4);
  await press(page, '领导看表');
  const count = desk.locator('[data-count]').first();
  const listed = await desk.getByTestId('count').getAttribute('data-count');
  expect(Number(listed)).toBeGreaterThan(2_000);
  await press(page, '领导看图');
  await expect(desk.getByTestId('map-count')).toHaveAttribute('data-count', listed ?? '');
  for (const [name, number] of [['353 条意见', '353'], ['304 件转办', '304']] as const) {
    await press(page, name);
    await expect(desk.getByTestId('count')).toHaveAttribute('data-count', number);
  }
  await expect(count).toBeVisible();
  await page.setViewportSize({ width: 1920, height: 1080 });
  await shot(page, 'stage-1920-leader');

  // Loaded again, phones are as they were; another browser gets phones of its own.
  await page.goto(new URL('/demo', page.url()).href);
  await expect(sync(wang)).toHaveAttribute('data-connection', 'in-sync', { timeout: 30_000 });
  const other = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await other.goto(stageAddress());
  await expect(sync(phoneOf(other, '李强'))).toHaveAttribute('data-connection', 'in-sync', { timeout: 60_000 });
  await shot(other, 'stage-1440-begin');
});
