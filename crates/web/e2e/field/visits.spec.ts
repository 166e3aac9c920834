import { expect, type Browser, type Page } from '@playwright/test';
import { allAtOffice, code, cutOff, enrol, fits, inSync, shot, test, writeProblem } from './hands';
import { PASSWORD, type Office } from './office';

/** One visit, many phones: planned by the office or joined by a code, written without network, one record. */

const SCOPE = { region: '130123', group: 'g-1', audience: 'group' };
interface Found {
  records: { id: string; kind: string; title: string; conflicts: number }[];
}
interface Shown {
  conflicts: unknown[];
  fields: Record<string, { value: unknown; by: { person: string } }>;
  texts: Record<string, { content: string }>;
}

async function secondPhone(browser: Browser): Promise<Page> {
  const other = await browser.newContext({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  return other.newPage();
}

async function made(office: Office, kind: string, values: Record<string, unknown>): Promise<string> {
  const writes = Object.entries(values).map(([path, value]) => ({ path, value }));
  const { record } = await office.api<{ record: string }>('/api/records', { kind, scope: SCOPE, campaign: 'hebei-6plus1', writes });
  return record;
}

/** A plan with two places: a well of the inventory, and a spot that the office described. */
async function plan(office: Office): Promise<string> {
  const well = await made(office, 'object', { 'f/title': '东康庄 3 号机井', 'f/object_type': 'own_well', 'f/region': '130123', 'f/village': '东康庄村' });
  return made(office, 'task', {
    'f/title': '汛前走访机井', 'f/domain': 'groundwater', 'f/deadline': '2099-06-24',
    'i/points/p1/title': '东康庄 3 号机井', 'i/points/p1/object': well, 'i/points/p1/village': '东康庄村',
    'i/points/p2/title': '村西取水口', 'i/points/p2/village': '野头村',
  });
}

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('我的修改去哪了')).toBeVisible();
}

async function backOnline(office: Office, phones: readonly Page[]): Promise<void> {
  await office.start();
  for (const phone of phones) await phone.context().setOffline(false);
  for (const phone of phones) await allAtOffice(phone);
  for (const phone of phones) await inSync(phone);
}

/** The only inspection at the office. */
async function theOne(office: Office): Promise<Shown> {
  const { records } = await office.api<Found>('/api/records?kind=inspection');
  expect(records.length).toBe(1);
  return office.api<Shown>(`/api/records/${records[0]?.id ?? ''}`);
}

test('a planned visit begun on two phones without signal is one inspection with what both wrote', async ({ page, browser, office }) => {
  const second = await secondPhone(browser);
  await plan(office);
  await enrol(page, office, 'rep-1');
  await enrol(second, office, 'rep-2');
  for (const phone of [page, second]) await expect(phone.locator('[data-point]')).toHaveCount(2);
  await shot(page, 'today-plan');
  await fits(page);
  await cutOff(page.context(), office);
  await second.context().setOffline(true);

  for (const phone of [page, second]) {
    await phone.locator('[data-point="p1"]').getByRole('button', { name: '开始' }).click();
    await expect(phone.locator('[data-path="f/target"] input')).toHaveValue('东康庄 3 号机井');
    await expect(phone.locator('[data-path="f/village"] input')).toHaveValue('东康庄村');
    await expect(phone.locator('[data-path="f/domain"] select').first()).toHaveValue('groundwater');
    await expect(phone.getByText('这次走访来自计划')).toBeVisible();
  }
  expect(new URL(page.url()).pathname).toBe(new URL(second.url()).pathname);
  await shot(second, 'planned-draft');
  await page.getByLabel('检查发现').fill('水表完好。');
  await second.getByLabel('检查发现').fill('井盖缺失。');
  await second.getByRole('button', { name: '更多栏目' }).click();
  await second.locator('[data-path="f/address"] input').fill('村东 200 米');
  // A draft is kept, and goes on from Today.
  await expect(page.getByTestId('kept')).toHaveAttribute('data-kept', 'true');
  await page.getByRole('link', { name: '今日' }).click();
  await page.locator('[data-point="p1"]').getByRole('link', { name: '继续写' }).click();
  await save(page);
  await save(second);
  await page.getByRole('link', { name: '今日' }).click();
  await expect(page.locator('[data-covered="1"]')).toHaveText('已走访 1/2');
  await shot(page, 'today-visited');

  await backOnline(office, [page, second]);
  const one = await theOne(office);
  expect(one.conflicts).toEqual([]);
  expect([one.fields['i/people/rep-1/name']?.value, one.fields['i/people/rep-2/name']?.value]).toEqual(['王芳', '李强']);
  expect(one.fields['f/address']).toMatchObject({ value: '村东 200 米', by: { person: 'rep-2' } });
  expect(one.texts['findings']?.content).toContain('水表完好。');
  expect(one.texts['findings']?.content).toContain('井盖缺失。');
  await page.locator('[data-point="p1"]').getByRole('link', { name: '已走访' }).click();
  await expect(page.getByText('村东 200 米')).toBeVisible();
  await shot(page, 'visit-of-both');
  const plans = await office.api<{ plans: { covered: number; points: unknown[] }[] }>('/api/plans');
  expect(plans.plans.map(({ covered, points }) => [covered, points.length])).toEqual([[1, 2]]);
  await second.context().close();
});

