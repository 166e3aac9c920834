//! What commands print: for people, or one JSON document.
//!
//! Never prints a secret except an invitation's code, once.

use std::fmt::Write as _;
use std::io::Write as _;

use liandu_core::id::PersonId;
use liandu_core::time::Timestamp;
use serde_json::{Value, json};

use crate::accounts::invitation::typed;
use crate::command::request::{HeldRow, Reply, UserRow};

/// Writes to standard output; whoever reads may have gone.
pub(in crate::command) fn out(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{text}")?)
}

/// Prints a reply.
pub(super) fn reply(reply: &Reply, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return out(&to_json(reply).to_string());
    }
    out(text(reply).trim_end())
}

fn text(reply: &Reply) -> String {
    match reply {
        Reply::Done { position } | Reply::Invited { position, .. } => {
            format!("已记入日志，位置 {position} (in the log at position {position})")
        }
        Reply::Users(users) if users.is_empty() => {
            "还没有用户，用 admin users add 新增 (no users yet)".to_owned()
        }
        Reply::Users(users) => users.iter().map(user_line).collect(),
        Reply::Held(rows) if rows.is_empty() => "隔离区是空的 (the quarantine is empty)".to_owned(),
        Reply::Held(rows) | Reply::Answered(rows) => {
            let mut text: String = rows.iter().map(held_line).collect();
            // Writing to a String cannot fail.
            let _ = write!(text, "共 {0} 条 ({0} in all)", rows.len());
            text
        }
        Reply::BackedUp {
            position,
            bytes,
            tombstones,
        } => format!(
            "备份完成并已核验：到位置 {position}，{bytes} 字节，删除清单 {tombstones} 条\n\
             The backup is complete and was verified: up to position {position}, {bytes} bytes, \
             {tombstones} erased records listed\n\
             签名密钥不在备份中，请确认已另行保管。The authority key is not in it: keep it apart.\n\
             照片和附件不在备份中，请一并复制数据目录里的 files；check 会逐个核对。Photos and files \
             are not in it: copy the folder `files` of the data folder too; `check` verifies each."
        ),
        Reply::Counts {
            groups,
            people,
            devices,
            users,
            position,
        } => format!(
            "小组 groups {groups}\n人员 people {people}\n设备 devices {devices}\n用户 users {users}\n\
             日志位置 log position {position}"
        ),
        Reply::Failed(text) => text.clone(),
    }
}

fn user_line(user: &UserRow) -> String {
    let disabled = if user.disabled {
        "  已禁用 (disabled)"
    } else {
        ""
    };
    let UserRow {
        user,
        person,
        name,
        grants,
        ..
    } = user;
    format!("{user}\t{person}\t{name}\t{}{disabled}\n", grants.join(" "))
}

fn held_line(row: &HeldRow) -> String {
    let person = row.person.as_ref().map_or("?", |person| person.as_str());
    let (record, device, time) = (row.record, row.device, row.time.iso());
    format!(
        "{time}  记录 record {record}  设备 device {device}  {person}\n    {}\n",
        row.verdict
    )
}

fn to_json(reply: &Reply) -> Value {
    match reply {
        Reply::Done { position } => json!({ "position": position.0 }),
        Reply::Invited { position, url } => json!({ "position": position.0, "url": url }),
        Reply::Users(users) => {
            let users = users.iter().map(|user| {
                json!({
                    "user": user.user, "person": user.person.as_str(), "name": user.name,
                    "disabled": user.disabled, "grants": user.grants,
                })
            });
            json!({ "users": users.collect::<Vec<_>>() })
        }
        Reply::Held(rows) | Reply::Answered(rows) => {
            let rows = rows.iter().map(|row| {
                json!({
                    "record": row.record.to_string(), "device": row.device.to_string(),
                    "person": row.person.as_ref().map(PersonId::as_str), "verdict": row.verdict,
                    "time": row.time.iso(), "position": row.position.0,
                })
            });
            json!({ "items": rows.collect::<Vec<_>>() })
        }
        Reply::BackedUp {
            position,
            bytes,
            tombstones,
        } => {
            json!({ "position": position.0, "bytes": bytes, "tombstones": tombstones })
        }
        Reply::Counts {
            groups,
            people,
            devices,
            users,
            position,
        } => json!({
            "groups": groups, "people": people, "devices": devices, "users": users,
            "position": position.0,
        }),
        Reply::Failed(text) => json!({ "error": text }),
    }
}

/// Prints codes, each once.
pub(super) fn invitations(
    reply: &Reply,
    codes: &[(PersonId, String)],
    expires: Timestamp,
    as_json: bool,
) -> anyhow::Result<()> {
    let Reply::Invited { url, position } = reply else {
        return self::reply(reply, as_json);
    };
    let qr = |code: &str| format!("liandu:enrol?server={url}&code={code}");
    if as_json {
        let one = |(person, code): &(PersonId, String)| json!({ "person": person.as_str(), "code": code, "typed": typed(code), "qr": qr(code) });
        let invitations: Vec<Value> = codes.iter().map(one).collect();
        let all = json!({
            "position": position.0, "url": url, "expires": expires.iso(),
            "invitations": invitations,
        });
        return out(&all.to_string());
    }
    for (person, code) in codes {
        out(&format!(
            "人员 person  {person}\n验证码 code   {}\n二维码 QR     {}\n有效至 until  {}",
            typed(code),
            qr(code),
            expires.iso()
        ))?;
    }
    out(&format!(
        "只显示这一次，用后即废 (shown once, works once)\n在设备上 on the device:  liandu enrol --server {url} --code CODE"
    ))
}
