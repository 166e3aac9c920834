//! `enrol` and `sync`: the two commands that need a network.
//!
//! Never loses anything when there is none: what is on the device stays there.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use liandu_device::Event;
use liandu_device::native::{SyncReport, Trouble, socket_address};
use serde_json::json;

use crate::args::{Enrol, Sync};
use crate::photo::send::Sent;
use crate::{Here, NeedsAPerson, Said, photo, say, words};

pub(crate) async fn enrol(here: &mut Here, asked: &Enrol) -> anyhow::Result<Said> {
    let (server, code) = invitation(asked)?;
    here.enrol(&socket_address(&server), &code, &asked.name)
        .await?;
    let engine = here.engine();
    let overview = engine.status();
    let scopes: Vec<String> = engine.scopes().iter().map(ToString::to_string).collect();
    let person = overview
        .person
        .map(|person| person.to_string())
        .unwrap_or_default();
    let human = format!(
        "已登记 (enrolled): {} {person}\n范围 scopes: {}\n接下来 next: liandu sync",
        overview.name,
        scopes.join(" ")
    );
    let json = json!({
        "person": person,
        "name": overview.name,
        "device": overview.device.map(|device| device.hex()),
        "scopes": scopes,
    });
    Ok(Said::new(human, json))
}

/// Server and code as typed, or both from what the invitation's QR code says.
fn invitation(asked: &Enrol) -> anyhow::Result<(String, String)> {
    let parts = asked
        .code
        .strip_prefix("liandu:enrol?")
        .map(|rest| rest.split('&'));
    let from_qr = |name: &str| {
        let mut parts = parts.clone()?;
        parts.find_map(|part| {
            part.strip_prefix(name)?
                .strip_prefix('=')
                .map(str::to_owned)
        })
    };
    let code = from_qr("code").unwrap_or_else(|| asked.code.clone());
    let server = asked.server.clone().or_else(|| from_qr("server"));
    let server = server.context("请用 --server 写明服务器地址 (name the server with --server)")?;
    Ok((server, code))
}

pub(crate) async fn sync(
    here: &mut Here,
    dir: &Path,
    (asked, json): (&Sync, bool),
) -> anyhow::Result<Said> {
    if here.engine().device().is_none() {
        bail!("本机尚未登记:liandu enrol --server … --code … (not enrolled)");
    }
    if asked.watch {
        // Nobody else opens the folder while it is watched: no photo is added until the end.
        let report = here.sync(Duration::from_secs(asked.timeout)).await?;
        if report.trouble.is_none() {
            photo::send::all(here, dir).await?;
        }
        watch(here, json).await?;
        return Ok(Said::new(String::new(), json!({ "watched": true })));
    }
    let report = here.sync(Duration::from_secs(asked.timeout)).await?;
    // With a line open there is a way for photos, too.
    let photos = match &report.trouble {
        None => photo::send::all(here, dir).await?,
        Some(_) => Sent::waiting(photo::waiting(here, dir)?.len()),
    };
    here.disconnect().await?;
    let overview = here.engine().status();
    let left = overview.on_device + overview.sent;
    let trouble = trouble(&report);
    let said = json!({
        "changed": report.changed,
        "answered": report.answered,
        "unsent": left,
        "refused": overview.refused,
        "held": overview.held,
        "position": overview.position.map(|position| position.0),
        "escrow": report.escrow,
        "photos": { "sent": photos.sent, "waiting": photos.left, "trouble": photos.trouble },
        "trouble": trouble,
    });
    if let Some(trouble) = trouble {
        let said = format!(
            "{trouble}\n本机 {left} 项修改尚未送达,都已保存 ({left} edits are not at the office; \
             they are safe on this device)"
        );
        // A device that the server turned away waits for a person, a network for itself.
        return Err(match report.trouble {
            Some(Trouble::Stopped(_)) => NeedsAPerson(said).into(),
            Some(Trouble::Unreachable(_) | Trouble::TimedOut) | None => anyhow::Error::msg(said),
        });
    }
    let mut human = format!(
        "已同步 (in sync): 收到 {} 条记录的更新,{} 项修改有了答复 ({} records changed, {} edits \
         answered)\n",
        report.changed, report.answered, report.changed, report.answered
    );
    if report.escrow {
        human
            .push_str("设备已停用:内容由人大办暂存待核 (revoked: kept until the office decides)\n");
    }
    if left > 0 {
        human.push_str(&format!(
            "还有 {left} 项未送达 (edits not at the office yet)\n"
        ));
    }
    human.push_str(&about_photos(&photos));
    if overview.refused > 0 {
        human.push_str(&format!(
            "{} 项被退回,见 liandu status (edits were refused)\n",
            overview.refused
        ));
    }
    Ok(Said {
        human,
        json: said,
        needs_a_person: overview.refused > 0 || report.escrow,
    })
}

/// What became of the photos, where there were any.
fn about_photos(photos: &Sent) -> String {
    let mut said = String::new();
    if photos.sent > 0 {
        said.push_str(&format!(
            "照片 photos: {0} 张已送达 ({0} sent)\n",
            photos.sent
        ));
    }
    if photos.left > 0 {
        let why = photos.trouble.as_deref().unwrap_or_default();
        said.push_str(&format!(
            "还有 {0} 张照片未送达,都在本机,下次同步再送 ({0} photos wait here for the next sync): {why}\n",
            photos.left
        ));
    }
    said
}

fn trouble(report: &SyncReport) -> Option<String> {
    report.trouble.as_ref().map(|trouble| match trouble {
        Trouble::Unreachable(why) => format!("连不上服务器 (cannot reach the server): {why}"),
        Trouble::Stopped(stop) => words::stopped(*stop).to_owned(),
        Trouble::TimedOut => "超时 (timed out)".to_owned(),
    })
}

/// Tells what happens as it happens, one line each, until Ctrl-C.
async fn watch(here: &mut Here, json: bool) -> anyhow::Result<()> {
    let stop = async {
        // Without a signal handler the process simply ends: everything is durable.
        let _ = tokio::signal::ctrl_c().await;
    };
    here.run(stop, |engine, event| {
        let (human, said) = match event {
            Event::Changed(record) => (
                format!("更新 changed {}", words::short(&record)),
                json!({ "changed": record.to_string() }),
            ),
            Event::Answered { record, number } => {
                let Some(status) = engine.status_of(&record, number) else {
                    return;
                };
                (
                    format!(
                        "#{number} {} {}",
                        words::short(&record),
                        words::status(status)
                    ),
                    json!({
                        "answered": number, "record": record.to_string(),
                        "status": status.as_str(),
                    }),
                )
            }
            Event::Connection(status) => (
                words::connection(Some(status)),
                json!({ "connection": words::connection(Some(status)) }),
            ),
            Event::Definition(name) => (
                format!("方案 definition {}@{}", name.campaign, name.version),
                json!({ "definition": format!("{}@{}", name.campaign, name.version) }),
            ),
            Event::Saved { .. }
            | Event::Enrolled
            | Event::EnrolFailed(_)
            | Event::StoreFailed
            | Event::KeyFailed
            | Event::Odd(_) => return,
        };
        if json {
            say(&said.to_string());
        } else {
            say(&human);
        }
    })
    .await?;
    Ok(())
}
