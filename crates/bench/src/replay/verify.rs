//! Whether everything agrees at the end: office, CSV, devices, quarantine, and the log itself.
//!
//! Never trusts the devices' own word alone: records are read back through the office's API.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use liandu_core::id::RecordId;
use liandu_core::verdict::Reason;
use liandu_device::Status;

use crate::fleet::Phone;
use crate::office::Office;
use crate::process::{Server, run};
use crate::replay::Outcome;
use crate::replay::plan::{Plan, members};
use crate::replay::rows::{Counts, Row, counts};

/// Reads everything back.
pub(super) fn verify(
    rows: &[Row],
    plan: &Plan,
    server: &Server,
    mut phones: Vec<Phone>,
    ids: &[RecordId],
) -> Result<Outcome> {
    let office = server.office("congress-office", "130000")?;
    let receipts = receipts(&mut phones, plan)?;
    let at = at_least(&mut phones);
    let records = office.count(&format!("campaign=la311&at_least={at}"))?;
    ensure!(
        records == rows.len() as u64,
        "{records} records at the office of {}",
        rows.len()
    );
    let by = |field: &str, of: fn(&Row) -> &str| -> Result<Counts> {
        let found = office.count_by("campaign=la311", &format!("field.{field}"))?;
        let expected = counts(rows, of);
        ensure!(
            found == expected,
            "{field}: the office counts {found:?}, the CSV {expected:?}"
        );
        Ok(found)
    };
    let by_type = by("request_type", |row| &row.requesttype)?;
    let by_status = by("status", |row| &row.status)?;
    let by_channel = by("channel", |row| &row.requestsource)?;
    let by_owner = by("owner", |row| &row.owner)?;
    let open_conflicts = open_conflicts(&office, plan, ids)?;
    let (quarantined, followers) = quarantine(&office, plan)?;
    devices_agree(&mut phones, plan, ids)?;
    Ok(Outcome {
        workload: "replay",
        records,
        devices: 0,
        seed: 0,
        edits: 0,
        receipts,
        open_conflicts,
        quarantined,
        followers,
        by_type,
        by_status,
        by_channel,
        by_owner,
        wall_s: 0.0,
        verified: false,
    })
}

/// What is in quarantine for a reason of its own is exactly what was forbidden. Beside it stand
/// followers: changes written on top of a forbidden one, which their devices have offered again
/// since (`receipts` has seen that they arrived).
fn quarantine(office: &Office, plan: &Plan) -> Result<(u64, u64)> {
    let all = office.all("/api/quarantine", "edits", "before")?;
    let follows = |edit: &&serde_json::Value| {
        edit["reason"].as_u64() == Some(u64::from(Reason::OnRefused.code()))
    };
    let followers = all.iter().filter(follows).count() as u64;
    let quarantined = all.len() as u64 - followers;
    ensure!(
        quarantined == plan.forbidden() as u64,
        "{quarantined} edits in quarantine, {} were forbidden",
        plan.forbidden()
    );
    Ok((quarantined, followers))
}

/// Every edit is at the office or refused as planned; gives how many have a receipt.
fn receipts(phones: &mut [Phone], plan: &Plan) -> Result<u64> {
    let mut receipts = 0;
    let mut refused = 0;
    for (index, phone) in phones.iter_mut().enumerate() {
        for edit in phone.engine().all_edits() {
            match edit.status {
                Status::AtOffice { .. } => receipts += 1,
                Status::Refused(_) => refused += 1,
                Status::Saving
                | Status::OnDevice
                | Status::Sent
                | Status::Held(_)
                | Status::Unapplied(_) => anyhow::bail!("device {index}: {edit:?}"),
            }
        }
    }
    ensure!(
        refused == plan.forbidden(),
        "{refused} refused, {} forbidden",
        plan.forbidden()
    );
    Ok(receipts)
}

/// The last position that any device knows of.
fn at_least(phones: &mut [Phone]) -> u64 {
    let positions = phones
        .iter_mut()
        .filter_map(|phone| phone.engine().status().position);
    positions.map(|position| position.0).max().unwrap_or(0)
}

/// Open conflicts are exactly those that nobody was to decide.
fn open_conflicts(office: &Office, plan: &Plan, ids: &[RecordId]) -> Result<u64> {
    let open = office.all("/api/conflicts?campaign=la311", "records", "before")?;
    let found: BTreeSet<String> = open
        .iter()
        .map(|item| item["record"]["id"].as_str().unwrap_or_default().to_owned())
        .collect();
    let rows = plan.rows.iter().zip(ids).filter(|(row, _)| row.open);
    let expected: BTreeSet<String> = rows.map(|(_, id)| id.to_string()).collect();
    ensure!(
        found == expected,
        "open at the office {found:?}, meant to be open {expected:?}"
    );
    let conflicts = open
        .iter()
        .map(|item| item["conflicts"].as_array().map_or(0, Vec::len));
    Ok(conflicts.sum::<usize>() as u64)
}

/// All devices of a group read the same.
fn devices_agree(phones: &mut [Phone], plan: &Plan, ids: &[RecordId]) -> Result<()> {
    let mut first: BTreeMap<RecordId, String> = BTreeMap::new();
    for (index, id) in ids.iter().enumerate() {
        for device in members(plan.group_of(index), plan.devices) {
            let view = phones[device].engine().record(*id);
            let view = view.with_context(|| format!("record {id} on device {device}"))?;
            let heads = view.heads.to_string();
            let same = first.entry(*id).or_insert_with(|| heads.clone());
            ensure!(*same == heads, "record {id} differs on device {device}");
        }
    }
    Ok(())
}

/// Log, index and tables agree, and a rebuild from the log gives the same counts.
pub(super) fn rebuild_agrees(bin: &Path, data: &Path, outcome: &Outcome) -> Result<()> {
    run(bin, data, &["check"], None).context("check")?;
    run(bin, data, &["rebuild"], None).context("rebuild")?;
    run(bin, data, &["check"], None).context("check after the rebuild")?;
    let server = Server::start(bin, data)?;
    let office = server.sign_in("congress-office", "130000")?;
    let records = office.count("campaign=la311")?;
    ensure!(
        records == outcome.records,
        "{records} records after the rebuild"
    );
    let by_status = office.count_by("campaign=la311", "field.status")?;
    ensure!(
        by_status == outcome.by_status,
        "after the rebuild: {by_status:?}"
    );
    server.stop()
}
