import { sayer } from '../state/language.svelte';

/** What the screen for bundle files says, in both languages side by side: it is loaded when somebody brings one. */

export const b = sayer({
  hint: ['手机没有网络时，本人或同事可以把手机“携带”里导出给单位的文件拿来。先看清楚里面是谁的、有多少，再收下；收下后把回执文件带回手机。同一文件收几次都只算一次。', 'When a phone has no network, its owner or a colleague brings the file that “Carry” exported for the office. See first whose it is and how much, then take it in; give the receipts back. Taken in twice it counts once.'],
  file: ['转交文件（.ldbundle）', 'Bundle file (.ldbundle)'],
  looking: ['正在打开文件…', 'Opening the file…'],
  taking: ['正在收下…', 'Taking it in…'],
  claims: ['自称来自 {who}，{time} 导出；收下时才核对签名', 'It says it is from {who}, made at {time}; seals are checked when it is taken in'],
  from: ['{who} 于 {time} 导出', 'Made by {who} at {time}'],
  phone: ['手机 {device}', 'phone {device}'],
  holds: ['{records} 条记录，{edits} 项修改，其中 {already} 项已经到了。', '{records} records, {edits} edits, of which {already} are here already.'],
  authorClaimed: ['自称来自', 'Says it is from'],
  author: ['谁写的', 'Written by'],
  edits: ['修改', 'Edits'],
  already: ['已经到了', 'Here already'],
  toCome: ['还没到', 'Not here yet'],
  unreadable: ['{count} 条记录读不出：收下后整条放在“待核”。', '{count} records cannot be read: taken in, they are kept whole in quarantine.'],
  unreadableParts: ['文件里有 {count} 份打不开（损坏，或不是给本单位的），已跳过。请让本人的手机重新导出；手机上的内容没有丢失。', '{count} parts of the file cannot be opened (damaged, or for somebody else) and are passed over. Let that phone export again; it still has everything.'],
  take: ['收下 {count} 项', 'Take in {count}'],
  allHere: ['这份文件里的内容都已经到了。需要的话可以再出一份回执。', 'Everything in this file is here already. Receipts can be made once more.'],
  again: ['再出一份回执', 'Make receipts again'],
  taken: ['已收下，新到 {count} 项，位置 {position}。', 'Taken in: {count} new edits, position {position}.'],
  aside: ['{count} 项没有采用，原样放在“待核”，原因会告诉本人。', '{count} edits do not count; they are kept whole in quarantine, and the author is told why.'],
  toQuarantine: ['去待核', 'To quarantine'],
  waiting: ['{count} 条记录还缺前面的修改，请让本人的手机联网送一次。', '{count} records lack earlier edits: let that phone send over the network once.'],
  left: ['还有 {count} 份这次没有收进来，请过一会儿再收一次同一文件；下面的回执是已收下的。', '{count} parts were not taken in this time: take the same file in again later. The receipts below are for what came.'],
  receipts: ['把回执文件带回手机：在手机“我的 → 携带 → 导入同事的文件”里选它，手机上就显示“单位已收”。', 'Bring the receipts back: on the phone choose Mine → Carry → Import, and it shows what is at the office.'],
  save: ['保存回执文件', 'Save the receipts'],
});
