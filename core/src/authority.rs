//! The directory: who is who and may do what, folded from the log's authority entries.
//!
//! Never reads a clock and never decides about an edit: it hands `policy` a `Principal`. The same
//! entries in the same order give an equal directory on every node.

use std::collections::{BTreeMap, BTreeSet};

use self::statements::For;
use crate::id::{DeviceId, DomainId, GroupId, PersonId, Position, RegionCode};
use crate::log::{
    AccountSet, Enrolled, GrantEntry, GrantsSet, GroupRow, Invited, LogEntry, PersonRow, Revoked,
};
use crate::policy::{Grant, Membership, Principal, Role};
use crate::record::scope::{Audience, Scope};
use crate::time::Timestamp;

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Where it works.
    pub region: RegionCode,
    /// Its domain, none when it covers several.
    pub domain: Option<DomainId>,
    /// What sort, as the roster says.
    pub kind: String,
}

/// One membership of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The group.
    pub group: GroupId,
    /// What sort of member, as the roster says.
    pub member_kind: String,
    /// Leads the group.
    pub leader: bool,
    /// When it ended, none while it lasts.
    pub until: Option<Timestamp>,
    /// The entry that ended it.
    pub lost_at: Option<Position>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// Level of the congress, as the roster says.
    pub level: String,
    /// Home region.
    pub region: RegionCode,
    /// Present and former groups.
    pub memberships: Vec<Member>,
    /// Roles from the roster.
    pub roles: Vec<GrantEntry>,
    /// Roles given since, replacing each other as a whole.
    pub grants: Vec<GrantEntry>,
    /// Shut out at this position; a later invitation or account lifts it for new devices.
    pub revoked: Option<Position>,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its Ed25519 key.
    pub key: [u8; 32],
    /// Whose it is.
    pub person: PersonId,
    /// The entry that enrolled it.
    pub enrolled: Position,
    /// Shut out at this position: everything after it is escrow.
    pub revoked: Option<Position>,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// For whom.
    pub person: PersonId,
    /// Useless from then on.
    pub expires: Timestamp,
    /// When it was made.
    pub made: Timestamp,
    /// The device that used it.
    pub used: Option<DeviceId>,
}

/// An office user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose it is.
    pub person: PersonId,
    /// The name people read.
    pub name: String,
    /// The argon2id string, none while no password was set.
    pub password: Option<String>,
    /// May not sign in.
    pub disabled: bool,
}

/// Which scopes a device follows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeRule {
    /// This one.
    Exactly(Scope),
    /// Every scope of the subtree that exists, contacts only when said, referrals never.
    Subtree {
        /// The root.
        region: RegionCode,
        /// Also residents' contacts.
        contacts: bool,
    },
}

impl ScopeRule {
    /// Whether the rule gives this scope.
    pub fn gives(&self, scope: &Scope) -> bool {
        match self {
            ScopeRule::Exactly(exactly) => exactly == scope,
            ScopeRule::Subtree { region, contacts } => {
                let given = match scope.audience {
                    Audience::Group | Audience::Office => true,
                    Audience::Contact => *contacts,
                    Audience::Referral => false,
                };
                given && region.contains(&scope.region)
            }
        }
    }
}

/// Everybody and everything that may act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    position: Position,
    groups: BTreeMap<GroupId, Group>,
    people: BTreeMap<PersonId, Person>,
    devices: BTreeMap<DeviceId, Device>,
    devices_of: BTreeMap<PersonId, BTreeSet<DeviceId>>,
    invitations: BTreeMap<[u8; 32], Invitation>,
    /// Which invitation the letters that may be typed alone belong to.
    typed: BTreeMap<[u8; 32], [u8; 32]>,
    accounts: BTreeMap<String, Account>,
    /// Where the signed statements are, by the region they are about (none: everybody's).
    statements: BTreeMap<Option<RegionCode>, BTreeMap<Position, For>>,
}

impl Directory {
    /// Nobody.
    pub fn new() -> Directory {
        Directory::default()
    }

