//! How things are said to a person: Chinese first, then English.
//!
//! Never computes anything: what it is given is what it says.

use liandu_core::campaign::{Campaign, Label};
use liandu_core::id::RecordId;
use liandu_core::protocol::client;
use liandu_core::record::edit::Edit;
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::value::Value;
use liandu_core::record::view::{Act, ConflictKind, Provenance};
use liandu_core::time::Timestamp;
use liandu_core::workflow::workflow;
use liandu_device::Status;

use crate::value::type_of;

/// The last eight digits: enough to name a record on one device.
pub(crate) fn short(id: &RecordId) -> String {
    let hex = id.hex();
    hex.get(hex.len().saturating_sub(8)..)
        .unwrap_or(&hex)
        .to_owned()
}

/// Beijing time to the minute.
pub(crate) fn moment(time: Timestamp) -> String {
    let iso = time.plus_ms(8 * 3_600_000).iso();
    iso.get(..16).unwrap_or(&iso).replace('T', " ")
}

pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Inspection => "检查",
        Kind::Problem => "问题",
        Kind::Opinion => "意见",
        Kind::Object => "对象",
        Kind::Task => "任务",
        Kind::Activity => "活动",
        Kind::Referral => "移送",
    }
}

pub(crate) fn state(kind: Kind, word: &str) -> String {
    let rule = workflow(kind).states.iter().find(|state| state.id == word);
    rule.map_or_else(|| word.to_owned(), |rule| format!("{} {word}", rule.zh))
}

pub(crate) fn event(kind: Kind, word: &str) -> String {
    let rule = workflow(kind).events.iter().find(|event| event.id == word);
    rule.map_or_else(|| word.to_owned(), |rule| format!("{} {word}", rule.zh))
}

/// What people call a place.
pub(crate) fn place(campaign: Option<&Campaign>, kind: Kind, path: &Path) -> String {
    label(campaign, kind, path).unwrap_or_default()
}

fn label(campaign: Option<&Campaign>, kind: Kind, path: &Path) -> Option<String> {
    let campaign = campaign?;
    let name = |label: &Label| label.zh.clone();
    match path {
        Path::Field(id) => campaign.field(kind, id).map(|def| name(&def.label)),
        Path::Answer(id) => campaign
            .question(id)
            .map(|(_, question)| name(&question.text)),
        Path::Item {
            collection, field, ..
        } => {
            let of = campaign.collection(kind, collection)?;
            let def = campaign.item_field(kind, collection, field)?;
            Some(format!("{}·{}", of.name.zh, def.label.zh))
        }
        Path::Text(id) => campaign.text(kind, id).map(|def| name(&def.label)),
        Path::State => Some("状态".to_owned()),
    }
}

/// A value with the names of codes and units.
pub(crate) fn value(campaign: Option<&Campaign>, kind: Kind, path: &Path, value: &Value) -> String {
    let list = campaign.and_then(|campaign| type_of(campaign, kind, path)?.1);
    let code = |code: &str| {
        let name = campaign
            .zip(list)
            .and_then(|(campaign, list)| campaign.code(list, code));
        name.map_or_else(|| code.to_owned(), |name| format!("{} {code}", name.zh))
    };
    match (path, value) {
        (_, Value::Empty) => "(空 empty)".to_owned(),
        (Path::State, Value::Text(word)) => state(kind, word),
        (_, Value::Text(text)) => code(text),
        (_, Value::Codes(codes)) => codes
            .iter()
            .map(|one| code(one))
            .collect::<Vec<_>>()
            .join("、"),
        (_, Value::Bool(yes)) => if *yes { "是 yes" } else { "否 no" }.to_owned(),
        (_, Value::Time(time)) => moment(*time),
        (_, Value::Quantity(quantity)) => {
            let unit = campaign.and_then(|campaign| campaign.units.get(&quantity.unit));
            let shown = value.to_string();
            match (unit, shown.rsplit_once(' ')) {
                (Some(unit), Some((number, _))) => format!("{number} {}", unit.name.zh),
                (Some(_) | None, _) => shown,
            }
        }
        (_, Value::Int(_) | Value::Position(_) | Value::Unknown(_)) => value.to_string(),
    }
}

/// Who wrote something and when.
pub(crate) fn by(by: &Provenance) -> String {
    let who = by.person.as_ref().map_or_else(
        || format!("设备 {}", by.device.hex().get(..6).unwrap_or_default()),
        ToString::to_string,
    );
    let office = by.server.map_or_else(
        || "尚未到人大办 not at the office".to_owned(),
        |(position, _)| format!("人大办 #{position}"),
    );
    let behalf = by.behalf.as_ref().map_or_else(String::new, |behalf| {
        format!(" 代 {behalf} 录入 (for {behalf})")
    });
    format!("{who}{behalf} · {} · {office}", moment(by.device_time))
}

