import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Browser, type Locator, type Page } from '@playwright/test';
import { png } from './png';

/** What every story of the console does: sign in, look, judge, and let a phone act. It knows nothing of single screens. */

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

declare global {
  interface Window {
    axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
  }
}

/** Left by `server.ts`, which starts the server and fills it. */
function left(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: start the stories by \`npm run e2e\``);
  return value;
}

export const url = (path: string): string => `${left('LIANDU_URL')}${path}`;

function passwordOf(user: string): string {
  const found = new RegExp(`^${user}\\s+(\\S+)`, 'm').exec(left('LIANDU_ACCESS'))?.[1];
  if (found === undefined) throw new Error(`no account ${user} in the demo`);
  return found;
}

/** The addresses that the demo prints: of the console alone, and of the stage. */
export const demoAddress = (): string => left('LIANDU_DEMO');
export const stageAddress = (): string => left('LIANDU_STAGE');

const FIRST: Readonly<Record<string, string>> = { leader: '今日' };

export async function signIn(page: Page, user = 'province'): Promise<void> {
  await page.goto(url('/'));
  await page.getByLabel('用户名').fill(user);
  await page.getByLabel('密码').fill(passwordOf(user));
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page.getByRole('heading', { name: FIRST[user] ?? '待办', level: 1 })).toBeVisible();
}

/** Somebody at a screen of their own. */
export async function as(browser: Browser, user: string, phone = false): Promise<Page> {
  const viewport = phone ? { width: 390, height: 844 } : { width: 1440, height: 900 };
  const page = await (await browser.newContext({ viewport })).newPage();
  await signIn(page, user);
  return page;
}

/** An act's button and the state on a record's page. */
export const act = (page: Page, name: string): Locator => page.locator('.acts').getByRole('button', { name, exact: true });
export const state = (page: Page): Locator => page.locator('article header .chip').nth(1);

/** Tests the page as assistive technology finds it. Evaluated in the page, where its policy does not apply. */
export async function nothingSerious(page: Page): Promise<void> {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run());
  const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
}

/** Keeps a picture to be looked at. */
export async function shot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `node_modules/.cache/e2e-shots/${name}.png` });
}

/** A picture of the same screen in every look it has: light, dark, wide and narrow. */
export async function shots(page: Page, name: string): Promise<void> {
  for (const [width, height] of [[1440, 900], [390, 844]] as const) {
    await page.setViewportSize({ width, height });
    for (const look of ['light', 'dark'] as const) {
      await page.evaluate((chosen) => Object.assign(document.documentElement.dataset, { look: chosen }), look);
      await shot(page, `${name}-${look}-${width}`);
    }
  }
  await page.evaluate(() => Object.assign(document.documentElement.dataset, { look: 'light' }));
  await page.setViewportSize({ width: 1366, height: 768 });
}

/** Nothing sticks out to the side. */
export async function fits(page: Page): Promise<void> {
  const [wide, most] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const);
  expect(wide).toBeLessThanOrEqual(most);
}

/** One of the demo's two phones does something: `phone-1` is 王芳's, `phone-2` 李强's. Its answer, whatever its exit code. */
export function phone(name: 'phone-1' | 'phone-2', ...words: string[]): string {
  const dir = `${left('LIANDU_FOLDER')}/${name}`;
  try {
    return execFileSync(`${left('LIANDU_BIN')}/liandu`, ['--dir', dir, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number | null; stdout: string; stderr: string };
    // 3: refused, or something waits for a person. That is an answer.
    if (status === 3) return stdout;
    throw new Error(`liandu ${words.join(' ')} ended with ${status}: ${stdout}${stderr}`);
  }
}

/** A small picture of one grey. */
export const picture = (grey: number): Buffer => png(64, () => [grey, grey, grey]);
