//! What can be typed, with help that a tired person understands.
//!
//! Never does anything: every command's arguments are plain values.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

const TOUR: &str = "\
常用 (every day):
  liandu enrol --server http://HOST:8420 --code CODE   登记本机 (once)
  liandu sync                                        与人大办同步
  liandu new problem domain=land title=违建 text:description=…
  liandu edit 8a2c address=村东 a/land-01=yes
  liandu photo add IMG.jpg --record 8a2c             添加照片,同步时送达
  liandu show 8a2c                                   查看一条记录
  liandu conflicts                                   有分歧的内容
  liandu resolve 8a2c title --pick 1                 核定
  liandu status                                      每项修改在哪里

填写 (writing values):
  field=value        字段,如 domain=land       a/QUESTION=yes       检查项
  text:NAME=value    长文字                    i/people/p1/name=…   名单中的一项
  field=             清空                      liandu fields problem 有哪些字段
  数量 1.2亩   位置 37.7,115.7@wgs84±5   日期 2020-04-12   时间 2020-04-12T08:30

记录 (records): 编号 130123-12、代码,或标识的开头、结尾几位 (its number, its code, or any unique
  beginning or end of its id).
退出码 (exit codes): 0 完成 done, 1 出错 error, 2 用法 usage, 3 被退回或需人处理 needs a person.";

/// The whole command.
#[derive(Debug, Parser)]
#[command(
    name = "liandu",
    version,
    about = "联督:离线填写,联网同步 (Liandu: write offline, sync when there is a network)",
    after_help = TOUR
)]
pub(crate) struct Cli {
    /// 本机数据的文件夹 (this device's folder; else $LIANDU_DIR, else ~/.liandu)
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// 以 JSON 输出 (say everything as one JSON line)
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Here(OnDevice),
    /// 救出损坏的本机数据中完好的内容 (keep what is whole of damaged data on this device)
    Rescue,
}

/// What needs data that is whole.
#[derive(Debug, Subcommand)]
pub(crate) enum OnDevice {
    /// 用邀请码登记本机 (register this device with an invitation)
    Enrol(Enrol),
    /// 新建记录 (make a record; needs no network)
    New(New),
    /// 修改记录 (change a record; needs no network)
    Edit(Edit),
    /// 办理:交办、签收、销号等 (make something happen to a record: transfer, receive, close)
    Event(Event),
    /// 查看一条记录 (show one record)
    Show(Show),
    /// 列出记录 (list records)
    List(List),
    /// 与人大办同步 (exchange everything with the office)
    Sync(Sync),
    /// 每项修改在哪里 (where every edit of this device is)
    Status(Status),
    /// 了结一项被退回的修改:看过了,不再提示 (lay a refused edit aside: seen, no longer asked about)
    Dismiss(Dismiss),
    /// 有分歧、待核定的内容 (values that disagree until somebody resolves them)
    Conflicts,
    /// 核定有分歧的内容 (decide between values that disagree)
    Resolve(Resolve),
    /// 撤销核定,分歧重新待核定 (take a decision back: what it was between is open again)
    Undo(Undo),
    /// 一项内容的来历 (what happened at one place of a record)
    History(History),
    /// 某类记录有哪些字段 (what a kind of record holds)
    Fields(Fields),
    /// 照片:离线添加,同步时送达 (photos: added offline, sent by sync)
    Photo(Photo),
    /// 用文件转交修改 (hand edits on as a file)
    Bundle(Bundle),
    /// 走访:计划的点位,或同组一起记 (visits: planned by the office, or written together)
    Visit(Visit),
}

#[derive(Debug, Args)]
pub(crate) struct Visit {
    #[command(subcommand)]
    pub(crate) what: Visits,
}

