//! Carrying out the administrator's requests: one function, whether they came through the admin
//! socket of a running server or from a command that opened the folder itself.
//!
//! Never asks whether the administrator may: whoever can use the data folder may.

use liandu_core::authority::{Account, Directory};
use liandu_core::id::{PersonId, Position, RegionCode};
use liandu_core::log::{AccountSet, GrantEntry, GroupRow, PersonRow};
use liandu_core::record::scope::Scope;
use liandu_core::time::Timestamp;
use liandu_core::verdict::Verdict;

use super::backup;
use super::request::{HeldOf, HeldRow, Invitee, Reply, Request, UserRow};
use crate::config::Settings;
use crate::engine::{
    ActError, AuthorityAct, Handle, ItemId, OfficeUser, QuarantineAnswer, QuarantineFilter,
    QuarantineItem, StartError, Unavailable,
};
use crate::imports::roster::unknown_group;
use crate::keeper::{KeeperOpenError, recover::RecoverError};

/// How the log names the administrator.
const CONSOLE: &str = "console";

/// The administrator at the machine, as the log names them.
pub(crate) fn console() -> OfficeUser {
    let person = PersonId::new(CONSOLE);
    OfficeUser {
        user: CONSOLE.to_owned(),
        session: String::new(),
        #[expect(clippy::expect_used, reason = "the word is a legal code")]
        person: person.expect("a code"),
    }
}

/// Why the engine did not start, for an administrator.
pub(crate) fn explained(error: StartError) -> anyhow::Error {
    let hint = match &error {
        StartError::Keeper(KeeperOpenError::Recover(RecoverError::ForeignAuthority)) => {
            "签名密钥与日志不符，请用 --authority 指明原来的密钥目录 \
             (this is not the authority key of this log: say where the right one is)"
        }
        StartError::Keeper(KeeperOpenError::Journal(_)) => {
            "日志无法打开，文件未被改动；请检查磁盘，或用 restore 恢复备份 \
             (the log does not open and was not harmed: look at the disk, or restore a backup)"
        }
        StartError::Keeper(_) => {
            "日志与索引无法对齐，请运行 check (log and index do not come together: run `check`)"
        }
        StartError::Key(_) => {
            "密钥文件不能使用，请从保管处取回 (a key file cannot be used: bring it back)"
        }
        StartError::Folder { .. } => "请检查目录与权限 (check the folder and its permissions)",
        StartError::Index(_) => {
            "索引无法打开，可删除 index 目录后重试 (the index does not open: delete the folder \
             `index` and try again, nothing is lost)"
        }
        StartError::System(_) => "系统资源不足 (the system is out of resources)",
    };
    anyhow::Error::new(error).context(hint)
}

/// Why a request was not carried out: the words for the administrator.
struct Refusal(String);

impl From<ActError> for Refusal {
    fn from(error: ActError) -> Refusal {
        Refusal(match error {
            ActError::Missing => "没有找到 (not found)".to_owned(),
            ActError::UnitElsewhere => {
                "别的地区的纪检监察单位已用这个代码，请另取一个 (another region's discipline inspection \
                 has that unit code: give each unit a code of its own)"
                    .to_owned()
            }
            ActError::Refused(reason) => format!("{} ({})", reason.zh(), reason.en()),
            ActError::IntoGone => "对方已并案或撤回 (it is merged or withdrawn by now)".to_owned(),
            ActError::ResolveFirst(path) => format!("请先核定 {path} (resolve it first)"),
            ActError::UnknownHeads => "请重新读取 (read it again)".to_owned(),
            ActError::Illegal(error) => format!("不能执行：{error} (not possible)"),
            ActError::Definition { problem } => {
                format!("文件有误，未发布 (the file is not right, nothing was published):\n{problem}")
            }
            ActError::Exists => "已经如此 (it is so already)".to_owned(),
            ActError::Busy { .. } => {
                "服务器忙或磁盘将满，请稍后再试 (busy, or the disk is nearly full)".to_owned()
            }
            ActError::Failed => {
                "日志未能写入，请查看服务器的运行信息 (the log could not be written: see the server's messages)"
                    .to_owned()
            }
        })
    }
}

impl From<Unavailable> for Refusal {
    fn from(_: Unavailable) -> Refusal {
        Refusal::from(ActError::Failed)
    }
}

/// Carries out a request.
pub async fn execute(handle: &Handle, settings: &Settings, request: Request) -> Reply {
    match carry_out(handle, settings, request).await {
        Ok(reply) => reply,
        Err(Refusal(text)) => Reply::Failed(text),
    }
}