/// What became of an edit.
pub(crate) fn status(status: Status) -> String {
    match status {
        Status::Saving => "正在保存 being saved".to_owned(),
        Status::OnDevice => "在本机 on this device".to_owned(),
        Status::Sent => "已发出,待确认 sent, not answered".to_owned(),
        Status::AtOffice { position, .. } => {
            format!("已到人大办 at the office #{position}")
        }
        Status::Held(why) => format!("人大办暂存 held: {} ({})", why.zh(), why.en()),
        Status::Refused(why) => format!("被退回 refused: {} ({})", why.zh(), why.en()),
        Status::Unapplied(why) => {
            format!(
                "未能重新应用 not applied again: {} ({})",
                why.zh(),
                why.en()
            )
        }
    }
}

pub(crate) fn connection(status: Option<client::Status>) -> String {
    match status {
        None => "尚未登记 not enrolled".to_owned(),
        Some(client::Status::Waiting { until }) => {
            format!("未连接,{} 再试 not connected", moment(until))
        }
        Some(client::Status::Connecting) => "正在连接 connecting".to_owned(),
        Some(client::Status::CatchingUp) => "正在接收 catching up".to_owned(),
        Some(client::Status::InSync) => "已同步 in sync".to_owned(),
        Some(client::Status::Repairing) => "正在核对 comparing".to_owned(),
        Some(client::Status::Escrow) => {
            "设备已停用,内容由人大办暂存 revoked: kept until the office decides".to_owned()
        }
        Some(client::Status::Stopped(stop)) => stopped(stop).to_owned(),
    }
}

pub(crate) fn stopped(stop: client::Stop) -> &'static str {
    match stop {
        client::Stop::NotStarted => "未连接 not connected",
        client::Stop::Revoked => {
            "设备已停用,请联系人大办;本机内容都保留 (revoked: ask the office; everything is kept here)"
        }
        client::Stop::BadSignature => {
            "设备签名不正确,请联系人大办 (the signature is wrong: ask the office)"
        }
        client::Stop::UnknownDevice => {
            "服务器不认识此设备,请重新登记 (unknown to the server: enrol again)"
        }
        client::Stop::WrongServer => {
            "该地址是另一套系统 (another installation answers at this address)"
        }
    }
}

pub(crate) fn conflict(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::Values => "两种写法 two values",
        ConflictKind::Late => "定稿后的写法 written without knowing it was settled",
        ConflictKind::ClearedWhileEdited => "一人清空、一人修改 cleared while edited",
        ConflictKind::LateText => "定稿后的文字 text edited without knowing it was settled",
        ConflictKind::States => "状态不一 different states",
    }
}

pub(crate) fn act(campaign: Option<&Campaign>, kind: Kind, path: &Path, act: &Act) -> String {
    match act {
        Act::Wrote(written) => value(campaign, kind, path, written),
        Act::Resolved(Some(decided)) => {
            format!(
                "核定为 resolved to {}",
                value(campaign, kind, path, decided)
            )
        }
        Act::Resolved(None) => "核定,文字照旧 resolved as it stands".to_owned(),
        Act::Edited {
            deleted: 0,
            inserted,
        } => format!("+「{inserted}」"),
        Act::Edited { deleted, inserted } => format!("-{deleted} 字 +「{inserted}」"),
        Act::Undone => "撤销核定 decision taken back".to_owned(),
        Act::Cleared => "清空 cleared".to_owned(),
        Act::Happened(event_kind) => event(kind, event_kind.as_str()),
    }
}

/// What an edit does, in one line.
pub(crate) fn edit(edit: &Edit) -> String {
    let writes = |writes: &[liandu_core::record::edit::Write]| {
        let words: Vec<String> = writes
            .iter()
            .map(|write| format!("{}={}", write.path, write.value))
            .collect();
        words.join(" ")
    };
    match edit {
        Edit::Create {
            writes: given,
            texts,
        } => {
            let texts = texts
                .iter()
                .map(|(field, text)| format!(" t/{field}={text}"));
            format!("新建 {}{}", writes(given), texts.collect::<String>())
        }
        Edit::Set { writes: given } => writes(given),
        Edit::EditText { field, splices } => {
            let text: String = splices
                .iter()
                .map(|splice| splice.insert.as_str())
                .collect();
            format!("t/{field} …「{text}」")
        }
        Edit::ClearText { field } => format!("清空 t/{field}"),
        Edit::Event { event, .. } => format!("办理 {event}"),
        Edit::Resolve {
            path,
            value: Some(value),
            ..
        } => format!("核定 {path}={value}"),
        Edit::Resolve {
            path, value: None, ..
        } => format!("核定 {path}"),
        Edit::Undo { path, .. } => format!("撤销核定 {path}"),
    }
}