/// Visits that several devices write into; none of it needs a network.
#[derive(Debug, Subcommand)]
pub(crate) enum Visits {
    /// 单位安排的点位,哪些已走访 (where the office sends the group, and what was visited)
    List,
    /// 走访一个点位:组里各台设备记的是同一条检查 (begin a planned one: on every device of the
    /// group it is the same inspection)
    Begin {
        /// 任务 (the task)
        task: String,
        /// 点位 (the place, as `visit list` names it)
        point: String,
        /// 内容 (field=value …)
        #[arg(value_name = "FIELD=VALUE")]
        values: Vec<String>,
    },
    /// 开始一次没有计划的走访,并给出检查码 (begin one that no plan names; prints the code that
    /// others join it by)
    New {
        /// 归属:地区/小组/范围 (REGION/GROUP/group; not needed when this device has only one)
        #[arg(long)]
        scope: Option<String>,
        /// 内容 (field=value …)
        #[arg(value_name = "FIELD=VALUE")]
        values: Vec<String>,
    },
    /// 用检查码加入同事的检查 (join a colleague's by its code)
    Join {
        /// 检查码,12 位 (the code, 12 characters)
        code: String,
        /// 内容 (field=value …)
        #[arg(value_name = "FIELD=VALUE")]
        values: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Enrol {
    /// 服务器地址 (the server: http://HOST:PORT; not needed with a QR code's text)
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) server: Option<String>,
    /// 邀请码,或二维码中的文字 (the invitation's code, or what its QR code says)
    #[arg(long)]
    pub(crate) code: String,
    /// 单位自有 CA 的证书,或服务器的自签证书,PEM (for https: the office's own authority's
    /// certificate, or the server's self-signed one; only it is believed from then on)
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// 给本机起的名字 (what to call this device)
    #[arg(long, default_value = "命令行 (command line)")]
    pub(crate) name: String,
}

/// How an edit is made.
#[derive(Debug, Clone, Args)]
pub(crate) struct How {
    /// 所见的版本:`show` 给出的 seen,或 now (the heads you were looking at; `now` for the newest;
    /// by default what was last shown)
    #[arg(long, value_name = "HEADS")]
    pub(crate) seen: Option<String>,
    /// 明知会被退回也保存 (keep it even if the office would refuse it)
    #[arg(long)]
    pub(crate) anyway: bool,
    /// 代谁录入:人员代码 (recorded for this person)
    #[arg(long = "for", value_name = "PERSON")]
    pub(crate) behalf: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// 种类 (inspection, problem, opinion, object, task, activity)
    pub(crate) kind: String,
    /// 归属:地区/小组/范围 (REGION/GROUP/group; not needed when this device has only one)
    #[arg(long)]
    pub(crate) scope: Option<String>,
    /// 哪个方案 (the campaign, when this device has several)
    #[arg(long)]
    pub(crate) campaign: Option<String>,
    /// 由哪条记录派生 (the record this one is made from: two people making "the same" one meet)
    #[arg(long, value_name = "RECORD")]
    pub(crate) parent: Option<String>,
    /// 代谁录入:人员代码 (recorded for this person)
    #[arg(long = "for", value_name = "PERSON")]
    pub(crate) behalf: Option<String>,
    /// 明知会被退回也保存 (keep it even if the office would refuse it)
    #[arg(long)]
    pub(crate) anyway: bool,
    /// 内容 (field=value …)
    #[arg(value_name = "FIELD=VALUE")]
    pub(crate) values: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// 记录 (the record: beginning or end of its id)
    pub(crate) record: String,
    /// 内容 (field=value …)
    #[arg(value_name = "FIELD=VALUE", required = true)]
    pub(crate) values: Vec<String>,
    #[command(flatten)]
    pub(crate) how: How,
}

#[derive(Debug, Args)]
pub(crate) struct Event {
    /// 记录 (the record)
    pub(crate) record: String,
    /// 事项 (what happened: submit, verify, transfer, receive, close, withdraw …)
    pub(crate) event: String,
    /// 参数 (arguments, as unit=… reason=… until=2020-05-01)
    #[arg(value_name = "NAME=VALUE")]
    pub(crate) args: Vec<String>,
    #[command(flatten)]
    pub(crate) how: How,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// 记录 (the record)
    pub(crate) record: String,
    /// 按这一天看灯,如 2020-05-06;不写为今天 (lights as of this day)
    #[arg(long, value_name = "DAY")]
    pub(crate) today: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// 种类 (of this kind)
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// 状态 (in this state)
    #[arg(long)]
    pub(crate) state: Option<String>,
    /// 领域 (of this domain)
    #[arg(long)]
    pub(crate) domain: Option<String>,
    /// 地区及其下级 (in this region or below)
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// 只看有分歧的 (with open conflicts only)
    #[arg(long)]
    pub(crate) conflict: bool,
    /// 只看有未送达修改的 (with edits that are not at the office only)
    #[arg(long)]
    pub(crate) unsent: bool,
    /// 含有这些文字 (whose values or texts contain this)
    #[arg(long)]
    pub(crate) text: Option<String>,
    /// 只看这种灯:red、yellow、green、grey (with this light only)
    #[arg(long)]
    pub(crate) light: Option<String>,
    /// 按这一天看灯,如 2020-05-06;不写为今天 (lights as of this day)
    #[arg(long, value_name = "DAY")]
    pub(crate) today: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Sync {
    /// 保持连接,随到随收,直到按 Ctrl-C (stay connected until Ctrl-C)
    #[arg(long)]
    pub(crate) watch: bool,
    /// 最多等多少秒 (give up after so many seconds)
    #[arg(long, default_value_t = 120, value_name = "SECONDS")]
    pub(crate) timeout: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// 已送达的也列出 (list edits that are at the office, too)
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "内容仍在本机,liandu status --all 可见;人大办的隔离区里也还在。\n\
    Nothing is destroyed: `liandu status --all` still lists it, and the office still has it."
)]
pub(crate) struct Dismiss {
    /// 修改的编号,见 liandu status (the edit's number, as `liandu status` shows it: 12)
    pub(crate) number: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Resolve {
    /// 记录 (the record)
    pub(crate) record: String,
    /// 哪一项,如 title 或 t/remarks;状态为 e (which place; e: the state)
    pub(crate) path: String,
    /// 核定的内容 (the decided value; none for a text as it stands)
    #[arg(conflicts_with = "pick")]
    pub(crate) value: Option<String>,
    /// 选第几种写法,从 1 数起 (take the n-th of the values shown, from 1)
    #[arg(long, value_name = "N")]
    pub(crate) pick: Option<usize>,
    /// 明知会被退回也保存 (keep it even if the office would refuse it)
    #[arg(long)]
    pub(crate) anyway: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Undo {
    /// 记录 (the record)
    pub(crate) record: String,
    /// 哪一项,如 title 或 t/remarks;状态为 e (which place; e: the state)
    pub(crate) path: String,
    /// 明知会被退回也保存 (keep it even if the office would refuse it)
    #[arg(long)]
    pub(crate) anyway: bool,
}

#[derive(Debug, Args)]
pub(crate) struct History {
    /// 记录 (the record)
    pub(crate) record: String,
    /// 哪一项 (which place; e: the state)
    pub(crate) path: String,
}

#[derive(Debug, Args)]
pub(crate) struct Fields {
    /// 种类 (the kind)
    pub(crate) kind: String,
    /// 领域:也列出检查项 (the domain: lists its checklist, too)
    #[arg(long)]
    pub(crate) domain: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Photo {
    #[command(subcommand)]
    pub(crate) command: PhotoCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PhotoCommand {
    /// 给一条记录添加照片,不需要网络 (add a photo to a record; needs no network)
    #[command(
        after_help = "照片会转正、缩到 2048 像素以内,去掉相机写入的位置等信息;时间取自相机,没有则取文件时间。\n\
        The photo is turned upright and made at most 2048 pixels, without what the camera wrote into\n\
        it; its time is the camera's, else the file's.\n\n\
        例 Example:\n  liandu photo add IMG_0412.jpg --record 8a2c --caption 村东空地"
    )]
    Add {
        /// 照片文件:JPEG、PNG 或 WebP (the picture)
        file: PathBuf,
        /// 哪条记录 (the record)
        #[arg(long)]
        record: String,
        /// 类别,见 liandu fields (the sort of photo)
        #[arg(long, default_value = "site")]
        kind: String,
        /// 说明 (a caption)
        #[arg(long, value_name = "TEXT")]
        caption: Option<String>,
        #[command(flatten)]
        how: How,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Bundle {
    #[command(subcommand)]
    pub(crate) command: BundleCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BundleCommand {
    /// 导出未送达的修改,加密 (write what is not at the office into a file, encrypted)
    Export {
        /// 文件 (the file to write)
        file: PathBuf,
        /// 只导出这些记录 (only these records, whole)
        #[arg(long, value_name = "RECORD")]
        record: Vec<String>,
        /// 给哪位同事,写编号;不写则只有人大办能打开 (the colleague who opens it; else only the
        /// office does, and anybody may carry it there)
        #[arg(long, value_name = "PERSON")]
        to: Option<String>,
    },
    /// 导入同事的文件;给人大办的替他捎去 (take in a colleague's file, or carry it to the office)
    Import {
        /// 文件 (the file to read)
        file: PathBuf,
    },
}
