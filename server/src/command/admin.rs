//! `liandu-server admin`: arguments into requests.
//!
//! Never takes a password or an invitation code on the command line, where others could see it.

mod ask;
pub(in crate::command) mod print;
mod role;
mod secret;

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use liandu_core::id::{DeviceId, PersonId, RecordId, RegionCode};
use liandu_core::record::scope::Scope;

use super::Place;
use super::request::{HeldOf, Invitee, Request};
use crate::engine::now;

use crate::accounts::invitation;
use crate::imports::roster::{self, RosterError};
use role::roles;

pub(in crate::command) use ask::ask;

const HOUR_MS: i64 = 3_600_000;

/// `admin` and what follows.
#[derive(Debug, Args)]
#[command(
    about = "名册、邀请、停用、用户、隔离区、移交、删除。Roster, invitations, revocations, users, quarantine",
    long_about = "管理命令。服务器运行时经由它执行，未运行时直接写入数据目录，效果相同，并记入日志。\n\
        Administration. Goes through the server when one runs on the folder, else writes to the\n\
        folder itself; the effect is the same and stands in the log."
)]
pub struct Admin {
    #[command(subcommand)]
    what: What,
    /// 输出 JSON。Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 导入小组、人员名册。Import groups and people
    #[command(after_help = "小组 groups.csv:  code,name,region,domain,kind\n\
        人员 people.csv:  code,name,level,region,group,member_kind,role,leader\n\
        一人多组写多行。再次导入会更新；未列出的人员和小组不变。有一处错误则全部不导入。\n\
        A person in several groups has several lines. Importing again updates; who is not in the\n\
        file stays. One wrong line and nothing is imported. Files must be UTF-8.\n\n\
        例 Example:\n  liandu-server admin import --groups groups.csv --people people.csv --data DIR")]
    Import {
        /// 小组名册 CSV。Groups
        #[arg(long, value_name = "FILE")]
        groups: Option<PathBuf>,
        /// 人员名册 CSV。People
        #[arg(long, value_name = "FILE")]
        people: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// 发布方案，或某地的自选动作。Publish a campaign definition, or a region's own items
    #[command(
        after_help = "方案 JSON 写明 id 和 version；地方自选动作（检查项、字段、代码表）写明 campaign、region 和
        version，编号以地区代码开头，如 130123-01。内容有变须加大 version；已有的项不能删改含义，名称可改，
        代码可停用。发布后自动下发到有关设备，以前暂存的编辑会重新判定。有一处错误则不发布。
        A definition names its id and version. A region's own items name their campaign, region and
        version, and their ids begin with the region's code. What changes needs a higher version;
        nothing that people may have answered can be taken away. Devices get it by themselves, and
        edits that waited for it are judged again. One error and nothing is published.

        例 Examples:\n  liandu-server admin publish core/data/hebei-6plus1-v2.json --data DIR\n  \
        liandu-server admin publish core/data/local-130123.json --data DIR"
    )]
    Publish {
        /// 方案或自选动作 JSON。The definition or the items
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// 邀请登记设备，验证码只显示一次。Invite a device; the code is shown once
    #[command(after_help = "验证码只能用一次，过期作废；日志里只存其散列值。\n\
        The code works once and expires; the log holds only its hash.\n\
        打印的八位可手输，72 小时内有效；二维码里的全码到期前都有效。\n\
        The eight letters printed may be typed for 72 hours; the whole code in the QR until it expires.\n\n\
        例 Example:\n  liandu-server admin invite --person p-130123-0001 --hours 48 --data DIR")]
    Invite {
        /// 人员代码，可多次。Whose device; may be repeated
        #[arg(long, value_name = "CODE", required = true)]
        person: Vec<PersonId>,
        /// 几小时内有效。Hours until it expires
        #[arg(long, value_name = "N", default_value_t = 72, value_parser = clap::value_parser!(u32).range(1..=720))]
        hours: u32,
        #[command(flatten)]
        place: Place,
    },
    /// 停用设备，或某人的全部设备和账户。Shut out a device, or a person with all devices and accounts
    #[command(
        after_help = "此后该设备送来的内容暂存在隔离区，可用 admin release 核实后放行。\n\
        What such a device still sends is kept in quarantine; `admin release` lets it in.\n\n\
        例 Example:\n  liandu-server admin revoke --device 0123456789abcdef --reason 手机遗失 --data DIR"
    )]
    Revoke {
        /// 设备编号（16 位十六进制）。The device, 16 hexadecimal digits
        #[arg(
            long,
            value_name = "HEX",
            required_unless_present = "person",
            conflicts_with = "person"
        )]
        device: Option<DeviceId>,
        /// 人员代码。The person
        #[arg(long, value_name = "CODE")]
        person: Option<PersonId>,
        /// 原因，记入日志。Why; stands in the log
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
        #[command(flatten)]
        place: Place,
    },
    /// 办公室用户。Office users
    #[command(subcommand)]
    Users(Users),
    /// 查看隔离区，放行或答复。Look at the quarantine, release or answer
    #[command(
        after_help = "不加 --as 只列出。放行由该用户负责，凭其权限重新判定；格式和状态不符的不能放行。\n\
        Without --as it only lists. Released edits are judged again on that user's responsibility.\n\n\
        例 Examples:\n  liandu-server admin release --data DIR\n  \
        liandu-server admin release --device 0123456789abcdef --as wang --data DIR\n  \
        liandu-server admin release --record ID --as wang --close 与现场不符 --data DIR"
    )]
    Release {
        /// 只处理这台设备的。Only of this device
        #[arg(long, value_name = "HEX")]
        device: Option<DeviceId>,
        /// 只处理这条记录的。Only of this record
        #[arg(long, value_name = "ID")]
        record: Option<RecordId>,
        /// 负责的办公室用户。The office user who answers for it
        #[arg(long = "as", value_name = "USER")]
        user: Option<String>,
        /// 不放行，给作者的答复。Do not release: what the authors read
        #[arg(long, value_name = "TEXT", requires = "user")]
        close: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// 把记录移交另一归属。Move a record to another scope
    #[command(
        after_help = "归属 scope: 地区/小组/范围，小组无则写 -，范围为 group、office 或 contact\n\n\
        例 Example:\n  liandu-server admin move --record ID --to 130123/g-130123-01/group --data DIR"
    )]
    Move {
        /// 记录编号。The record
        #[arg(long, value_name = "ID")]
        record: RecordId,
        /// 新归属。Where to: REGION/GROUP/AUDIENCE
        #[arg(long, value_name = "SCOPE")]
        to: Scope,
        #[command(flatten)]
        place: Place,
    },
    /// 依法删除记录，不可恢复。Erase a record by law, for ever
    #[command(
        after_help = "内容从日志、索引、办公表和设备上抹去，只留编号和原因。原因里不要写个人信息。\n\
        之后请做一次备份：旧备份旁的删除清单随之更新，恢复旧备份时不会复活。\n\
        Overwrites the content everywhere; id and reason remain. Back up afterwards: that brings the\n\
        list beside older backups up to date, so that restoring one does not bring the record back.\n\n\
        例 Example:\n  liandu-server admin erase --record ID --reason 当事人申请 --yes --data DIR"
    )]
    Erase {
        /// 记录编号。The record
        #[arg(long, value_name = "ID")]
        record: RecordId,
        /// 法定原因，不含个人信息。The legal reason, without personal data
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// 确认。Yes, erase it
        #[arg(long, required = true)]
        yes: bool,
        #[command(flatten)]
        place: Place,
    },
    /// 概况：小组、人员、设备、用户数。How many groups, people, devices and users there are
    Status {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Subcommand)]
