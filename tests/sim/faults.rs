//! What goes wrong: crashes, full disks, broken wires, restored backups, wrong clocks.
//!
//! Never after `calm`: then everything is mended once and stays so.

use liandu_core::campaign::HEBEI_V2_JSON;
use liandu_core::time::Timestamp;
use liandu_server::keeper::ask::AuthorityAct;

use super::device::Device;
use super::index::SimIndex;
use super::server::{Death, RESERVE_BYTES};
use super::setup::{groups_of, person};
use super::strange::Strange;
use super::trace;
use super::world::{Event, World};

const YEAR_MS: i64 = 365 * 24 * 3_600_000;

impl World {
    pub(crate) fn server_start(&mut self, restored: bool) {
        if self.server.keeper.is_some() {
            return;
        }
        match self.server.start(self.now, &mut self.rng, restored) {
            Ok(()) => trace::say(self.now, || {
                let at = self
                    .server
                    .keeper
                    .as_ref()
                    .map(|keeper| keeper.position().0);
                format!("server starts at {at:?}, restored: {restored}")
            }),
            Err(error) => {
                // A full disk takes no first entry of a new life, and no damaged segment beside.
                trace::say(self.now, || format!("server does not start: {error}"));
                assert!(
                    !self.calm,
                    "check 1: the server does not start again: {error:?}"
                );
                if self.log_damaged {
                    trace::say(self.now, || "somebody makes room".to_owned());
                    self.server.disk.set_capacity_bytes(None);
                }
                self.later(500, Event::ServerStart);
            }
        }
    }

    /// The process dies; sockets notice after a while.
    pub(crate) fn server_dies(&mut self) {
        self.count("server deaths");
        self.server.die(&mut self.rng);
        self.forgive_damage();
        self.check_promises();
        self.cut_all();
        let wait = self.rng.range(10, 4_000);
        self.later(wait, Event::ServerStart);
    }

    pub(crate) fn cut_all(&mut self) {
        for device in 0..self.devices.len() {
            self.cut(device);
        }
        self.wires.clear();
    }

    pub(crate) fn device_start(&mut self, device: usize) {
        if self.devices[device].engine.is_some() {
            return;
        }
        self.devices[device].start(&mut self.rng);
        self.tell(device, liandu_device::Input::SyncNow);
    }

    /// A device's process dies and comes again after so long.
    pub(crate) fn device_dies(&mut self, device: usize, ms: i64) {
        self.count("device deaths");
        let name = self.devices[device].name;
        trace::say(self.now, || format!("{name} dies"));
        self.hang_up(device);
        self.devices[device].crash(&mut self.rng);
        self.later(ms, Event::DeviceStart(device));
    }

    /// One fault.
    pub(crate) fn fault(&mut self) {
        let device = self.rng.below(self.devices.len());
        let faulty = |one: &Strange| *one != Strange::TakenBack;
        if self.strange.iter().any(faulty) && self.rng.percent(60) {
            return self.strange_fault(device);
        }
        if self.far {
            return self.fault_far_away(device);
        }
        match self.rng.below(20) {
            0 => self.set_death(Death::BeforeFsync),
            1 => self.set_death(Death::AfterFsync),
            2 => {
                let writes = self.rng.range(1, 6) as u64;
                self.set_death(Death::Within(writes));
            }
            3 => self.disk_fault(),
            4 => self.index_fault(),
            5 | 6 => {
                let wait = self.rng.range(5, 5_000);
                self.device_dies(device, wait);
            }
            7 | 8 => {
                let name = self.devices[device].name;
                trace::say(self.now, || format!("{name}'s connection breaks"));
                self.cut(device);
            }
            9 => self.half_open(device),
            10 => self.devices[device].slow_ms = self.rng.range(0, 800),
            11 | 12 => {
                let offline = self.rng.range(1_000, 60_000);
                self.devices[device].offline_until = self.now.plus_ms(offline);
                self.cut(device);
                self.later(offline, Event::Online(device));
            }
            13 => self.skew(device),
            14 => self.commit_fails(device),
            15 => self.device_backup(device),
            16 => self.server_backup(),
            17 => self.member(device),
            18 => self.publish(),
            _ => self.garbage(device),
        }
    }

