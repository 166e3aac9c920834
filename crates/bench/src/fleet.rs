//! A fleet of real devices in this process: real engines, keys, seals and sockets, storage in
//! memory.
//!
//! Never looks into the server: what it knows it learned by syncing.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use liandu_device::native::{Device, DriveError, Memory, SyncReport, Trouble};
use tokio::task::JoinSet;

use crate::process::Server;

/// How long one sync of one device may take.
const SYNC_SECONDS_MAX: u64 = 600;

/// Connections a device may lose in one sync.
const RECONNECTS_MAX: usize = 20;

/// A device of the fleet.
pub type Phone = Device<Memory>;

/// The people a fleet needs, as the two files that an office imports.
#[derive(Debug, Clone)]
pub struct Crew {
    groups: String,
    people: String,
    codes: Vec<String>,
}

impl Crew {
    /// One person for each device; `group_of` names the group of a device. All in `region`.
    pub fn new(devices: usize, region: &str, group_of: impl Fn(usize) -> String) -> Crew {
        let mut groups: Vec<String> = (0..devices).map(&group_of).collect();
        groups.sort();
        groups.dedup();
        let mut groups_csv = String::from("code,name,region,domain,kind\n");
        for group in groups {
            let _ = writeln!(groups_csv, "{group},小组 {group},{region},land,deputy");
        }
        let mut people = String::from("code,name,level,region,group,member_kind,role,leader\n");
        let mut codes = Vec::with_capacity(devices);
        for device in 0..devices {
            let code = format!("rep-{device:04}");
            let group = group_of(device);
            let _ = writeln!(
                people,
                "{code},代表{device:04},county,{region},{group},deputy,representative,no"
            );
            codes.push(code);
        }
        Crew {
            groups: groups_csv,
            people,
            codes,
        }
    }

    /// Imports groups and people and enrols one device each.
    pub async fn enrol(&self, server: &Server, scratch: &Path) -> Result<Vec<Phone>> {
        let groups = scratch.join("groups.csv");
        let people = scratch.join("people.csv");
        std::fs::write(&groups, &self.groups).context("write groups.csv")?;
        std::fs::write(&people, &self.people).context("write people.csv")?;
        server.import_people(&groups, &people)?;
        let mut phones = Vec::with_capacity(self.codes.len());
        let invitations = server.invite_all(&self.codes)?;
        for (code, invitation) in self.codes.iter().zip(invitations) {
            let mut phone = Device::open(Memory::default(), "liandu-bench")?;
            phone
                .enrol(&server.sync_url(), &invitation, code)
                .await
                .with_context(|| format!("enrol {code}"))?;
            phones.push(phone);
        }
        Ok(phones)
    }
}

/// Syncs one device, connecting again when a busy server lets go of it, as devices do.
async fn sync_through(phone: &mut Phone) -> Result<SyncReport, DriveError> {
    for _ in 0..RECONNECTS_MAX {
        let report = phone.sync(Duration::from_secs(SYNC_SECONDS_MAX)).await?;
        if !matches!(report.trouble, Some(Trouble::Unreachable(_))) {
            return Ok(report);
        }
    }
    phone.sync(Duration::from_secs(SYNC_SECONDS_MAX)).await
}

/// Syncs every device until all of them have exchanged everything, `at_once` at a time.
pub async fn sync_all(phones: Vec<Phone>, at_once: usize) -> Result<Vec<Phone>> {
    each(phones, at_once, |mut phone| async move {
        let report = sync_through(&mut phone).await.context("sync")?;
        if let Some(trouble) = report.trouble {
            bail!("could not sync: {trouble:?}");
        }
        phone.disconnect().await?;
        Ok(phone)
    })
    .await
}

/// Lets every device work, `at_once` at a time; gives them back in their order.
pub async fn each<Work, Done>(phones: Vec<Phone>, at_once: usize, work: Work) -> Result<Vec<Phone>>
where
    Work: Fn(Phone) -> Done,
    Done: Future<Output = Result<Phone>> + Send + 'static,
{
    let mut waiting = phones.into_iter().enumerate();
    let mut running = JoinSet::new();
    let mut done: Vec<(usize, Phone)> = Vec::new();
    loop {
        while running.len() < at_once
            && let Some((index, phone)) = waiting.next()
        {
            let work = work(phone);
            running.spawn(async move { (index, work.await) });
        }
        let Some(joined) = running.join_next().await else {
            break;
        };
        let (index, phone) = joined.context("a device's task")?;
        done.push((index, phone.with_context(|| format!("device {index}"))?));
    }
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, phone)| phone).collect())
}
