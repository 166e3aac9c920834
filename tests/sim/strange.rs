//! What seldom goes wrong: bits that flip, writes that go astray, sectors that cannot be read,
//! copied folders, newer apps among older ones, bad middleboxes, forged receipts.
//!
//! Never in worlds that are not strange: seeds that found something keep their story.

use std::collections::BTreeSet;

use liandu_core::campaign::HEBEI_V2_JSON;
use liandu_core::id::Position;
use liandu_core::log::LogEntry;
use liandu_core::protocol::bundle::{Bundle, SignedReceipts};
use liandu_core::protocol::envelope::Envelope;
use liandu_core::protocol::message::Tier;
use liandu_core::protocol::update::{Receipt, RecordVerdicts};
use liandu_core::seal::SecretKey;
use liandu_device::{Input, Status};
use liandu_server::journal::{Payload, Pointer};
use liandu_server::keeper::ask::AuthorityAct;
use minicbor::bytes::ByteVec;

use super::device::Device;
use super::trace;
use super::world::{Event, World};

/// Names of copies, in the order in which they are made.
const COPIES: [&str; 2] = ["副本一", "副本二"];
/// Devices at the beginning.
const ORIGINALS: usize = 5;
/// A payload begins this far after its pointer, at the least.
const INTO_PAYLOAD_BYTES: u64 = 120;

/// What is strange in a world: `LIANDU_SIM_STRANGE` names them with commas, or `all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strange {
    Flips,
    Misdirected,
    Unreadable,
    Copies,
    Newer,
    Middlebox,
    Forged,
    /// No fault at all: people take decisions back.
    TakenBack,
    /// Keys of some devices are kept outside their engines, which ask for signatures.
    Outside,
    /// Visits that several phones begin, each without knowing of the others.
    Shared,
}

impl Strange {
    const ALL: [(&'static str, Strange); 10] = [
        ("flips", Strange::Flips),
        ("misdirected", Strange::Misdirected),
        ("unreadable", Strange::Unreadable),
        ("copies", Strange::Copies),
        ("newer", Strange::Newer),
        ("middlebox", Strange::Middlebox),
        ("forged", Strange::Forged),
        ("takenback", Strange::TakenBack),
        ("outside", Strange::Outside),
        ("shared", Strange::Shared),
    ];

    /// Those of an ordinary run that come together; damage to the log comes alone.
    pub(crate) const USUAL: [Strange; 7] = [
        Strange::Unreadable,
        Strange::Copies,
        Strange::Newer,
        Strange::Middlebox,
        Strange::Forged,
        Strange::Outside,
        Strange::Shared,
    ];

    /// How to ask for these again, before a command.
    pub(crate) fn words(strange: &[Strange]) -> String {
        let names = Strange::ALL.iter().filter(|(_, one)| strange.contains(one));
        let names: Vec<&str> = names.map(|(name, _)| *name).collect();
        match names.is_empty() {
            true => String::new(),
            false => format!("LIANDU_SIM_STRANGE={} ", names.join(",")),
        }
    }

    /// Those that were asked for; none when nothing was.
    ///
    /// # Panics
    /// On a name that is none.
    pub(crate) fn asked() -> Vec<Strange> {
        let Ok(text) = std::env::var("LIANDU_SIM_STRANGE") else {
            return Vec::new();
        };
        if text == "all" {
            return Strange::ALL.iter().map(|(_, one)| *one).collect();
        }
        let named = |name: &str| {
            let one = Strange::ALL.iter().find(|(other, _)| *other == name);
            one.unwrap_or_else(|| {
                panic!("LIANDU_SIM_STRANGE: {name} is none of {:?}", Strange::ALL)
            })
            .1
        };
        text.split(',').map(named).collect()
    }
}

/// What a bad middlebox does to a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mischief {
    Lost,
    Doubled,
    /// Others overtake it.
    Late,
}

