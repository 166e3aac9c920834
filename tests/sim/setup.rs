//! The beginning of every simulation: groups, people, a definition, devices enrolled.
//!
//! Never with faults: a device that was never enrolled has nothing to lose.

use liandu_core::campaign::HEBEI_JSON;
use liandu_core::log::{GrantEntry, GroupRow, MembershipRow, PersonRow};
use liandu_core::seal::SecretKey;
use liandu_server::keeper::ask::{AuthorityAct, OfficeUser};
use sha2::{Digest, Sha256};

use super::device::Device;
use super::server::Ask;
use super::strange::Strange;
use super::world::World;

/// Where it all happens: 正定县.
pub(crate) const REGION: &str = "130123";

/// Names of devices, their persons and the groups these are in.
const DEVICES: [(&str, &str, &[&str]); 5] = [
    ("甲", "p-jia", &["g1"]),
    ("乙", "p-yi", &["g1"]),
    ("乙二", "p-yi", &["g1"]),
    ("丙", "p-bing", &["g1", "g2"]),
    ("丁", "p-ding", &["g2"]),
];

/// The office user who edits through the API.
pub(crate) fn office() -> OfficeUser {
    user("p-office")
}

/// The department's user.
pub(crate) fn department() -> OfficeUser {
    user("p-department")
}

/// The user who changes authority.
pub(crate) fn administrator() -> OfficeUser {
    user("p-admin")
}

fn user(person: &str) -> OfficeUser {
    OfficeUser {
        user: person.to_owned(),
        session: "sim".to_owned(),
        person: person.parse().unwrap(),
    }
}

fn group(code: &str) -> GroupRow {
    GroupRow {
        code: code.parse().unwrap(),
        name: format!("第{code}小组"),
        region: REGION.parse().unwrap(),
        domain: None,
        kind: "group".to_owned(),
    }
}

/// A person's row of the roster.
pub(crate) fn person(code: &str, groups: &[&str], role: Option<(&str, Option<&str>)>) -> PersonRow {
    PersonRow {
        code: code.parse().unwrap(),
        name: code.to_owned(),
        level: "county".to_owned(),
        region: REGION.parse().unwrap(),
        memberships: groups
            .iter()
            .map(|group| MembershipRow {
                group: group.parse().unwrap(),
                member_kind: "deputy".to_owned(),
                leader: false,
            })
            .collect(),
        roles: role
            .map(|(role, unit)| GrantEntry {
                role: role.to_owned(),
                region: REGION.parse().unwrap(),
                unit: unit.map(|unit| unit.parse().unwrap()),
            })
            .into_iter()
            .collect(),
    }
}

/// The groups of a device's person at the beginning.
pub(crate) fn groups_of(person: &str) -> &'static [&'static str] {
    DEVICES
        .iter()
        .find(|(_, of, _)| *of == person)
        .map_or(&[], |(_, _, groups)| groups)
}

impl World {
    /// Starts the server, fills the roster and enrols every device.
    pub(crate) fn set_up(&mut self) {
        self.server_start(false);
        let mut people = vec![
            person("p-office", &[], Some(("congress-office", None))),
            person("p-department", &[], Some(("department", Some("u-water")))),
            person("p-admin", &[], Some(("administrator", None))),
        ];
        for (_, code, groups) in DEVICES {
            if people.iter().all(|row| row.code.as_str() != code) {
                people.push(person(code, groups, None));
            }
        }
        self.authority(AuthorityAct::Groups(vec![group("g1"), group("g2")]));
        self.settle();
        self.authority(AuthorityAct::People(people));
        self.authority(AuthorityAct::Definition(HEBEI_JSON.to_vec()));
        self.settle();
        for (number, (name, person, _)) in DEVICES.into_iter().enumerate() {
            let code = format!("code-{number}");
            let code_hash = Sha256::digest(code.as_bytes()).into();
            let expires = self.now.plus_ms(3_600_000);
            let person_id = person.parse().unwrap();
            self.authority(AuthorityAct::Invite {
                code_hash,
                typed_hash: None,
                person: person_id,
                expires,
            });
            self.settle();
            let mut device = Device::new(name, person);
            device.start(&mut self.rng);
            if self.strange.contains(&Strange::Outside) && number % 2 == 0 {
                let key = SecretKey::from_bytes(&self.rng.bytes());
                let engine = device.engine.as_mut().unwrap();
                engine.keep_key_outside(key.public());
                device.keeper = Some(key);
            }
            self.devices.push(device);
            let now = self.clock(number);
            let engine = self.devices[number].engine.as_mut().unwrap();
            engine.enrol(now, "sim", &code, name).unwrap();
        }
        self.settle();
        for device in &self.devices {
            assert!(
                device.enrolled,
                "{} is not enrolled in a world without faults",
                device.name
            );
        }
    }

    /// An act of the administrator, with the next group.
    pub(crate) fn authority(&mut self, act: AuthorityAct) {
        self.server.asks.push(Ask::Act(administrator(), act));
    }

    /// Until nothing is on its way; only without faults.
    fn settle(&mut self) {
        for _ in 0..5_000 {
            if self.is_quiet() || !self.step() {
                return;
            }
        }
    }
}