    /// Few crashes, long ways: days without network, backups restored.
    fn fault_far_away(&mut self, device: usize) {
        match self.rng.below(20) {
            0 => self.set_death(Death::BeforeFsync),
            1 => self.set_death(Death::AfterFsync),
            2 => self.disk_fault(),
            3 => self.index_fault(),
            4 => {
                let wait = self.rng.range(5, 100_000);
                self.device_dies(device, wait);
            }
            5..=9 => {
                let offline = self.rng.range(10_000, 3_000_000);
                self.devices[device].offline_until = self.now.plus_ms(offline);
                self.cut(device);
                self.later(offline, Event::Online(device));
            }
            10 => self.half_open(device),
            11 => self.skew(device),
            12..=14 => self.device_backup(device),
            15..=17 => self.server_backup(),
            18 => self.member(device),
            _ => self.publish(),
        }
    }

    fn set_death(&mut self, death: Death) {
        self.death = Some(death);
    }

    fn disk_fault(&mut self) {
        if self.rng.percent(50) {
            self.count("failed fsyncs");
            trace::say(self.now, || "the next fsync fails".to_owned());
            self.server.disk.fail_syncs(1);
        } else {
            self.count("full disks");
            trace::say(self.now, || "the disk is full".to_owned());
            let used = self.used_bytes();
            let left = self.rng.range(0, 6_000) as u64;
            self.server
                .disk
                .set_capacity_bytes(Some(used + RESERVE_BYTES + left));
            // Emptied by the next act that draws it, at the latest in the end.
        }
    }

    fn used_bytes(&self) -> u64 {
        use liandu_server::journal::Disk;
        let disk = &self.server.disk;
        let names = disk.list().unwrap_or_default();
        names.iter().filter_map(|name| disk.len(name).ok()).sum()
    }

    fn index_fault(&mut self) {
        self.count("index faults");
        if self.rng.percent(50) {
            trace::say(self.now, || "the index is deleted".to_owned());
            self.server_dies();
            self.server.index = SimIndex::default();
            self.index_damaged = false;
        } else {
            trace::say(self.now, || "a row of the index is damaged".to_owned());
            let mut rng = self.rng.clone();
            self.server.index.damage(&mut rng);
            self.index_damaged = true;
            self.rng = rng;
        }
    }

    fn half_open(&mut self, device: usize) {
        if let Some(number) = self.devices[device].connection
            && let Some(wire) = self.wires.get_mut(&number)
        {
            wire.dead = true;
            self.count("half-open connections");
            let name = self.devices[device].name;
            trace::say(self.now, || format!("{name}'s connection is half open"));
        }
    }

    fn skew(&mut self, device: usize) {
        self.count("wrong clocks");
        let skew = self.rng.range(-3 * YEAR_MS, 30 * YEAR_MS);
        self.devices[device].skew_ms = skew;
        let name = self.devices[device].name;
        trace::say(self.now, || {
            format!("{name}'s clock is wrong by {} days", skew / 86_400_000)
        });
    }

    /// A device's store does not take a batch: the engine stops, the app starts again.
    fn commit_fails(&mut self, device: usize) {
        let Some((id, _)) = self.devices[device].storage.pending.front().cloned() else {
            return;
        };
        self.count("failed device commits");
        self.devices[device].storage.pending.clear();
        self.tell(device, liandu_device::Input::CommitFailed(id));
    }

    /// Takes a backup, or goes back to one.
    pub(crate) fn device_backup(&mut self, device: usize) {
        let here = &mut self.devices[device];
        let name = here.name;
        if let (Some(backup), true) = (here.backup.take(), self.rng.percent(60)) {
            self.count("restored devices");
            trace::say(self.now, || {
                format!("{name} is restored from an old backup")
            });
            self.hang_up(device);
            let here = &mut self.devices[device];
            here.engine = None;
            here.storage.durable = backup;
            here.life += 1;
            here.forms.clear();
            self.ledger.device_restored(device);
            self.later(50, Event::DeviceStart(device));
        } else {
            self.devices[device].backup = Some(self.devices[device].storage.durable.clone());
        }
    }