    /// Takes an entry into account. Entries about records change nothing but erasures' place
    /// among the statements.
    pub fn apply(&mut self, position: Position, entry: &LogEntry) {
        match entry {
            LogEntry::Groups(groups) => groups.rows.iter().for_each(|row| self.group_row(row)),
            LogEntry::People(people) => {
                people
                    .rows
                    .iter()
                    .for_each(|row| self.person_row(row, position, people.time));
            }
            LogEntry::Invited(invited) => self.invited(invited),
            LogEntry::Enrolled(enrolled) => self.enrolled(position, enrolled),
            LogEntry::Revoked(revoked) => self.revoked(position, revoked),
            LogEntry::Account(account) => self.account_set(account),
            LogEntry::Grants(grants) => self.grants_set(grants),
            LogEntry::Definition(_)
            | LogEntry::Erased(_)
            | LogEntry::Edits(_)
            | LogEntry::Answered(_)
            | LogEntry::Moved(_)
            | LogEntry::ContactRead(_)
            | LogEntry::Notified(_)
            | LogEntry::DispatchFrozen(_)
            | LogEntry::Decided(_)
            | LogEntry::SignIns(_)
            | LogEntry::Exported(_)
            | LogEntry::Library(_)
            | LogEntry::Epoch(_)
            | LogEntry::Unknown { .. } => {}
        }
        if entry.is_authority() {
            self.position = position;
        }
        if entry.is_statement() && !is_of_a_referral(entry) {
            self.note_statement(position, entry);
        }
    }

    fn group_row(&mut self, row: &GroupRow) {
        let group = Group {
            name: row.name.clone(),
            region: row.region.clone(),
            domain: row.domain.clone(),
            kind: row.kind.clone(),
        };
        self.groups.insert(row.code.clone(), group);
    }

    fn person_row(&mut self, row: &PersonRow, position: Position, now: Timestamp) {
        let before = self.people.remove(&row.code);
        let (former, grants, revoked) = match before {
            Some(person) => (person.memberships, person.grants, person.revoked),
            None => (Vec::new(), Vec::new(), None),
        };
        let mut memberships: Vec<Member> = row
            .memberships
            .iter()
            .map(|membership| Member {
                group: membership.group.clone(),
                member_kind: membership.member_kind.clone(),
                leader: membership.leader,
                until: None,
                lost_at: None,
            })
            .collect();
        for mut member in former {
            if memberships.iter().all(|stays| stays.group != member.group) {
                member.until = member.until.or(Some(now));
                member.lost_at = member.lost_at.or(Some(position));
                memberships.push(member);
            }
        }
        let person = Person {
            name: row.name.clone(),
            level: row.level.clone(),
            region: row.region.clone(),
            memberships,
            roles: row.roles.clone(),
            grants,
            revoked,
        };
        self.people.insert(row.code.clone(), person);
    }

    fn invited(&mut self, invited: &Invited) {
        if let Some(person) = self.people.get_mut(&invited.person) {
            person.revoked = None;
        }
        let invitation = Invitation {
            person: invited.person.clone(),
            expires: invited.expires,
            made: invited.time,
            used: None,
        };
        self.invitations
            .entry(invited.code_hash)
            .or_insert(invitation);
        if let Some(typed) = &invited.typed_hash {
            self.typed.entry(**typed).or_insert(invited.code_hash);
        }
    }

    fn enrolled(&mut self, position: Position, enrolled: &Enrolled) {
        if let Some(invitation) = self.invitations.get_mut(&enrolled.code_hash) {
            invitation.used = Some(enrolled.device);
        }
        let device = Device {
            key: enrolled.key,
            person: enrolled.person.clone(),
            enrolled: position,
            revoked: None,
        };
        self.devices.insert(enrolled.device, device);
        self.devices_of
            .entry(enrolled.person.clone())
            .or_default()
            .insert(enrolled.device);
    }

    fn revoked(&mut self, position: Position, revoked: &Revoked) {
        let mut devices: BTreeSet<DeviceId> = revoked.device.into_iter().collect();
        if let Some(person) = &revoked.person {
            devices.extend(self.devices_of.get(person).into_iter().flatten());
            if let Some(found) = self.people.get_mut(person) {
                found.revoked = Some(position);
            }
            let theirs = self
                .accounts
                .values_mut()
                .filter(|account| &account.person == person);
            theirs.for_each(|account| account.disabled = true);
        }
        for device in devices {
            if let Some(found) = self.devices.get_mut(&device) {
                found.revoked = found.revoked.or(Some(position));
            }
        }
    }

    fn account_set(&mut self, set: &AccountSet) {
        let person = self
            .people
            .entry(set.person.clone())
            .or_insert_with(|| Person {
                name: set.name.clone(),
                level: String::new(),
                region: set.region.clone(),
                memberships: Vec::new(),
                roles: Vec::new(),
                grants: Vec::new(),
                revoked: None,
            });
        if !set.disabled {
            person.revoked = None;
        }
        let before = self
            .accounts
            .get(&set.user)
            .and_then(|account| account.password.clone());
        let account = Account {
            person: set.person.clone(),
            name: set.name.clone(),
            password: set.password.clone().or(before),
            disabled: set.disabled,
        };
        self.accounts.insert(set.user.clone(), account);
    }

    fn grants_set(&mut self, set: &GrantsSet) {
        if let Some(person) = self.people.get_mut(&set.person) {
            person.grants.clone_from(&set.grants);
        }
    }

