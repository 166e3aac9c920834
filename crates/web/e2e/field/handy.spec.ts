import { expect } from '@playwright/test';
import { allAtOffice, code, enrol, inSync, shot, test, writeProblem } from './hands';

/** What makes a phone handy in a village: scanning, a lock, and a bill that stays small. */

test('an invitation is scanned with the camera or read from a picture, and used only by the button', async ({ page, office }) => {
  const invitation = office.invitation('rep-1');
  await page.goto(`${office.url}/m/`);
  const field = page.getByLabel('邀请码', { exact: true });
  const pictures = page.locator('input[type="file"]');
  await pictures.setInputFiles(await code(page, 'https://elsewhere.example/m/#ABCDEFGH'));
  await expect(page.getByRole('alert')).toContainText('elsewhere.example');
  await expect(field).toHaveValue('');
  await pictures.setInputFiles({ name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await expect(page.getByRole('alert')).toContainText('没有读到二维码');
  const shown = await code(page, `${office.url}/m/#${invitation.code}`);
  await page.evaluate(async (bytes) => {
    const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1280, 960];
    const pen = canvas.getContext('2d');
    const draw = (): void => {
      pen?.fillRect(0, 0, 1280, 960);
      pen?.drawImage(picture, 400, 200, 500, 500);
      requestAnimationFrame(draw);
    };
    draw();
    navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream());
  }, [...shown.buffer]);
  await page.getByRole('button', { name: '扫邀请码' }).click();
  await expect(field).toHaveValue(invitation.typed);
  await shot(page, 'scanned');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await inSync(page);
});

test('a locked phone shows nothing, goes on sending, and keeps what was being written', async ({ page, office }) => {
  await page.clock.install();
  await enrol(page, office, 'rep-1');
  await page.goto(`${office.url}/m/settings`);
  await page.getByLabel('多久不用就锁').selectOption('1');
  await page.getByLabel('PIN（4 到 8 位数字）').fill('2580');
  await page.getByLabel('再输一次').fill('2580');
  await page.getByRole('button', { name: '设 PIN' }).click();
  await expect(page.getByText('已设 PIN。')).toBeVisible();
  await shot(page, 'settings');
  await office.kill();
  const id = await writeProblem(page, '锁着也要送到的');
  await page.getByRole('link', { name: '＋记录' }).click();
  await page.getByRole('button', { name: /^检查/ }).click();
  await page.locator('[data-path="f/target"] input').fill('写了一半');
  await expect(page.getByTestId('kept')).toHaveAttribute('data-kept', 'true');
  await page.clock.fastForward('02:00');
  const locked = page.getByTestId('locked');
  await expect(locked).toHaveAttribute('data-unsent', '1');
  await expect(page.locator('[data-path="f/target"] input')).toBeHidden();
  await expect(page.getByTestId('sync')).toBeHidden();
  await office.start();
  await expect(locked).toHaveAttribute('data-unsent', '0', { timeout: 60_000 });
  expect((await office.api<{ id: string }>(`/api/records/${id}`)).id).toBe(id);
  await shot(page, 'locked');
  for (let tries = 0; tries < 5; tries += 1) {
    await expect(page.getByLabel('PIN')).toBeEnabled();
    await page.getByLabel('PIN').fill('1111');
    await page.getByRole('button', { name: '打开' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(page.getByLabel('PIN')).toHaveValue('');
  }
  await expect(page.getByRole('alert')).toContainText('请等');
  await expect(page.getByLabel('PIN')).toBeDisabled();
  await page.clock.fastForward('00:31');
  await page.getByLabel('PIN').fill('2580');
  await page.getByRole('button', { name: '打开' }).click();
  await expect(page.locator('[data-path="f/target"] input')).toHaveValue('写了一半');
  await page.reload();
  await expect(page.getByTestId('locked')).toBeVisible();
});

test('on Wi-Fi only a mobile line carries nothing until somebody says so', async ({ page, office }) => {
  await page.addInitScript(() => {
    const line = Object.assign(new EventTarget(), { type: 'cellular' });
    Object.defineProperty(navigator, 'connection', { value: line });
  });
  await enrol(page, office, 'rep-1');
  await page.goto(`${office.url}/m/settings`);
  await page.getByLabel('只用 Wi-Fi 发送').check();
  const sync = page.getByTestId('sync');
  await expect(sync).toHaveAttribute('data-held', 'true');
  await expect(sync).toHaveAttribute('data-connection', 'waiting');
  await expect(sync).toContainText('等 Wi-Fi');
  await writeProblem(page, '等 Wi-Fi 的');
  await expect(sync).toHaveAttribute('data-on-device', '1');
  await shot(page, 'waits-for-wifi');
  await page.goto(`${office.url}/m/outbox`);
  await expect(page.locator('[data-status="on-device"]')).toHaveCount(1);
  await page.getByRole('button', { name: '现在发送' }).click();
  await allAtOffice(page);
  await page.reload();
  await expect(sync).toHaveAttribute('data-held', 'true');
  await writeProblem(page, '回到村委会再发');
  await expect(sync).toHaveAttribute('data-on-device', '1');
  await page.evaluate(() => {
    const line = (navigator as Navigator & { connection: EventTarget & { type: string } }).connection;
    line.type = 'wifi';
    line.dispatchEvent(new Event('change'));
  });
  await allAtOffice(page);
});