test('an inspection is joined by the code on the leader’s screen, typed or scanned, without signal', async ({ page, browser, office }) => {
  const second = await secondPhone(browser);
  await enrol(page, office, 'rep-1');
  await enrol(second, office, 'rep-2');
  await cutOff(page.context(), office);
  await second.context().setOffline(true);
  await page.getByRole('link', { name: '＋记录' }).click();
  await page.getByRole('button', { name: /^检查/ }).click();
  await page.locator('[data-path="f/target"] input').fill('废弃矿坑');
  await page.locator('[data-path="f/domain"] select').first().selectOption('mining');
  await page.getByText('一起记', { exact: true }).click();
  const shown = page.locator('[data-together] [data-code]');
  await expect(shown).toBeVisible();
  const said = (await shown.getAttribute('data-code')) ?? '';
  expect(said).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
  await shot(page, 'together');

  await second.getByRole('link', { name: '＋记录' }).click();
  await second.getByRole('link', { name: /加入同事的检查/ }).click();
  const field = second.getByLabel('检查码', { exact: true });
  const wrong = (said[0] === 'A' ? 'B' : 'A') + said.slice(1);
  for (const [typed, why] of [[wrong, '有一位不对'], [said.slice(1), '12 位']] as const) {
    await field.fill(typed);
    await second.getByRole('button', { name: '加入', exact: true }).click();
    await expect(second.getByRole('alert')).toContainText(why);
  }
  await shot(second, 'join-mistyped');
  await fits(second);
  await field.fill(said.toLowerCase().replaceAll('-', ' '));
  await second.getByRole('button', { name: '加入', exact: true }).click();
  await expect(second.locator('[data-path="f/domain"] select').first()).toHaveValue('mining');
  await expect(second.getByText('别人也在记这条检查')).toBeVisible();
  expect(new URL(second.url()).pathname).toBe(new URL(page.url()).pathname);
  // Scanned it is the same again: the draft goes on.
  await second.getByRole('link', { name: '＋记录' }).click();
  await second.getByRole('link', { name: /加入同事的检查/ }).click();
  await second.locator('input[type="file"]').setInputFiles(await code(second, said));
  await expect(second.locator('[data-path="f/domain"] select').first()).toHaveValue('mining');
  await second.getByLabel('检查发现').fill('坑深约 12 米。');
  await shot(second, 'joined-draft');
  // What the leader fills in is not asked for again.
  await save(second);
  await page.getByLabel('备注').fill('周边无围挡。');
  await save(page);
  await expect(page.getByText('一起记', { exact: true })).toBeVisible();

  await backOnline(office, [page, second]);
  const one = await theOne(office);
  expect(one.conflicts).toEqual([]);
  expect([one.fields['i/people/rep-1/name']?.value, one.fields['i/people/rep-2/name']?.value]).toEqual(['王芳', '李强']);
  expect([one.fields['f/target']?.value, one.texts['findings']?.content, one.texts['remarks']?.content]).toEqual(['废弃矿坑', '坑深约 12 米。', '周边无围挡。']);
  await second.context().close();
});