    /// Takes a copy of the server's disk, or goes back to one.
    pub(crate) fn server_backup(&mut self) {
        if let (Some(backup), true) = (self.server.backup.take(), self.rng.percent(60)) {
            self.server_restored(&backup);
        } else {
            self.server.backup = Some(self.server.disk.copied());
        }
    }

    fn server_restored(&mut self, backup: &liandu_server::journal::SimDisk) {
        self.count("restored servers");
        trace::say(self.now, || {
            "the server is restored from an old backup".to_owned()
        });
        self.server.die(&mut self.rng);
        self.cut_all();
        self.server.disk = backup.copied();
        self.server.index = SimIndex::default();
        self.ledger.server_restored();
        self.server_start(true);
    }

    /// A person leaves the groups, or comes back.
    pub(crate) fn member(&mut self, device: usize) {
        self.count("memberships changed");
        let code = self.devices[device].person;
        let keeper = self.server.keeper.as_ref();
        let is_member = keeper
            .and_then(|keeper| keeper.directory().principal(&code.parse().unwrap()))
            .is_some_and(|who| who.groups.iter().any(|member| member.until.is_none()));
        let groups = if is_member { &[] } else { groups_of(code) };
        trace::say(self.now, || format!("{code} is now in {groups:?}"));
        self.authority(AuthorityAct::People(vec![person(code, groups, None)]));
    }

    pub(crate) fn publish(&mut self) {
        if self.rng.percent(70) {
            trace::say(self.now, || "definition version 2 is published".to_owned());
            self.version = 2;
            self.authority(AuthorityAct::Definition(HEBEI_V2_JSON.to_vec()));
        } else if self.rng.percent(40) {
            let revoked = self.rng.below(self.devices.len());
            let here = &mut self.devices[revoked];
            let (name, device) = (here.name, here.engine.as_ref().and_then(|e| e.device()));
            if let Some(device) = device {
                self.count("revoked devices");
                let copies = self.devices.iter_mut();
                let same = |here: &&mut Device| {
                    here.engine.as_ref().and_then(|e| e.device()) == Some(device)
                };
                copies.filter(same).for_each(|here| here.revoked = true);
                trace::say(self.now, || format!("{name} is revoked"));
                let reason = "lost".to_owned();
                self.authority(AuthorityAct::RevokeDevice { device, reason });
            }
        }
    }

    /// Bytes that are no frame, from either side.
    fn garbage(&mut self, device: usize) {
        let Some(number) = self.devices[device].connection else {
            return;
        };
        self.count("garbage frames");
        let length = self.rng.below(60);
        let frame: Vec<u8> = (0..length).map(|_| self.rng.next() as u8).collect();
        let event = if self.rng.percent(50) {
            Event::Up(number, frame)
        } else {
            Event::Down(number, frame)
        };
        self.later(1, event);
    }

    /// Everything is mended.
    pub(crate) fn mend(&mut self) {
        trace::say(self.now, || "everything is mended".to_owned());
        self.calm = true;
        self.death = None;
        self.delay_ms = 20;
        self.server.disk.fail_syncs(0);
        self.server.disk.set_capacity_bytes(None);
        self.server.disk.set_unreadable(None);
        self.mend_strange();
        if std::mem::take(&mut self.index_damaged) {
            // A row that nobody reads stays as it is until somebody checks and rebuilds.
            self.server.die(&mut self.rng);
            self.server.index = SimIndex::default();
        }
        self.server_start(false);
        self.publish_what_newer_apps_brought();
        self.cut_all();
        for device in 0..self.devices.len() {
            let here = &mut self.devices[device];
            here.slow_ms = 0;
            here.offline_until = Timestamp(0);
            self.device_start(device);
        }
        self.sync_all();
    }

    /// Everybody connects.
    pub(crate) fn sync_all(&mut self) {
        for device in 0..self.devices.len() {
            self.tell(device, liandu_device::Input::SyncNow);
        }
    }
}
