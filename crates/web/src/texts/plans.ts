import type { Label } from '../definition';

/** What the screen of planned visits says. */
const said = (zh: string, en: string): Label => ({ zh, en });
export const plans = {
  hint: said('安排小组走访的点位下到组员手机的「今日」,没有信号也在;谁先到谁开始,几部手机记的是同一条检查。', 'Places stand on the phones of the group under Today, with or without signal; whoever arrives begins, and all phones write one inspection.'),
  add: said('安排走访', 'Plan visits'),
  none: said('还没有安排走访。', 'No visits are planned yet.'),
  covered: said('已走访', 'Visited'),
  title: said('任务名称', 'Title'),
  deadline: said('时限', 'Due'),
  groups: said('小组', 'Groups'),
  moreGroups: said('还有 {count} 个小组,请先在上方选地区。', '{count} more groups: choose a region above first.'),
  noGroups: said('名册里还没有小组。', 'The roster has no groups yet.'),
  places: said('点位', 'Places'),
  fromInventory: said('从底数选取', 'From the inventory'),
  look: said('查找', 'Look'),
  noObject: said('底数里没有符合的。', 'The inventory has none that fits.'),
  place: said('地点', 'Place'),
  village: said('村(社区)', 'Village'),
  onMap: said('在图上点', 'Pick on the map'),
  picked: said('已定位', 'located'),
  addPlace: said('加入点位', 'Add the place'),
  takeOut: said('去掉', 'Take out'),
  send: said('下发', 'Send'),
  sent: said('已下发,手机下次同步后可见。', 'Sent: phones show it after their next exchange.'),
  sentTo: said('已下发给:{groups}。改动只会发给其余小组;已下发的请在它的任务里改。', 'Sent already to: {groups}. A change here goes only to the others; change what was sent in its task.'),
  lacking: said('还要:', 'Still needed: '),
  older: said('更早的', 'Earlier ones'),
} as const satisfies Readonly<Record<string, Label>>;