async fn carry_out(
    handle: &Handle,
    settings: &Settings,
    request: Request,
) -> Result<Reply, Refusal> {
    match request {
        Request::Import { groups, people } => import(handle, groups, people).await,
        Request::Publish { json } => acts(handle, vec![AuthorityAct::Definition(json)]).await,
        Request::Invite { people, expires } => {
            let position = invite(handle, people, expires).await?;
            Ok(Reply::Invited {
                position,
                url: settings.url(),
            })
        }
        Request::Revoke {
            device,
            person,
            reason,
        } => {
            let device = device.map(|device| AuthorityAct::RevokeDevice {
                device,
                reason: reason.clone(),
            });
            let person = person.map(|person| AuthorityAct::RevokePerson { person, reason });
            acts(handle, device.into_iter().chain(person).collect()).await
        }
        Request::UserAdd {
            user,
            person,
            name,
            region,
            password,
            grants,
        } => {
            let set = account(user, person, name, region, Some(password), false);
            user_add(handle, set, grants).await
        }
        Request::UserSet {
            user,
            password,
            disabled,
        } => user_set(handle, user, password, disabled).await,
        Request::Users => Ok(Reply::Users(handle.directory(users).await?)),
        Request::Grant { who, grants } => grant(handle, who, grants).await,
        Request::Held(of) => {
            let items = held(handle, &of).await?;
            Ok(Reply::Held(items.iter().map(row).collect()))
        }
        Request::Answer { of, user, close } => answer(handle, of, user, close).await,
        Request::Move { record, to } => move_to(handle, record, to).await,
        Request::Erase { record, reason } => {
            acts(handle, vec![AuthorityAct::Erase { record, reason }]).await
        }
        Request::Backup { to } => match backup::backup(handle, settings, to.as_ref()).await {
            Ok(reply) => Ok(reply),
            Err(error) => Err(Refusal(format!("{error:#}"))),
        },
        Request::Counts => Ok(handle
            .read(|keeper| counts(keeper.directory(), keeper.position()))
            .await?),
    }
}

fn counts(directory: &Directory, position: Position) -> Reply {
    Reply::Counts {
        groups: directory.groups().len() as u64,
        people: directory.people().len() as u64,
        devices: directory.devices().len() as u64,
        users: directory.accounts().len() as u64,
        position,
    }
}

/// Acts one after the other; the position of the last.
async fn all(handle: &Handle, acts: Vec<AuthorityAct>) -> Result<Position, Refusal> {
    // All are sent before the first is answered: they share one fsync.
    let sent = acts.into_iter().map(|act| handle.act(console(), act));
    let mut position = Position(0);
    for done in futures_util::future::join_all(sent).await {
        position = position.max(done?);
    }
    Ok(position)
}

async fn acts(handle: &Handle, acts: Vec<AuthorityAct>) -> Result<Reply, Refusal> {
    Ok(Reply::Done {
        position: all(handle, acts).await?,
    })
}

/// Nobody is invited when one of them is not known.
async fn invite(
    handle: &Handle,
    people: Vec<Invitee>,
    expires: Timestamp,
) -> Result<Position, Refusal> {
    let (people, unknown) = handle
        .directory(move |directory| {
            let unknown = people
                .iter()
                .find(|one| directory.person(&one.person).is_none());
            let unknown = unknown.map(|one| one.person.clone());
            (people, unknown)
        })
        .await?;
    if let Some(person) = unknown {
        return Err(Refusal(format!(
            "名册里没有 {person}，先用 admin import --people 导入 \
             (nobody with this code: import the people first)"
        )));
    }
    let invited = people.into_iter().map(|one| AuthorityAct::Invite {
        code_hash: one.code_hash,
        typed_hash: Some(one.typed_hash),
        person: one.person,
        expires,
    });
    all(handle, invited.collect()).await
}

async fn import(
    handle: &Handle,
    groups: Vec<GroupRow>,
    people: Vec<PersonRow>,
) -> Result<Reply, Refusal> {
    let (groups, people, unknown) = handle
        .directory(move |directory| {
            let unknown = unknown_group(directory, &groups, &people);
            (groups, people, unknown)
        })
        .await?;
    if let Some((person, group)) = unknown {
        return Err(Refusal(format!(
            "{person} 的小组 {group} 不存在，请先或同时导入小组 (this person's group is not known: \
             import the groups first, or in the same command)"
        )));
    }
    let mut wanted = Vec::new();
    if !groups.is_empty() {
        wanted.push(AuthorityAct::Groups(groups));
    }
    if !people.is_empty() {
        wanted.push(AuthorityAct::People(people));
    }
    acts(handle, wanted).await
}

fn account(
    user: String,
    person: PersonId,
    name: String,
    region: RegionCode,
    password: Option<String>,
    disabled: bool,
) -> AccountSet {
    let by = CONSOLE.to_owned();
    AccountSet {
        user,
        person,
        name,
        region,
        password,
        disabled,
        by,
        time: Timestamp(0),
    }
}

/// A name that is taken keeps its owner: passwords and roles have commands of their own.
async fn user_add(
    handle: &Handle,
    set: AccountSet,
    grants: Vec<GrantEntry>,
) -> Result<Reply, Refusal> {
    let (user, person) = (set.user.clone(), set.person.clone());
    if handle
        .directory(move |directory| directory.account(&user).is_some())
        .await?
    {
        return Err(Refusal(format!(
            "已有用户 {}，改密码用 users password，改角色用 users grant \
             (this user exists: see `users password` and `users grant`)",
            set.user
        )));
    }
    acts(
        handle,
        vec![
            AuthorityAct::Account(set),
            AuthorityAct::Grants { person, grants },
        ],
    )
    .await
}

