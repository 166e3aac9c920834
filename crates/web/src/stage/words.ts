import type { Label } from '../definition';
import { named } from '../state/language.svelte';

/** Everything the stage says, in both languages side by side, and the four steps. */

const words = {
  steps: ['四步', 'Four steps'],
  clock: ['已有的记录截至 2020-06-19（周五），新写的是现在的时间', 'What is there is of Friday 2020-06-19 and before; what you write is of now'],
  console: ['办公网页', 'The console'],
  app: ['现场应用', 'The field app'],
  phoneOf: ['{name}的手机', 'The phone of {name}'],
  line: ['网络', 'Network'],
  isCut: ['已断网', 'Cut off'],
  isOn: ['已联网', 'Online'],
  cutBoth: ['两部都断网', 'Cut both off'],
  mendBoth: ['两部都联网', 'Connect both'],
  openBoth: ['手机上打开这条问题', 'Open the problem on both'],
  powerCut: ['断电，再启动', 'Cut the power, start again'],
  asOffice: ['以人大办打开', 'Open as the office'],
  asUnit: ['以部门打开', 'Open as the department'],
  leaderMap: ['领导看图', 'Leader: map'],
  leaderTable: ['领导看表', 'Leader: table'],
  opinions: ['353 条意见', '353 opinions'],
  transfers: ['304 件转办', '304 handed on'],
  killing: ['服务器被强行终止，正在启动…', 'The server is killed and starts again…'],
  backAfter: ['服务器被强行终止，{seconds} 秒后又在了，记录都在', 'The server was killed and was back after {seconds} s with every record'],
  notBack: ['服务器没有起来：看演示的终端', 'The server did not come back: look at the terminal of the demo'],
  thisRecord: ['这条问题：', 'The problem: '],
  conflicts: ['两种写法 {count} 处', '{count} with two values'],
  noStage: ['这里没有演示台，请用演示程序打印的地址打开。', 'There is no stage here: open the address that the demo prints.'],
  noInvitation: ['这部手机没有登记成：请联网后刷新本页。', 'This phone is not enrolled: connect it and load this page again.'],
} as const satisfies Record<string, readonly [string, string]>;

export function s(key: keyof typeof words, values: Readonly<Record<string, string | number>> = {}): string {
  const [zh, en] = words[key];
  return named({ zh, en }).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export const ACTS = ['cutBoth', 'mendBoth', 'openBoth', 'powerCut', 'asOffice', 'asUnit', 'leaderMap', 'leaderTable', 'opinions', 'transfers'] as const;
type Act = (typeof ACTS)[number];
type Place = Exclude<Act, 'cutBoth' | 'mendBoth' | 'openBoth' | 'powerCut'>;

const visit = (as: string, to: string): string => `/demo?${new URLSearchParams({ as, to }).toString()}`;

/** Where the console goes, and as whom. */
export const PLACES: Readonly<Record<Place, (record: string) => string>> = {
  asOffice: (record) => visit('zhengding-office', `/records/${record}`),
  asUnit: (record) => visit('zhengding-unit', `/records/${record}`),
  leaderMap: () => visit('leader', '/ledger?kind=problem&tab=map'),
  leaderTable: () => visit('leader', '/ledger?kind=problem'),
  opinions: () => visit('leader', '/ledger?kind=opinion&region=130402'),
  transfers: () => visit('leader', '/ledger?kind=problem&region=130402&source=centre'),
};

interface Step {
  readonly name: Label;
  readonly text: Label;
  /** The first is the one to begin with. */
  readonly acts: readonly Act[];
  /** Under the left phone and the right one. */
  readonly hints: readonly [Label, Label];
}

const NOTHING: Label = { zh: '', en: '' };

export const STEPS: readonly Step[] = [
  {
    name: { zh: '断网，各写各的', en: 'Cut off, both write' },
    text: { zh: '两部手机都断网，打开同一条问题，各改各的，保存。手机上写着“已存本机”。', en: 'Cut both phones off, open one problem on both, change it and save. The phones say “on this phone”.' },
    acts: ['cutBoth', 'openBoth'],
    hints: [
      { zh: '点“修改”：数量改成 1.2 亩，描述后面加一句，保存。', en: 'Press “Edit”: make it 1.2 mu, add a sentence to the description, save.' },
      { zh: '点“修改”：数量改成 1.8 亩，描述后面加另一句，保存。', en: 'Press “Edit”: make it 1.8 mu, add another sentence, save.' },
    ],
  },
  {
    name: { zh: '断电，再合并', en: 'Power cut, then merged' },
    text: { zh: '服务器断电（真的 kill -9），再启动；两部手机联网。“单位已收”之后：两句话都在，数量的两种写法也都在。', en: 'The server loses power (a real kill -9) and starts; connect both. Then both sentences are in, and both amounts.' },
    acts: ['powerCut', 'mendBoth', 'asOffice'],
    hints: [
      { zh: '联网后等“单位已收”，再看这条问题：两种写法。', en: 'Online: wait for “at the office”, then look: two values.' },
      { zh: '李强也看到王芳写的，谁写的、什么时候写的都在。', en: '李强 sees what 王芳 wrote, with who and when.' },
    ],
  },
  {
    name: { zh: '裁定，交办', en: 'Decide, hand over' },
    text: { zh: '人大办采用一种写法，再交办：定人、定事、定标、定时缺一不可，交办单可打印。部门签收、传照片、报结；人大办复核、销号。', en: 'The office takes one value and hands the problem over: none of the four settled things may be missing. The department receives, adds photos, reports; the office reviews and closes.' },
    acts: ['asOffice', 'asUnit'],
    hints: [
      { zh: '裁定和交办自己会到手机上，不用刷新。', en: 'The decision arrives by itself.' },
      { zh: '现场能说出这件事办到了哪一步。', en: 'In the field one can say how far it is.' },
    ],
  },
  {
    name: { zh: '一张图，一张表', en: 'One map, one table' },
    text: { zh: '领导的图和表是一个数；353 条意见、304 件转办，点得到每一条。再试三件：右上角换角色；管理员停用一部手机；手机“我的 → 携带”把没送出的交给同事。', en: 'Map and table have one number; 353 opinions, 304 handed on, down to each record. Then try: switch roles, shut a phone out, carry what is unsent.' },
    acts: ['leaderMap', 'leaderTable', 'opinions', 'transfers'],
    hints: [NOTHING, NOTHING],
  },
];