    /// The last authority entry taken into account.
    pub fn position(&self) -> Position {
        self.position
    }

    /// A group.
    pub fn group(&self, code: &GroupId) -> Option<&Group> {
        self.groups.get(code)
    }

    /// Every group.
    pub fn groups(&self) -> &BTreeMap<GroupId, Group> {
        &self.groups
    }

    /// A person.
    pub fn person(&self, code: &PersonId) -> Option<&Person> {
        self.people.get(code)
    }

    /// Everybody.
    pub fn people(&self) -> &BTreeMap<PersonId, Person> {
        &self.people
    }

    /// A device.
    pub fn device(&self, id: &DeviceId) -> Option<&Device> {
        self.devices.get(id)
    }

    /// Every device.
    pub fn devices(&self) -> &BTreeMap<DeviceId, Device> {
        &self.devices
    }

    /// A person's devices.
    pub fn devices_of(&self, person: &PersonId) -> impl Iterator<Item = (&DeviceId, &Device)> {
        let ids = self.devices_of.get(person).into_iter().flatten();
        ids.filter_map(|id| self.devices.get(id).map(|device| (id, device)))
    }

    /// The SHA-256 of the code whose first letters come to `typed_hash`.
    pub fn typed_invitation(&self, typed_hash: &[u8; 32]) -> Option<&[u8; 32]> {
        self.typed.get(typed_hash)
    }

    /// An invitation, by the SHA-256 of its code.
    pub fn invitation(&self, code_hash: &[u8; 32]) -> Option<&Invitation> {
        self.invitations.get(code_hash)
    }

    /// An office user, by sign-in name.
    pub fn account(&self, user: &str) -> Option<&Account> {
        self.accounts.get(user)
    }

    /// Every office user.
    pub fn accounts(&self) -> &BTreeMap<String, Account> {
        &self.accounts
    }

    /// What counts for authority about a person.
    pub fn principal(&self, code: &PersonId) -> Option<Principal> {
        let person = self.people.get(code)?;
        let known = person.roles.iter().chain(&person.grants).filter_map(grant);
        let groups = person.memberships.iter().filter_map(|member| {
            let group = self.groups.get(&member.group)?;
            Some(Membership {
                group: member.group.clone(),
                region: group.region.clone(),
                until: member.until,
                lost_at: member.lost_at,
            })
        });
        Some(Principal {
            person: code.clone(),
            grants: known.collect(),
            groups: groups.collect(),
            revoked: person.revoked.is_some(),
        })
    }

    /// What counts for authority about the person of a device; `revoked` when either is.
    pub fn principal_of_device(&self, id: &DeviceId) -> Option<Principal> {
        let device = self.devices.get(id)?;
        let mut principal = self.principal(&device.person)?;
        principal.revoked |= device.revoked.is_some();
        Some(principal)
    }

    /// What counts for authority about an office user; `None` for unknown and disabled ones.
    pub fn principal_of_user(&self, user: &str) -> Option<Principal> {
        let account = self
            .accounts
            .get(user)
            .filter(|account| !account.disabled)?;
        self.principal(&account.person)
    }

    /// Which scopes the devices of a person follow: members their groups' records, offices the
    /// subtree they see.
    pub fn scopes_of(&self, principal: &Principal) -> Vec<ScopeRule> {
        let lasting = principal
            .groups
            .iter()
            .filter(|membership| membership.until.is_none());
        let mut rules: BTreeSet<ScopeRule> = lasting
            .map(|membership| {
                ScopeRule::Exactly(Scope {
                    region: membership.region.clone(),
                    group: Some(membership.group.clone()),
                    audience: Audience::Group,
                })
            })
            .collect();
        for grant in &principal.grants {
            let contacts = match grant.role {
                Role::CongressOffice | Role::ResponseCentre => true,
                Role::Leader | Role::Auditor => false,
                Role::Department
                | Role::Representative
                | Role::Administrator
                | Role::DisciplineInspection => continue,
            };
            rules.insert(ScopeRule::Subtree {
                region: grant.region.clone(),
                contacts,
            });
        }
        rules.into_iter().collect()
    }
}

/// What was erased of a referral never was on a device: no device is told.
fn is_of_a_referral(entry: &LogEntry) -> bool {
    matches!(entry, LogEntry::Erased(erased) if erased.scope.audience == Audience::Referral)
}

fn grant(entry: &GrantEntry) -> Option<Grant> {
    let role = Role::parse(&entry.role)?;
    Some(Grant {
        role,
        region: entry.region.clone(),
        unit: entry.unit.clone(),
    })
}

mod statements;
#[cfg(test)]
mod tests;
