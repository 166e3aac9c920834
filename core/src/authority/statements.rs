//! Which signed statements a device holds, so that a restored server hears them again.
//!
//! Never reads their signatures: who keeps them checked those.

use super::{Directory, Member, Person};
use crate::campaign::LocalItems;
use crate::id::{PersonId, Position, RegionCode};
use crate::limits::DEFINITION_KEEPERS;
use crate::log::LogEntry;
use sha2::{Digest as _, Sha256};

/// Who of those it concerns holds a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum For {
    Everybody,
    /// The enrolment of that person's device.
    Colleagues(PersonId),
    /// A campaign: large, and known to everybody without its signature.
    Some,
}

impl Directory {
    pub(super) fn note_statement(&mut self, position: Position, entry: &LogEntry) {
        let region = self.region_of_statement(entry);
        let who = if let LogEntry::Enrolled(enrolled) = entry {
            For::Colleagues(enrolled.person.clone())
        } else if let (LogEntry::Definition(_), None) = (entry, &region) {
            For::Some
        } else {
            For::Everybody
        };
        let here = self.statements.entry(region).or_default();
        here.insert(position, who);
    }

    fn region_of_statement(&self, entry: &LogEntry) -> Option<RegionCode> {
        let of_person = |person: &PersonId| self.people.get(person).map(|p| p.region.clone());
        match entry {
            LogEntry::Enrolled(enrolled) => of_person(&enrolled.person),
            LogEntry::Grants(grants) => of_person(&grants.person),
            LogEntry::Revoked(revoked) => {
                let device = revoked.device.and_then(|device| self.devices.get(&device));
                let person = revoked
                    .person
                    .as_ref()
                    .or(device.map(|device| &device.person));
                person.and_then(of_person)
            }
            LogEntry::Erased(erased) => Some(erased.scope.region.clone()),
            LogEntry::Definition(set) => {
                let local = LocalItems::parse(&set.json).ok();
                local.map(|items| items.region)
            }
            LogEntry::Groups(_)
            | LogEntry::People(_)
            | LogEntry::Invited(_)
            | LogEntry::Account(_)
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
            | LogEntry::Unknown { .. } => None,
        }
    }

    /// Positions after `after` of the signed statements that a person's devices hold, so that a
    /// restored server hears them again: those about the region's subtree, about the regions above
    /// it, and everybody's. Of enrolments those of colleagues are enough: a county has hundreds. Of
    /// definitions a few dozen copies are.
    pub fn statements(&self, reader: &PersonId, after: Position) -> Vec<Position> {
        let Some(person) = self.people.get(reader) else {
            return Vec::new();
        };
        let concerns = |of: &Option<RegionCode>| {
            let near = |of: &RegionCode| person.region.contains(of) || of.contains(&person.region);
            of.as_ref().is_none_or(near)
        };
        let about = self.statements.iter().filter(|(of, _)| concerns(of));
        let later = about.flat_map(|(_, here)| here.range(after.next()..));
        let held = later.filter(|(_, who)| match who {
            For::Everybody => true,
            For::Colleagues(other) => other == reader || self.meet(person, other),
            For::Some => self.is_a_keeper(reader),
        });
        let mut positions: Vec<Position> = held.map(|(position, _)| *position).collect();
        positions.sort_unstable();
        positions
    }

    /// Whether a person is one of about [`DEFINITION_KEEPERS`] among all who have devices.
    fn is_a_keeper(&self, person: &PersonId) -> bool {
        let each = self.devices.len() as u64 / DEFINITION_KEEPERS + 1;
        let digest = Sha256::digest(person.as_str().as_bytes());
        let drawn = digest.first_chunk().copied().map_or(0, u64::from_be_bytes);
        drawn % each == 0
    }

    /// Whether they are or were in one group; who is in none meets everybody.
    fn meet(&self, person: &Person, other: &PersonId) -> bool {
        let theirs = self.people.get(other).map(|other| &other.memberships);
        let Some(theirs) = theirs.filter(|theirs| !theirs.is_empty()) else {
            return true;
        };
        let shared = |mine: &Member| theirs.iter().any(|their| their.group == mine.group);
        person.memberships.is_empty() || person.memberships.iter().any(shared)
    }
}
