import { named } from '../state/language.svelte';

/** Everything the field app says, in both languages side by side. */

const words = {
  app: ['联督', 'Liandu'],
  today: ['今日', 'Today'],
  records: ['台账', 'Records'],
  add: ['记录', 'New'],
  map: ['地图', 'Map'],
  mine: ['我的', 'Mine'],
  back: ['返回', 'Back'],
  close: ['关闭', 'Close'],
  cancel: ['取消', 'Cancel'],
  save: ['保存', 'Save'],
  more: ['更多栏目', 'More fields'],
  opening: ['正在打开…', 'Opening…'],

  online: ['在线', 'Online'],
  offline: ['离线', 'Offline'],
  syncing: ['正在同步', 'Exchanging'],
  comparing: ['正在与服务器核对', 'Comparing with the server'],
  onDevice: ['已存本机 {count}', 'On this phone {count}'],
  onItsWay: ['在途 {count}', 'On its way {count}'],
  atOffice: ['单位已收 {time} · 位置 {position}', 'At the office {time} · position {position}'],
  refusedCount: ['被退回 {count}', 'Refused {count}'],
  heldCount: ['单位暂存 {count}', 'Held there {count}'],
  lastSynced: ['上次同步 {ago}', 'last exchanged {ago}'],
  neverSynced: ['还没有同步过', 'never exchanged'],
  justNow: ['刚刚', 'just now'],
  minutesAgo: ['{count} 分钟前', '{count} min ago'],
  hoursAgo: ['{count} 小时前', '{count} h ago'],
  daysAgo: ['{count} 天前', '{count} days ago'],
  waitsForWifi: ['等 Wi-Fi', 'Waits for Wi-Fi'],

  threeDays: ['有 {count} 条修改已 {days} 天没有送出。请到有信号的地方，或导出文件请同事捎带。', '{count} edits have waited for {days} days. Go where there is signal, or export a file for a colleague to carry.'],
  storageMayGo: ['浏览器可能清掉本机内容。装到主屏幕后更稳妥。', 'The browser may clear what is stored here. Installed on the home screen it is safer.'],
  filesComing: ['正在下载离线使用的文件，请先不要离开网络。', 'Files for use without signal are coming: stay in the network for a moment.'],
  keepStorage: ['请浏览器保留', 'Ask the browser to keep it'],
  clockAhead: ['手机时间比服务器快 {ago}。内容照常保存，请在系统设置里改为自动对时。', 'This phone’s clock is {ago} ahead of the server. Everything is saved; set the clock to automatic.'],
  clockBehind: ['手机时间比服务器慢 {ago}。内容照常保存，请在系统设置里改为自动对时。', 'This phone’s clock is {ago} behind the server. Everything is saved; set the clock to automatic.'],
  length: ['{days} 天 {hours} 小时', '{days} days {hours} h'],

  needsMe: ['需要我处理', 'Waits for me'],
  openConflicts: ['{count} 条记录有两种写法，请核定', '{count} records are written in two ways: decide'],
  openRefused: ['{count} 项修改被退回，请看原因', '{count} edits were refused: see why'],
  drafts: ['没有写完的', 'Unfinished'],
  continue: ['继续写', 'Go on'],
  throwAway: ['不要了', 'Discard'],
  reallyThrowAway: ['确定不要？', 'Really discard?'],
  tasks: ['任务', 'Tasks'],
  nothingToday: ['没有等你处理的事。', 'Nothing waits for you.'],
  writeFirst: ['记一次检查', 'Record an inspection'],

  search: ['搜索标题、地点、编号', 'Search titles, places, numbers'],
  numbered: ['编号 {number}', 'No. {number}'],
  coded: ['代码 {code}', 'Code {code}'],
  unsent: ['未送达', 'Not at the office'],
  conflict: ['两种写法', 'Two values'],
  countOf: ['{count} 条', '{count} records'],
  noRecords: ['还没有记录。联网后会收到小组的台账。', 'No records yet. The group’s ledger comes with the next exchange.'],
  noneFits: ['没有符合的记录。', 'No record fits.'],
  notAtOffice: ['同事写的，单位还没有收到', 'A colleague’s, not yet at the office'],

  newInspection: ['检查', 'Inspection'],
  newInspectionHint: ['到一个地方查看，可附问题和照片', 'A visit to a place, with problems and photos'],
  join: ['加入同事的检查', 'Join a colleague’s inspection'],
  joinHint: ['扫组长手机上的码，或输入 12 位，没有信号也行', 'Scan the leader’s code or type 12 characters; no signal needed'],
  newProblem: ['问题', 'Problem'],
  newProblemHint: ['没有检查，直接报一个问题', 'A problem without a visit'],
  newOpinion: ['群众意见', 'Opinion'],
  newOpinionHint: ['入户听到的意见', 'What a resident said'],
  whatToRecord: ['记什么？', 'What to record?'],
  chooseGroup: ['小组', 'Group'],
  draftKept: ['每一步都已存在本机', 'Every step is kept on this phone'],
  keeping: ['正在存…', 'Keeping…'],
  needed: ['还要填：{names}', 'Still needed: {names}'],
  problems: ['发现的问题', 'Problems found'],
  addProblem: ['＋ 加一个问题', '＋ Add a problem'],
  problemNumber: ['问题 {number}', 'Problem {number}'],
  remove: ['删去', 'Remove'],
  checklist: ['检查清单', 'Checklist'],
  people: ['参加人员', 'People present'],
  addPerson: ['＋ 加一人', '＋ Add a person'],
  photos: ['照片', 'Photos'],
  addPhoto: ['拍照或选图', 'Take or choose photos'],
  saved: ['已存本机，联网后自动送达单位。', 'Saved on this phone; it goes to the office with the next signal.'],
  takePosition: ['取当前位置', 'Take my position'],
  takingPosition: ['正在定位…', 'Finding where I am…'],
  noPosition: ['没有取到位置：{why}。可以先填村名和地点。', 'No position: {why}. Write the village and address instead.'],
  accuracy: ['误差约 {metres} 米', 'within about {metres} m'],
  clearPosition: ['清除', 'Clear'],

  edit: ['修改', 'Edit'],
  changedMeanwhile: ['打开之后有人改过。你写的还在；保存后两种写法都会留下，等人核定。', 'Somebody changed it since. What you wrote is kept; when you save, both are kept until somebody decides.'],
  nothingChanged: ['没有改动。', 'Nothing was changed.'],
  resolveFirst: ['这一栏有两种写法，先核定。', 'This field has two values: decide first.'],
  twoValues: ['两种写法，请核定', 'Written in two ways: decide'],
  takeThis: ['用这个', 'Take this'],
  writeAnother: ['另写', 'Write another'],
  keepText: ['文字这样就对', 'The text is right as it stands'],
  current: ['现用', 'Current'],
  decided: ['已核定，存在本机。', 'Decided; saved on this phone.'],
  ownEdits: ['我的修改去哪了', 'Where my edits are'],
  withThose: ['加上同事还没送达的内容', 'With what a colleague has not sent yet'],

  outbox: ['发件箱', 'Outbox'],
  receipts: ['回执', 'Receipts'],
  statusSaving: ['正在存', 'Being saved'],
  statusOnDevice: ['已存本机', 'On this phone'],
  statusSent: ['在途，等单位答复', 'On its way, not answered'],
  statusAtOffice: ['单位已收 {time} · 位置 {position}', 'At the office {time} · position {position}'],
  statusHeld: ['单位暂存：{why}', 'Held at the office: {why}'],
  statusRefused: ['被退回：{why}', 'Refused: {why}'],
  statusUnapplied: ['没有重新写上：{why}', 'Not applied again: {why}'],
  officeSays: ['人大办答复：{text}', 'The office answers: {text}'],
  dismiss: ['了结', 'Lay aside'],
  actCreate: ['新建', 'New'],
  actSet: ['填写', 'Filled in'],
  actText: ['改文字', 'Text'],
  actClear: ['清空文字', 'Text emptied'],
  actEvent: ['办理', 'Step'],
  actResolve: ['核定', 'Decided'],

  carry: ['携带', 'Carry'],

  settings: ['设置', 'Settings'],
  lockedTitle: ['已锁', 'Locked'],
  lockedHint: ['照常保存和发送。', 'Saving and sending go on.'],
  allSent: ['没有待发的内容。', 'Nothing waits to be sent.'],
  unlock: ['打开', 'Unlock'],
  pinWrong: ['PIN 不对。', 'Wrong PIN.'],
  pinWait: ['错得太多，请等 {seconds} 秒。', 'Too many wrong tries: wait {seconds} s.'],
  pinForgotten: ['忘了 PIN', 'PIN forgotten'],
  pinForgottenHint: ['请先等上面的待发变为零（锁着也会发），再请人大办停用这部手机并另发一码；在浏览器里清除本站数据后用新码登记，记录会重新下来。', 'Wait until nothing above waits to be sent (it is sent while locked). Then ask the office to revoke this phone and for another code; clear this site’s data in the browser and enrol with it: the records come down again.'],
  aboutMe: ['{name} · 设备 {device}', '{name} · device {device}'],
  scopesOf: ['我的小组', 'My groups'],
  leftOut: ['还有 {count} 个归属不在本机，请在单位的台账里看。', '{count} more scopes are not on this phone: see the office’s ledger.'],
  version: ['版本 {version}', 'Version {version}'],

  code: ['邀请码', 'Code'],
  noInvitation: ['扫到的不是邀请码。', 'What was scanned is no invitation.'],
  enrol: ['登记', 'Enrol'],
  needSignal: ['登记时要有网络，只这一次。', 'Enrolling needs the network, this once.'],

  elsewhere: ['联督在另一个页面里开着', 'Liandu is open in another page'],
  elsewhereHint: ['同一部手机只能开一个，免得互相覆盖。回到那个页面，或在这里接着用；写过的都在。', 'One page at a time, so that nothing is overwritten. Go back to that page, or go on here; everything written is kept.'],
  useHere: ['在这里用', 'Use it here'],
  takenOver: ['已换到另一个页面', 'Moved to another page'],
  takenOverHint: ['内容都已存好。可以关掉这一页。', 'Everything is saved. This page may be closed.'],
  storeFull: ['手机存储满了', 'The phone’s storage is full'],
  storeFullHint: ['刚才的一步没有存上，之前的都在。请删掉一些照片、视频或应用，再点“重新打开”。', 'The last step was not saved; everything before it is. Delete some photos, videos or apps, then open again.'],
  storeFailed: ['存不进手机', 'Nothing can be stored'],
  storeFailedHint: ['刚才的一步没有存上，之前的都在。请不要用无痕模式，关掉页面重新打开。', 'The last step was not saved; everything before it is. Do not use private mode; close the page and open it again.'],
  unreadable: ['本机内容读不出', 'What is stored here cannot be read'],
  unreadableHint: ['内容没有改动。请先更新应用；仍不行请不要清除浏览器数据，联系人大办。', 'Nothing was changed. Update the app first; if that does not help, do not clear the browser’s data and ask the office.'],
  broken: ['应用出错了', 'The app failed'],
  brokenHint: ['存过的都在。请重新打开；若再出现，请把下面的话告诉人大办。', 'Everything saved is here. Open it again; if it happens again, tell the office what stands below.'],
  openAgain: ['重新打开', 'Open again'],
  revoked: ['这部手机已被停用', 'This phone was revoked'],
  revokedHint: ['本机内容都保留。还没有送达的会交给人大办暂存，由他们决定是否采用。请联系人大办。', 'Everything here is kept. What was not sent is handed to the office, which decides. Ask the office.'],
  unknownDevice: ['服务器不认识这部手机', 'The server does not know this phone'],
  unknownDeviceHint: ['内容都在本机。请联系人大办；需要时先在“携带”里导出没有送达的内容。', 'Everything is here. Ask the office; if need be, export what was not sent under “Carry”.'],
  wrongServer: ['这个网址是另一套系统', 'Another installation answers here'],
  wrongServerHint: ['没有发出任何内容。请核对网址。', 'Nothing was sent. Check the address.'],

  update: ['有新版本。写好的都在，更新后接着用。', 'There is a new version. Everything written is kept.'],
  updateNow: ['更新', 'Update'],
  later: ['以后', 'Later'],

  photoHere: ['在单位', 'At the office'],
  photoOnWay: ['在本机，待发', 'Here, to be sent'],
  photoMissing: ['不在本机', 'Not here'],
  photoGone: ['照片读不出，换一张。', 'The picture cannot be read: take another.'],
  stampedCopy: ['带字副本', 'Copy with words'],
  placeKept: ['有位置 ±{metres} 米', 'placed ±{metres} m'],
  photoNumber: ['第 {number} 张', 'Photo {number}'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;

export type Word = keyof typeof words;

/** A text in the chosen language, `{name}` replaced by the values. */
export function w(key: Word, values: Values = {}): string {
  return say(words[key], values);
}

type Values = Readonly<Record<string, string | number>>;
/** What is said in both languages, its places filled in. */
export function say([zh, en]: readonly [string, string], values: Values = {}): string {
  return named({ zh, en }).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** How long ago a moment was. */
export function ago(ms: number, now: number): string {
  const minutes = Math.floor(Math.max(0, now - ms) / 60_000);
  if (minutes < 1) return w('justNow');
  if (minutes < 60) return w('minutesAgo', { count: minutes });
  if (minutes < 48 * 60) return w('hoursAgo', { count: Math.floor(minutes / 60) });
  return w('daysAgo', { count: Math.floor(minutes / 1440) });
}