/// After how many ms a frame arrives, as often as it does.
pub(crate) fn arrivals(mischief: Option<Mischief>) -> &'static [i64] {
    match mischief {
        None => &[0],
        Some(Mischief::Lost) => &[],
        Some(Mischief::Doubled) => &[0, 1],
        Some(Mischief::Late) => &[900],
    }
}

impl World {
    pub(crate) fn strange_fault(&mut self, device: usize) {
        let number = self.rng.below(12);
        let may = |kind| self.strange.contains(&kind);
        match number {
            0 | 1 if may(Strange::Flips) => self.flip_a_bit(),
            2 | 3 if may(Strange::Misdirected) => self.misdirect(),
            4 if may(Strange::Unreadable) => self.unreadable_sector(),
            5 if may(Strange::Copies) => self.copy_folder(device),
            6 | 7 if may(Strange::Newer) => self.newer_app(device),
            8..=10 if may(Strange::Middlebox) => self.bad_middlebox(device),
            11 => self.publish(),
            _ => {}
        }
    }

    /// Where edits are in the log: nothing else comes back from devices whole.
    fn somewhere_in_the_log(&mut self) -> Option<Pointer> {
        let journal = self.server.keeper.as_ref()?.journal()?;
        let is_edits = |payload: &Payload| match payload {
            Payload::Bytes(bytes) => matches!(LogEntry::decode(bytes), Ok(LogEntry::Edits(_))),
            Payload::Erased => false,
        };
        let read = journal.scan(Position(1)).filter_map(Result::ok);
        let edits = read.filter(|(_, read)| is_edits(&read.payload));
        let places: Vec<Pointer> = edits.map(|(pointer, _)| pointer).collect();
        self.rng.pick(&places).copied()
    }

    fn flip_a_bit(&mut self) {
        let Some(at) = self.somewhere_in_the_log() else {
            return;
        };
        self.count("flipped bits");
        self.log_damaged = true;
        trace::say(self.now, || format!("a bit flips at {at:?}"));
        let name = format!("{:010}.segment", at.segment);
        let bit = self.rng.below(8) as u8;
        self.server
            .disk
            .flip_bit(&name, at.offset + INTO_PAYLOAD_BYTES, bit);
    }

    fn misdirect(&mut self) {
        let Some(at) = self.somewhere_in_the_log() else {
            return;
        };
        self.count("misdirected writes");
        self.log_damaged = true;
        trace::say(self.now, || {
            format!("the next write goes to {at:?} instead")
        });
        self.server.disk.misdirect_next_write(at.offset);
    }

    fn unreadable_sector(&mut self) {
        let Some(at) = self.somewhere_in_the_log() else {
            return;
        };
        self.count("unreadable sectors");
        trace::say(self.now, || format!("{at:?} cannot be read for a while"));
        let place = (
            format!("{:010}.segment", at.segment),
            at.offset + INTO_PAYLOAD_BYTES,
        );
        self.server.disk.set_unreadable(Some(place));
        let wait = self.rng.range(100, 5_000);
        self.later(wait, Event::DiskReads);
    }

    /// Somebody copies a device's folder and starts the copy beside it.
    fn copy_folder(&mut self, device: usize) {
        let Some(name) = COPIES.get(self.devices.len() - ORIGINALS) else {
            return;
        };
        self.count("copied folders");
        let from = &self.devices[device];
        trace::say(self.now, || format!("{name} is a copy of {}", from.name));
        let mut copy = Device::new(name, from.person);
        copy.storage.durable = from.storage.durable.clone();
        copy.keeper = from.keeper.clone();
        (copy.enrolled, copy.revoked, copy.newer) = (true, from.revoked, from.newer);
        copy.start(&mut self.rng);
        self.devices.push(copy);
        self.tell(self.devices.len() - 1, Input::SyncNow);
    }

