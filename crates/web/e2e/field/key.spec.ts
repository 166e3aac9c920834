import { expect, type Browser, type Page } from '@playwright/test';
import { allAtOffice, carry, cutOff, enrol, exported, fits, inSync, shot, test, writeProblem } from './hands';
import type { Office } from './office';

/** Where a phone's key is: kept by the browser where nobody can read it, or, in a browser that cannot, with the records. */

interface Found {
  /** What was tried on the key, and what came of it. */
  readonly tried: string[];
  /** Whether the stored identity holds a key. */
  readonly bytes: boolean;
  /** The device's id, as it is stored. */
  readonly device: string;
}

/** Tries to get at the key as a script that does not belong here would. */
async function robbed(page: Page): Promise<Found> {
  return page.evaluate(async () => {
    const open = (name: string): Promise<IDBDatabase> =>
      new Promise((done, failed) => {
        const asked = indexedDB.open(name);
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
      });
    const all = async (name: string, store: string): Promise<unknown[]> => {
      // Opening it would make it.
      if (!(await indexedDB.databases()).some((one) => one.name === name)) return [];
      const db = await open(name);
      return new Promise((done) => {
        const asked = db.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => {
          db.close();
          done(asked.result);
        };
      });
    };
    const tried: string[] = [];
    for (const kept of (await all('liandu-key', 'keys')) as { signing: CryptoKey; opening: CryptoKey | { by: CryptoKey } }[]) {
      for (const key of [kept.signing, kept.opening instanceof CryptoKey ? kept.opening : kept.opening.by]) {
        for (const form of ['pkcs8', 'jwk'] as const) {
          const got = await crypto.subtle.exportKey(form, key).then(
            () => 'given out',
            (error: DOMException) => error.name,
          );
          tried.push(`${key.algorithm.name} ${form}: ${got}`);
        }
      }
    }
    // In the stored identity: key 2 of a map, 32 bytes.
    const holds = (value: Uint8Array): boolean => value.some((_, at) => value[at] === 0x02 && value[at + 1] === 0x58 && value[at + 2] === 0x20);
    const db = await open('liandu-phone');
    const read = db.transaction('pairs').objectStore('pairs').get(new TextEncoder().encode('i'));
    const identity = await new Promise<Uint8Array | undefined>((done) => (read.onsuccess = () => done(read.result as Uint8Array | undefined)));
    db.close();
    if (!identity) throw new Error('no identity');
    const at = identity.findIndex((byte, index) => byte === 0x01 && identity[index + 1] === 0x48);
    return { tried, bytes: holds(identity), device: identity.slice(at + 2, at + 10).join(' ') };
  });
}

test('nobody reads the key of a phone, not even its own app', async ({ page, office }) => {
  await enrol(page, office, 'rep-1');
  await writeProblem(page, '撂荒十二亩');
  await allAtOffice(page);
  const found = await robbed(page);
  expect(found.tried).toHaveLength(4);
  for (const tried of found.tried) expect(tried).toContain('InvalidAccessError');
  expect(found.bytes).toBe(false);
  // The same key signs after the app was closed.
  await page.reload();
  await inSync(page);
  await writeProblem(page, '之后的一条');
  await allAtOffice(page);
});

/** A page of a browser that can less: what its engine finds is changed before it starts. `learn` makes it another at the next load. */
async function like(browser: Browser, less: string): Promise<{ page: Page; learn: (rest: string) => void }> {
  const context = await browser.newContext({
    ...{ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' },
    // The files come from the test each time; what comes from there may speak to this machine only when it is allowed to.
    ...{ serviceWorkers: 'block', permissions: ['local-network-access'] },
  });
  let before = less;
  await context.route(/worker-[^/]*\.js$/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: `${before}\n${await answer.text()}` });
  });
  return { page: await context.newPage(), learn: (rest) => (before = rest) };
}
/** Before 2025. */
const NO_KEYS = `{ const real = crypto.subtle.importKey.bind(crypto.subtle); crypto.subtle.importKey = (form, bytes, kind, ...rest) => kind === 'Ed25519' ? Promise.reject(new DOMException('', 'NotSupportedError')) : real(form, bytes, kind, ...rest); }`;
/** Safari: uses keys that open files and cannot store them; the whole row is read back as nothing. */
const NO_STORED_OPENING = `{ const real = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put = function (value, key) { return real.call(this, value?.opening instanceof CryptoKey ? null : value, key); }; }`;
const NO_SIGNATURE = `crypto.subtle.sign = () => Promise.reject(new DOMException('', 'OperationError'));`;

async function enrolHere(page: Page, office: Office): Promise<void> {
  await page.goto(`${office.url}/m/`);
  await page.getByLabel('邀请码').fill(office.invite('rep-1'));
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await expect(page.getByRole('heading', { name: /今日/ })).toBeVisible();
  await inSync(page);
}

test('a phone whose browser learns to keep keys hands its own over, with what was not sent, and is the same phone', async ({ browser, office }) => {
  const { page, learn } = await like(browser, NO_KEYS);
  await enrolHere(page, office);
  await writeProblem(page, '旧浏览器送到的');
  await allAtOffice(page);
  const before = await robbed(page);
  expect(before).toMatchObject({ tried: [], bytes: true });

  await page.context().setOffline(true);
  await office.kill();
  await writeProblem(page, '旧浏览器没送到的');
  await office.start();
  await page.context().setOffline(false);
  learn('');
  await page.reload();
  await inSync(page);
  await allAtOffice(page);
  const after = await robbed(page);
  expect(after.tried).toHaveLength(4);
  for (const tried of after.tried) expect(tried).toContain('InvalidAccessError');
  expect(after.device).toBe(before.device);
  expect(after.bytes).toBe(false);
  await page.context().close();
});

test('a browser that cannot store the key that opens files stores it closed, and files are opened', async ({ page, browser, office }) => {
  const { page: apple } = await like(browser, NO_STORED_OPENING);
  await enrolHere(apple, office);
  await apple.reload();
  await inSync(apple);
  const found = await robbed(apple);
  expect(found.tried).toHaveLength(4);
  for (const tried of found.tried) expect(tried).toContain('InvalidAccessError');
  expect(found.tried.join()).toContain('AES-GCM');

  await enrol(page, office, 'rep-2');
  // It keeps no files of the app: the screen is opened while they can be had.
  await carry(apple);
  await cutOff(page.context(), office);
  await writeProblem(page, '给同事的');
  await carry(page);
  const file = await exported(page, 'rep-1');
  await apple.getByLabel('导入同事的文件').setInputFiles(file);
  await expect(apple.getByRole('status')).toContainText('rep-2 的新修改 1 项，还没到单位');
  await apple.context().close();
});

test('a key that does not sign is said, everything is kept, and goes out as soon as it signs', async ({ browser, office }) => {
  const { page, learn } = await like(browser, '');
  await enrolHere(page, office);
  learn(NO_SIGNATURE);
  await page.reload();
  await writeProblem(page, '没有签名的');
  await expect(page.getByTestId('sync')).toHaveAttribute('data-on-device', '1');
  await page.getByRole('link', { name: '今日' }).click();
  await expect(page.locator('[data-notice="key"]')).toContainText('送不出去');
  await fits(page);
  await shot(page, 'key-does-not-sign');

  learn('');
  await page.reload();
  await expect(page.locator('[data-notice="key"]')).toHaveCount(0);
  await inSync(page);
  await allAtOffice(page);
  await page.context().close();
});
