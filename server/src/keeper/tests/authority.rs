//! Enrolment, import of a province, statements that come back from devices.

use liandu_core::id::{GroupId, Position, RecordId};
use liandu_core::limits::{SCOPES_MAX, TYPED_LETTERS_MS_MAX};
use liandu_core::log::{GrantEntry, GroupRow, LogEntry, MembershipRow, PersonRow};
use liandu_core::policy::{Grant, Role};
use liandu_core::seal::{SecretKey, typed_code_hash};
use liandu_core::verdict::{Reason, Verdict};
use sha2::Digest;

use super::world::{AUTHORITY_KEY, NOW, World, creation, office, person, region, scope, verdict};
use crate::accounts::invitation;
use crate::index::memory::MemoryIndex;
use crate::journal::Payload;
use crate::keeper::Answer;
use crate::keeper::ask::{ActError, AuthorityAct};

#[test]
fn invitation_is_for_one_device_and_expires() {
    let mut world = World::new();
    let phone = world.phone(11, "rep-1");
    let device = world.keeper.directory().device(&phone.device).unwrap();
    assert_eq!(device.person, person("rep-1"));
    // The same code again, by another device: `phone` panics when it is refused.
    let mut enrol = liandu_core::protocol::message::Enrol {
        version: 1,
        invitation: "code-11".to_owned(),
        device: liandu_core::id::DeviceId([12; 8]),
        key: phone.key.public(),
        label: String::new(),
        signature: liandu_core::seal::SignatureBytes([0; 64]),
    };
    assert!(world.keeper.enrol(NOW, &enrol).is_err());
    // By the same device: its answer was lost.
    enrol.device = phone.device;
    let (ticket, certificate) = world.keeper.enrol(NOW, &enrol).unwrap();
    assert!(matches!(world.commit_one(ticket), Answer::Acted(_)));
    assert!(certificate.verify(&world.keeper.authority_public()).is_ok());
    let invite = AuthorityAct::Invite {
        code_hash: sha2::Sha256::digest(b"late").into(),
        typed_hash: None,
        person: person("rep-2"),
        expires: NOW.plus_ms(-1),
    };
    world.act(invite).unwrap();
    enrol.invitation = "late".to_owned();
    enrol.device.0[0] = 99;
    assert!(world.keeper.enrol(NOW, &enrol).is_err(), "expired");
}

const CODE: &str = "K7Q2M-9FXM3-TBA8W-YN4HD";

/// An invitation of which the first letters may be typed alone, for so many ms.
fn invite(code: &str, ms: i64) -> AuthorityAct {
    AuthorityAct::Invite {
        code_hash: invitation::hash(code),
        typed_hash: Some(invitation::typed_hash(code)),
        person: person("rep-1"),
        expires: NOW.plus_ms(ms),
    }
}

#[test]
fn typed_letters_are_good_for_three_days_and_the_whole_code_as_long_as_the_office_said() {
    let mut world = World::new();
    world.act(invite(CODE, 2 * TYPED_LETTERS_MS_MAX)).unwrap();
    let mut phone = world.phone(12, "rep-2");
    phone.device.0[0] = 99;
    let late = NOW.plus_ms(TYPED_LETTERS_MS_MAX + 1);
    let typed = phone.enrol("k7q2m9fx");
    assert!(world.keeper.enrol(late, &typed).is_err());
    assert!(world.keeper.enrol(late, &phone.enrol(CODE)).is_ok());
}

#[test]
fn the_log_does_not_tell_what_is_typed_of_a_code() {
    let mut world = World::new();
    let act = invite(CODE, 1);
    let position = world.act(act.clone()).unwrap();
    assert_eq!(world.act(act).unwrap_err(), ActError::Exists);
    let journal = world.keeper.journal.as_ref().unwrap();
    let entry = journal.read(journal.pointer_at(position).unwrap()).unwrap();
    let Payload::Bytes(bytes) = entry.payload else {
        panic!("erased");
    };
    let Ok(LogEntry::Invited(invited)) = LogEntry::decode(&bytes) else {
        panic!("no invitation");
    };
    let (letters, deployment) = (invitation::typed_hash(CODE), world.keeper.deployment());
    let under =
        |key: u8| typed_code_hash(&SecretKey::from_bytes(&[key; 32]), &deployment, &letters);
    let kept = *invited.typed_hash.unwrap();
    assert_eq!(kept, under(AUTHORITY_KEY));
    assert_ne!(kept, under(AUTHORITY_KEY + 1));
    world.restart(MemoryIndex::new());
    let directory = world.keeper.directory();
    assert_eq!(
        directory.typed_invitation(&kept),
        Some(&invitation::hash(CODE))
    );
}

#[test]
fn province_is_imported_at_once_and_survives() {
    let mut world = World::new();
    let groups: Vec<GroupRow> = (0..2_052)
        .map(|n| GroupRow {
            code: GroupId::new(&format!("p-{n}")).unwrap(),
            name: format!("第{n}小组"),
            region: region(&format!("13{:04}", n % 168)),
            domain: None,
            kind: "county".to_owned(),
        })
        .collect();
    let people: Vec<PersonRow> = (0..41_606)
        .map(|n| PersonRow {
            code: person(&format!("d-{n}")),
            name: format!("代表{n}"),
            level: "county".to_owned(),
            region: region(&format!("13{:04}", n % 168)),
            memberships: vec![MembershipRow {
                group: GroupId::new(&format!("p-{}", n % 2_052)).unwrap(),
                member_kind: "deputy".to_owned(),
                leader: n < 2_052,
            }],
            roles: Vec::new(),
        })
        .collect();
    assert!(
        world
            .act(AuthorityAct::People(people[..1].to_vec()))
            .is_err(),
        "no such group"
    );
    world.act(AuthorityAct::Groups(groups)).unwrap();
    world.act(AuthorityAct::People(people)).unwrap();
    world.crash(1, MemoryIndex::new());
    let directory = world.keeper.directory();
    assert_eq!(directory.groups().len(), 2_052 + 2);
    assert_eq!(directory.people().len(), 41_606 + 4);
    let principal = directory.principal(&person("d-41605")).unwrap();
    assert_eq!(world.keeper.scopes_of(&principal).scopes.len(), 1);
}