async fn user_set(
    handle: &Handle,
    user: String,
    password: Option<String>,
    disabled: Option<bool>,
) -> Result<Reply, Refusal> {
    let known = handle.directory(move |directory| {
        let account: &Account = directory.account(&user)?;
        let person = directory.person(&account.person)?;
        let disabled = disabled.unwrap_or(account.disabled);
        let (code, name) = (account.person.clone(), account.name.clone());
        Some(self::account(
            user,
            code,
            name,
            person.region.clone(),
            password,
            disabled,
        ))
    });
    let set = known.await?.ok_or_else(no_user)?;
    acts(handle, vec![AuthorityAct::Account(set)]).await
}

fn no_user() -> Refusal {
    Refusal("没有这个用户，见 admin users list (no such user: see `admin users list`)".to_owned())
}

fn users(directory: &Directory) -> Vec<UserRow> {
    let rows = directory.accounts().iter().map(|(user, account)| {
        let person = directory.person(&account.person);
        let grants = person.map(|person| person.roles.iter().chain(&person.grants));
        UserRow {
            user: user.clone(),
            person: account.person.clone(),
            name: account.name.clone(),
            disabled: account.disabled,
            grants: grants.into_iter().flatten().map(role_text).collect(),
        }
    });
    rows.collect()
}

/// `role:region` or `role:region:unit`, as the command line takes it.
fn role_text(grant: &GrantEntry) -> String {
    let unit = grant
        .unit
        .as_ref()
        .map(|unit| format!(":{unit}"))
        .unwrap_or_default();
    format!("{}:{}{unit}", grant.role, grant.region)
}

async fn grant(handle: &Handle, who: String, grants: Vec<GrantEntry>) -> Result<Reply, Refusal> {
    let person = handle.directory(move |directory| match directory.account(&who) {
        Some(account) => Some(account.person.clone()),
        None => PersonId::new(&who)
            .ok()
            .filter(|person| directory.person(person).is_some()),
    });
    let person = person.await?.ok_or_else(no_user)?;
    acts(handle, vec![AuthorityAct::Grants { person, grants }]).await
}

async fn held(handle: &Handle, of: &HeldOf) -> Result<Vec<QuarantineItem>, Refusal> {
    let filter = QuarantineFilter {
        // The first two digits of a region code are a province's.
        regions: (10..100)
            .filter_map(|n| RegionCode::new(&format!("{n}")).ok())
            .collect(),
        record: of.record,
        device: of.device,
        answered: false,
        items_max: usize::MAX,
    };
    Ok(handle.quarantine(filter).await?)
}

fn row(item: &QuarantineItem) -> HeldRow {
    HeldRow {
        record: item.record,
        device: item.device,
        person: item.person.clone(),
        verdict: verdict_text(item.verdict),
        time: item.time,
        position: item.position,
    }
}

fn verdict_text(verdict: Verdict) -> String {
    let word = verdict.as_str();
    let reason = verdict.reason();
    reason.map_or_else(
        || word.to_owned(),
        |why| format!("{word}: {} ({})", why.zh(), why.en()),
    )
}

async fn answer(
    handle: &Handle,
    of: HeldOf,
    user: String,
    close: Option<String>,
) -> Result<Reply, Refusal> {
    let name = user.clone();
    let person = handle.directory(move |directory| {
        let account = directory
            .account(&name)
            .filter(|account| !account.disabled)?;
        Some(account.person.clone())
    });
    let person = person.await?.ok_or_else(no_user)?;
    let by = OfficeUser {
        user,
        session: CONSOLE.to_owned(),
        person,
    };
    let items = held(handle, &of).await?;
    let ids = items.iter().map(|item| ItemId {
        record: item.record,
        write: item.write,
        hash: item.hash,
    });
    let how = close.map_or(QuarantineAnswer::Release, QuarantineAnswer::Close);
    let verdicts = handle.answer(by, ids.collect(), how).await?;
    let rows = items.iter().zip(verdicts).map(|(item, (_, verdict))| {
        let verdict = match verdict {
            Ok(verdict) => verdict_text(verdict),
            Err(error) => Refusal::from(error).0,
        };
        HeldRow {
            verdict,
            ..row(item)
        }
    });
    Ok(Reply::Answered(rows.collect()))
}

async fn move_to(
    handle: &Handle,
    record: liandu_core::id::RecordId,
    to: Scope,
) -> Result<Reply, Refusal> {
    if let Some(group) = to.group.clone() {
        let region = to.region.clone();
        let known = handle.directory(move |directory| {
            directory
                .group(&group)
                .is_some_and(|known| known.region == region)
        });
        if !known.await? {
            return Err(Refusal(format!(
                "{to}：没有这个小组，或小组不在该地区 (no such group in this region)"
            )));
        }
    }
    acts(handle, vec![AuthorityAct::Move { record, to }]).await
}