    /// An app whose forms the office has not published yet.
    fn newer_app(&mut self, device: usize) {
        if self.version > 1 || self.devices[device].newer {
            return;
        }
        self.count("newer apps");
        let name = self.devices[device].name;
        trace::say(self.now, || format!("{name} gets a newer app"));
        self.device_dies(device, 5);
        let mut value = vec![1];
        minicbor::encode(ByteVec::from(HEBEI_V2_JSON.to_vec()), &mut value).unwrap();
        let here = &mut self.devices[device];
        here.newer = true;
        here.storage
            .durable
            .insert(b"dhebei-6plus1@2".to_vec(), value);
    }

    fn bad_middlebox(&mut self, device: usize) {
        let what = [Mischief::Lost, Mischief::Doubled, Mischief::Late][self.rng.below(3)];
        if let Some(number) = self.devices[device].connection
            && let Some(wire) = self.wires.get_mut(&number)
        {
            wire.mischief = Some(what);
            self.count("frames lost, doubled or overtaken");
            let name = self.devices[device].name;
            trace::say(self.now, || format!("{name}'s next frame is {what:?}"));
        }
    }

    /// 1, seen from a device: only the office's word makes an edit safe. Receipts that another key
    /// signed change nothing.
    pub(crate) fn forged_receipts_arrive(&mut self, device: usize, file: &[u8]) {
        let now = self.clock(device);
        let forger = SecretKey::from_bytes(&self.rng.bytes());
        let Some(engine) = &mut self.devices[device].engine else {
            return;
        };
        let Ok(Envelope { cover, .. }) = Envelope::decode(file) else {
            return;
        };
        let before: Vec<_> = engine.all_edits().collect();
        let waiting = before.iter().filter(|edit| match edit.status {
            Status::Saving | Status::OnDevice | Status::Sent => true,
            Status::AtOffice { .. }
            | Status::Held(_)
            | Status::Refused(_)
            | Status::Unapplied(_) => false,
        });
        let claimed: Vec<RecordVerdicts> = waiting
            .map(|edit| RecordVerdicts {
                record: edit.record,
                receipts: vec![Receipt {
                    actor: edit.write.actor,
                    seq_max: edit.write.seq,
                    position: Position(9),
                }],
                others: Vec::new(),
                missing: false,
            })
            .collect();
        if claimed.is_empty() {
            return;
        }
        let deployment = cover.deployment;
        let mut bundle = Bundle::new(deployment, cover.maker, now);
        let sheets = SignedReceipts::sign(
            &forger,
            &deployment,
            Position(9),
            now,
            Tier::Fsynced,
            &claimed,
        );
        bundle.receipts = sheets.unwrap();
        let report = engine.bundle_import(now, &bundle.encode().unwrap());
        let after: Vec<_> = engine.all_edits().collect();
        assert_eq!(report.unwrap().receipts, 0, "check 1: a forged receipt");
        assert_eq!(before, after, "check 1: forged receipts were believed");
        self.count("forged receipts");
    }

    /// What a damaged log promised is worth what devices hold.
    pub(crate) fn forgive_damage(&mut self) {
        if self.log_damaged {
            self.ledger.server_restored();
        }
    }

    /// The log is looked through.
    pub(crate) fn mend_strange(&mut self) {
        if self.log_damaged {
            self.server.die(&mut self.rng);
            self.forgive_damage();
        }
    }

    /// Whether the office has, durably, the forms of newer apps.
    pub(crate) fn newer_is_published(&self) -> bool {
        let keeper = self.server.keeper.as_ref();
        keeper.is_some_and(|keeper| {
            let names = keeper.definition_names(&BTreeSet::new());
            names.iter().any(|name| name.version > 1)
        })
    }

    /// Sometimes.
    pub(crate) fn publish_what_newer_apps_brought(&mut self) {
        let newer = self.devices.iter().any(|device| device.newer);
        if newer && self.version == 1 && self.rng.percent(50) {
            self.version = 2;
            self.authority(AuthorityAct::Definition(HEBEI_V2_JSON.to_vec()));
        }
    }
}
