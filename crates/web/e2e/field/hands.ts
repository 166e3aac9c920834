import { expect, test as base, type BrowserContext, type Page } from '@playwright/test';
import { encode } from 'uqr';
import { Office } from './office';

/** What a representative's hands do, counted where it matters. */

/** A test with a server of its own. What goes wrong inside a page fails it. */
export const test = base.extend<{ office: Office }>({
  context: async ({ context }, use) => {
    const wrong: string[] = [];
    context.on('weberror', (error) => wrong.push(String(error.error())));
    // Nothing is asked of anybody else, whatever is done.
    context.on('request', (request) => /^(http:\/\/127\.0\.0\.1:|blob:|data:)/.test(request.url()) || wrong.push(request.url()));
    await use(context);
    expect(wrong).toEqual([]);
  },
  office: async ({}, use) => {
    const office = await Office.open();
    await use(office);
    await office.close();
  },
});

/** Opens the app and enrols it with a typed code. */
export async function enrol(page: Page, office: Pick<Office, 'url' | 'invite'>, person: string): Promise<void> {
  await page.goto(`${office.url}/m/`);
  await page.getByLabel('邀请码').fill(office.invite(person));
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await expect(page.getByRole('heading', { name: /今日/ })).toBeVisible();
  await inSync(page);
  // Whoever leaves the network before cannot open the app again: the phone says so until it is done.
  await expect(page.locator('[data-notice="files"]')).toHaveCount(0);
}

export async function inSync(page: Page): Promise<void> {
  await expect(page.getByTestId('sync')).toHaveAttribute('data-connection', 'in-sync');
}

/** Until nothing of this phone waits for an answer. */
export async function allAtOffice(page: Page): Promise<void> {
  const sync = page.getByTestId('sync');
  await expect(sync).toHaveAttribute('data-on-device', '0');
  await expect(sync).toHaveAttribute('data-sent', '0');
}

/** No network and, for sockets that are open already, no server. */
export async function cutOff(context: BrowserContext, office: Office): Promise<void> {
  await context.setOffline(true);
  await office.kill();
}

/** A new draft of a kind. */
export async function begin(page: Page, kind: RegExp): Promise<void> {
  await page.getByRole('link', { name: '＋记录' }).click();
  await page.getByRole('button', { name: kind }).click();
}

/** A problem that could be saved. */
export async function beginProblem(page: Page, title: string): Promise<void> {
  await begin(page, /^问题/);
  await page.locator('[data-path="f/domain"] select').selectOption('land');
  await page.locator('[data-path="f/problem_type"] select').selectOption('land.idle_farmland');
  await page.locator('[data-path="f/title"] input').fill(title);
}

/** Saves an open draft; gives its record's id. */
export async function save(page: Page): Promise<string> {
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('我的修改去哪了')).toBeVisible();
  return page.url().split('/').at(-1) ?? '';
}

/** A problem that is saved on the phone; gives its id. */
export async function writeProblem(page: Page, title: string): Promise<string> {
  await beginProblem(page, title);
  return save(page);
}

/** Opens a record from the ledger. */
export async function openRecord(page: Page, id: string): Promise<void> {
  await page.getByRole('link', { name: '台账' }).click();
  await page.locator(`[data-record="${id}"]`).click();
}

/** A receiver that answers when it is told to; before the first page is opened. */
export async function lateReceiver(page: Page): Promise<() => Promise<void>> {
  await page.addInitScript(() => {
    const late: { now?: () => void } = {};
    Object.assign(window, { late });
    const spot = { coords: { latitude: 38.1467, longitude: 114.5654, accuracy: 9 } } as GeolocationPosition;
    navigator.geolocation.getCurrentPosition = (done) => (late.now = () => done(spot));
  });
  return () => page.evaluate(() => (window as unknown as { late: { now: () => void } }).late.now());
}

/** Changes one text field of an open record. */
export async function change(page: Page, path: string, text: string): Promise<void> {
  await page.getByRole('button', { name: '修改', exact: true }).click();
  const more = page.locator(`[data-path="${path}"] input`);
  await more.fill(text);
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('status')).toContainText('已存本机');
}

/** A picture as a camera makes them: larger than what is sent. */
export async function picture(page: Page, colour: string): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const bytes = await page.evaluate(async (fill) => {
    const canvas = new OffscreenCanvas(3000, 2000);
    const pen = canvas.getContext('2d');
    if (pen) pen.fillStyle = fill;
    pen?.fillRect(0, 0, 3000, 2000);
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer())];
  }, colour);
  return { name: 'IMG.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(bytes) };
}

export async function shot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `node_modules/.cache/field-shots/${name}.png` });
}

/** What needs it fits the phone's width. */
export async function fits(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide).toBeLessThanOrEqual(0);
}

/** Every step of an inspection with one problem; leaves the draft open. */
export async function writeInspection(page: Page, target: string): Promise<void> {
  await page.getByRole('link', { name: '＋记录' }).click();
  await page.getByRole('button', { name: /^检查/ }).click();
  await page.locator('[data-path="f/target"] input').fill(target);
  await page.locator('[data-path="f/domain"] select').first().selectOption('land');
  await page.getByRole('button', { name: '＋ 加一个问题' }).click();
  await page.locator('[data-problem="0"] [data-path="f/problem_type"] select').selectOption('land.illegal_occupation');
  await expect(page.getByTestId('kept')).toHaveAttribute('data-kept', 'true');
}

/** The screen for files without network. */
export async function carry(page: Page): Promise<void> {
  await page.getByRole('link', { name: '我的' }).click();
  await page.getByRole('main').getByRole('list').getByRole('link', { name: '携带' }).click();
}

/** The file that the phone hands out. */
export async function exported(page: Page, person: string): Promise<string> {
  await page.getByLabel('给谁').selectOption(person);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: '导出文件' }).click();
  return (await saving).path();
}

/** A QR code as a picture. */
export async function code(page: Page, text: string): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const bytes = await page.evaluate(async (rows) => {
    const [side, edge] = [8, 4];
    const canvas = new OffscreenCanvas((rows.length + 2 * edge) * side, (rows.length + 2 * edge) * side);
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = '#000';
    rows.forEach((row, down) => row.forEach((dark, across) => dark && pen.fillRect((across + edge) * side, (down + edge) * side, side, side)));
    return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
  }, encode(text).data);
  return { name: 'code.png', mimeType: 'image/png', buffer: Buffer.from(bytes) };
}