enum Users {
    /// 新增用户；密码从标准输入读取。Make a user; the password is read from standard input
    #[command(
        after_help = "角色 roles: congress-office 人大办, response-centre 民呼回应中心, department 部门,\n  \
        leader 领导, auditor 审计, administrator 管理员；写作 角色[:地区[:单位]] role[:region[:unit]]\n\n\
        例 Examples:\n  liandu-server admin users add --user wang --name 王主任 --region 130123 \\\n      \
        --role congress-office --data DIR < password.txt\n  \
        liandu-server admin users add --user water --name 水利局 --region 130123 \\\n      \
        --role department:130123:water --password-file password.txt --data DIR"
    )]
    Add {
        /// 登录名。The sign-in name
        #[arg(long, value_name = "USER")]
        user: String,
        /// 显示的姓名。The name people read
        #[arg(long, value_name = "TEXT")]
        name: String,
        /// 所属地区代码。Home region
        #[arg(long, value_name = "REGION")]
        region: RegionCode,
        /// 角色，可多次。What the user may do; may be repeated
        #[arg(long, value_name = "ROLE", required = true)]
        role: Vec<String>,
        /// 人员代码，默认与登录名相同。Whose account it is; the sign-in name when not said
        #[arg(long, value_name = "CODE")]
        person: Option<PersonId>,
        /// 密码文件（第一行）。The password's file (first line), instead of standard input
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// 新密码，从标准输入读取。A new password, read from standard input
    Password {
        /// 登录名。The sign-in name
        #[arg(long, value_name = "USER")]
        user: String,
        /// 密码文件（第一行）。The password's file (first line), instead of standard input
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// 列出用户。List the users
    List {
        #[command(flatten)]
        place: Place,
    },
    /// 给予角色，取代以前给予的全部角色。Give roles; they replace all given before
    #[command(
        after_help = "例 Example:\n  liandu-server admin users grant --user wang \
        --role congress-office:130100 --role auditor:130000 --data DIR"
    )]
    Grant {
        /// 登录名或人员代码。A sign-in name or a person's code
        #[arg(long, value_name = "USER")]
        user: String,
        /// 角色:地区[:单位]，可多次；--none 则全部收回。role:region[:unit], may be repeated
        #[arg(long, value_name = "ROLE", required_unless_present = "none")]
        role: Vec<String>,
        /// 收回全部角色。Take all roles away
        #[arg(long, conflicts_with = "role")]
        none: bool,
        #[command(flatten)]
        place: Place,
    },
    /// 禁止登录。The user may not sign in
    Disable {
        /// 登录名。The sign-in name
        #[arg(long, value_name = "USER")]
        user: String,
        #[command(flatten)]
        place: Place,
    },
    /// 恢复登录。The user may sign in again
    Enable {
        /// 登录名。The sign-in name
        #[arg(long, value_name = "USER")]
        user: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Does what `admin` was asked.
pub(super) fn run(admin: Admin) -> anyhow::Result<()> {
    let json = admin.json;
    let (place, request) = match admin.what {
        What::Invite {
            person,
            hours,
            place,
        } => return invite(&place, person, hours, json),
        What::Import {
            groups,
            people,
            place,
        } => (place, import(groups.as_deref(), people.as_deref())?),
        What::Publish { file, place } => (place, publish(&file)?),
        What::Revoke {
            device,
            person,
            reason,
            place,
        } => (
            place,
            Request::Revoke {
                device,
                person,
                reason,
            },
        ),
        What::Users(users) => user(users)?,
        What::Release {
            device,
            record,
            user,
            close,
            place,
        } => {
            let of = HeldOf { record, device };
            match user {
                Some(user) => (place, Request::Answer { of, user, close }),
                None => (place, Request::Held(of)),
            }
        }
        What::Move { record, to, place } => (place, Request::Move { record, to }),
        What::Erase {
            record,
            reason,
            yes: _,
            place,
        } => (place, Request::Erase { record, reason }),
        What::Status { place } => (place, Request::Counts),
    };
    print::reply(&ask(&place.settings()?, request)?, json)
}

/// `backup`, which has no more to it.
pub(super) fn back_up(place: &Place, to: &Path, json: bool) -> anyhow::Result<()> {
    let to = std::path::absolute(to)?;
    let text = to
        .to_str()
        .context("目录名须为 UTF-8 (the folder's name must be UTF-8)")?;
    let mut settings = place.settings()?;
    settings.data = std::path::absolute(settings.data)?;
    print::reply(
        &ask(
            &settings,
            Request::Backup {
                to: text.to_owned(),
            },
        )?,
        json,
    )
}

/// A roster's file, when one is named.
fn read<T>(
    file: Option<&Path>,
    rows: impl FnOnce(&Path, &[u8]) -> Result<Vec<T>, RosterError>,
) -> Result<Vec<T>, RosterError> {
    file.map_or(Ok(Vec::new()), |path| rows(path, &roster::content(path)?))
}

pub(in crate::command) fn import(
    groups: Option<&Path>,
    people: Option<&Path>,
) -> anyhow::Result<Request> {
    ensure!(
        groups.is_some() || people.is_some(),
        "请指明 --groups 或 --people (say what to import)"
    );
    Ok(Request::Import {
        groups: read(groups, roster::groups)?,
        people: read(people, roster::people)?,
    })
}

/// A definition or a region's items. What is wrong with it, the server says.
pub(in crate::command) fn publish(file: &Path) -> anyhow::Result<Request> {
    let json = std::fs::read(file)
        .with_context(|| format!("不能读取 {} (cannot read the file)", file.display()))?;
    Ok(Request::Publish { json })
}

fn invite(place: &Place, people: Vec<PersonId>, hours: u32, json: bool) -> anyhow::Result<()> {
    let settings = place.settings()?;
    let mut codes = Vec::new();
    let mut invited = Vec::new();
    for person in people {
        let code = invitation::code()?;
        invited.push(Invitee {
            person: person.clone(),
            code_hash: invitation::hash(&code),
            typed_hash: invitation::typed_hash(&code),
        });
        codes.push((person, code));
    }
    let expires = now().plus_ms(i64::from(hours).saturating_mul(HOUR_MS));
    let reply = ask(
        &settings,
        Request::Invite {
            people: invited,
            expires,
        },
    )?;
    print::invitations(&reply, &codes, expires, json)
}

fn user(users: Users) -> anyhow::Result<(Place, Request)> {
    let set = |user, password, disabled| Request::UserSet {
        user,
        password,
        disabled,
    };
    Ok(match users {
        Users::Add {
            user,
            name,
            region,
            role,
            person,
            password_file,
            place,
        } => {
            let person = match person {
                Some(person) => person,
                None => PersonId::new(&user).context(
                    "登录名只能含字母、数字和 _ - . (a sign-in name has letters, digits and _ - . only)",
                )?,
            };
            let grants = roles(&role, Some(&region))?;
            let password = secret::password(&user, password_file.as_deref())?;
            (
                place,
                Request::UserAdd {
                    user,
                    person,
                    name,
                    region,
                    password,
                    grants,
                },
            )
        }
        Users::Password {
            user,
            password_file,
            place,
        } => {
            let password = secret::password(&user, password_file.as_deref())?;
            (place, set(user, Some(password), None))
        }
        Users::List { place } => (place, Request::Users),
        Users::Grant {
            user,
            role,
            none: _,
            place,
        } => (
            place,
            Request::Grant {
                who: user,
                grants: roles(&role, None)?,
            },
        ),
        Users::Disable { user, place } => (place, set(user, None, Some(true))),
        Users::Enable { user, place } => (place, set(user, None, Some(false))),
    })
}