/** A clerk of the office with a session, who acts on records as they are. */
async function clerk(office: Office, user: string): Promise<(record: string, edit: object) => Promise<void>> {
  const said = { 'content-type': 'application/json' };
  const session = await fetch(`${office.url}/api/session`, { method: 'POST', headers: said, body: JSON.stringify({ user, password: PASSWORD }) });
  const { token } = (await session.json()) as { token: string };
  const headers = { ...said, authorization: `Bearer ${token}` };
  return async (record, edit) => {
    const { seen } = (await (await fetch(`${office.url}/api/records/${record}`, { headers })).json()) as { seen: string };
    const answer = await fetch(`${office.url}/api/records/${record}/edits`, { method: 'POST', headers: { ...headers, 'if-match': `"${seen}"` }, body: JSON.stringify(edit) });
    expect(answer.status, await answer.text()).toBe(200);
  };
}

test('Today says what became of a report and what is to be looked at again, and tasks are finished there', async ({ page, office }) => {
  await enrol(page, office, 'rep-1');
  const id = await writeProblem(page, '村东空地堆放建筑垃圾');
  await allAtOffice(page);
  const task = await made(office, 'task', { 'f/title': '报送走访照片', 'f/deadline': '2099-06-24' });
  office.admin(['users', 'add', '--user', 'other', '--name', '复核员', '--role', 'congress-office', '--region', '130123'], `${PASSWORD}\n`);
  const [one, other] = [await clerk(office, 'clerk'), await clerk(office, 'other')];
  await one(id, { edit: 'event', event: 'verify' });
  await page.getByRole('link', { name: '今日' }).click();
  const news = page.locator(`[data-news]`).filter({ hasText: '村东空地' });
  await expect(news).toHaveAttribute('data-news', 'fresh');
  await expect(news).toContainText('核实');
  await news.getByRole('link').click();
  await page.getByRole('link', { name: '今日' }).click();
  await expect(news).toHaveAttribute('data-news', 'seen');

  await one(id, { edit: 'event', event: 'fixed_on_spot' });
  for (const event of ['pass', 'close']) await other(id, { edit: 'event', event });
  await other(id, { edit: 'set', writes: [{ path: 'f/look_back_on', value: '2099-09-01' }] });
  const look = page.locator('[data-look-back="2099-09-01"]');
  await expect(look).toContainText('村东空地');
  await expect(news).toHaveAttribute('data-news', 'fresh');
  await shot(page, 'today-cards');
  await fits(page);
  await look.getByRole('link').click();
  await page.getByLabel('看得怎样').fill('没有反弹。');
  await shot(page, 'look-back');
  await page.getByRole('button', { name: '记下回头看' }).click();
  await expect(page.locator('[data-happen]')).toHaveCount(0);
  await allAtOffice(page);
  const { events } = await office.api<{ events: { event: string; counts: boolean; args: Record<string, unknown> }[] }>(`/api/records/${id}`);
  expect(events.findLast(({ event }) => event === 'look_back')).toMatchObject({ counts: true, args: { text: '没有反弹。' } });

  await page.getByRole('link', { name: '今日' }).click();
  await expect(look).toHaveCount(0);
  await page.locator(`[data-record="${task}"]`).click();
  await page.getByRole('button', { name: '办结任务' }).click();
  await allAtOffice(page);
  expect((await office.api<{ state: { state: string } }>(`/api/records/${task}`)).state.state).toBe('done');
  await page.getByRole('link', { name: '今日' }).click();
  await expect(page.locator(`[data-record="${task}"]`)).toHaveCount(0);
});
