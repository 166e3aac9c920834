//! Which signed statements a device holds, so that a restored server hears them again.
//!
//! Never reads their signatures: who keeps them checked those.

use super::{Directory, Member, Person};
use crate::campaign::LocalItems;
use crate::id::{PersonId, Position, RegionCode};
use crate::log::LogEntry;

impl Directory {
    pub(super) fn note_statement(&mut self, position: Position, entry: &LogEntry) {
        let region = self.region_of_statement(entry);
        let enrols = if let LogEntry::Enrolled(enrolled) = entry {
            Some(enrolled.person.clone())
        } else {
            None
        };
        let here = self.statements.entry(region).or_default();
        here.insert(position, enrols);
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
            | LogEntry::Epoch(_)
            | LogEntry::Unknown { .. } => None,
        }
    }

    /// Positions after `after` of the signed statements that a person's devices hold, so that a
    /// restored server hears them again: those about the region's subtree, about the regions above
    /// it, and everybody's. Of enrolments those of colleagues are enough: a county has hundreds.
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
        let held = later.filter(|(_, enrols)| {
            let colleague = |other: &PersonId| other == reader || self.meet(person, other);
            enrols.as_ref().is_none_or(colleague)
        });
        let mut positions: Vec<Position> = held.map(|(position, _)| *position).collect();
        positions.sort_unstable();
        positions
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