#[test]
fn scopes_too_many_for_one_device_are_counted_and_its_own_come_first() {
    let mut world = World::new();
    let mut phone = world.phone(11, "rep-1");
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    world.push(&phone.push_doc(&doc, &scope("g1")));
    let record = RecordId([1; 16]);
    for n in 0..300 {
        let to = format!("13{n:04}/-/office").parse().unwrap();
        world.act(AuthorityAct::Move { record, to }).unwrap();
    }
    let directory = world.keeper.directory();
    let mut principal = directory.principal(&person("rep-1")).unwrap();
    let one = world.keeper.scopes_of(&principal);
    assert_eq!((one.scopes.len(), one.left_out), (1, 0));
    principal.grants.push(Grant {
        role: Role::Leader,
        region: region("13"),
        unit: None,
    });
    let reach = world.keeper.scopes_of(&principal);
    assert_eq!(reach.scopes.len(), SCOPES_MAX);
    assert_eq!(reach.left_out, 301 - SCOPES_MAX as u64);
    assert!(reach.scopes.contains(&one.scopes[0]), "its own group stays");
}

#[test]
fn device_that_a_restored_server_forgot_is_held_and_brings_its_enrolment_back() {
    let mut world = World::new();
    let mut before = World::new();
    let mut phone = world.phone(11, "rep-1");
    let certificate = {
        let (ticket, certificate) = {
            let enrol = liandu_core::protocol::message::Enrol {
                version: 1,
                invitation: "code-11".to_owned(),
                device: phone.device,
                key: phone.key.public(),
                label: String::new(),
                signature: liandu_core::seal::SignatureBytes([0; 64]),
            };
            world.keeper.enrol(NOW, &enrol).unwrap()
        };
        world.commit_one(ticket);
        certificate
    };
    let held = world.keeper.statements(&person("rep-1"), Position(0));
    assert!(!held.is_empty());
    let mut doc = phone.new_record(1);
    phone.apply(&mut doc, &creation("井")).unwrap();
    // `before` is the older backup: same keys, without the device.
    let pushes = [phone.push_doc(&doc, &scope("g1"))];
    assert!(before.keeper.greet(&phone.device, None, None).is_none());
    assert!(
        before
            .keeper
            .greet(&phone.device, None, Some(&certificate))
            .is_some()
    );
    let ticket = before.keeper.push(NOW, Some(&certificate), &pushes);
    let Answer::Pushed(pushed) = before.commit_one(ticket) else {
        panic!()
    };
    assert_eq!(
        verdict(&pushed.records[0]),
        Verdict::Held(Reason::UnknownDevice)
    );
    let mut forged = held.clone();
    forged.iter_mut().for_each(|(_, bytes)| bytes[5] ^= 1);
    let bytes = |held: &[(Position, Vec<u8>)]| {
        held.iter()
            .map(|(_, bytes)| bytes.clone())
            .collect::<Vec<_>>()
    };
    assert!(
        before
            .keeper
            .keep_statements(NOW, &bytes(&forged))
            .is_none()
    );
    let ticket = before.keeper.keep_statements(NOW, &bytes(&held)).unwrap();
    assert!(matches!(before.commit_one(ticket), Answer::Acted(_)));
    assert_eq!(before.doc(doc.id()).unwrap().heads(), doc.heads());
    assert!(
        before.keeper.keep_statements(NOW, &bytes(&held)).is_none(),
        "nothing new"
    );
}

#[test]
fn revoking_a_person_shuts_out_devices_and_account() {
    let mut world = World::new();
    let phone = world.phone(11, "rep-1");
    let reason = "离任".to_owned();
    world
        .act(AuthorityAct::RevokePerson {
            person: person("rep-1"),
            reason,
        })
        .unwrap();
    let known = world.keeper.greet(&phone.device, None, None).unwrap();
    assert!(known.escrow && known.scopes.is_empty());
    let reason = "离任".to_owned();
    let act = AuthorityAct::RevokePerson {
        person: office().person,
        reason,
    };
    world.act(act).unwrap();
    assert!(
        world
            .keeper
            .directory()
            .principal_of_user("office")
            .is_none()
    );
}

#[test]
fn unit_of_discipline_inspection_is_of_one_region_or_it_would_read_what_went_to_another() {
    let mut world = World::new();
    let mut give = |to: &str, code: &str, unit: &str| {
        let grants = vec![GrantEntry {
            role: Role::DisciplineInspection.as_str().to_owned(),
            region: region(code),
            unit: Some(unit.parse().unwrap()),
        }];
        let person = person(to);
        world.act(AuthorityAct::Grants { person, grants }).map(drop)
    };
    assert_eq!(give("rep-1", "130123", "jw"), Ok(()));
    assert_eq!(give("rep-2", "130100", "jw"), Err(ActError::UnitElsewhere));
    assert_eq!(give("rep-2", "130100", "jw-city"), Ok(()));
    assert_eq!(give("rep-3", "130123", "jw"), Ok(()), "a colleague");
    assert_eq!(give("rep-1", "130100", "jw"), Err(ActError::UnitElsewhere));
}
