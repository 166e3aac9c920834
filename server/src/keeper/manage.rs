//! Acts of administration: groups, people, invitations, enrolments, revocations, accounts,
//! definitions, reads of contacts, moves.
//!
//! Never asks whether the user may: the caller does, against the same directory.

use liandu_core::admission::Definition;
use liandu_core::campaign::CampaignError;
use liandu_core::id::{DeviceId, PersonId, Position};
use liandu_core::limits::TYPED_LETTERS_MS_MAX;
use liandu_core::log::{
    AccountSet, Decided, DefinitionSet, DispatchFrozen, Enrolled, GrantEntry, GrantsSet, GroupRow,
    Groups, Invited, LogEntry, Moved, People, PersonRow, Revoked, statement_holds,
};
use liandu_core::policy::Role;
use liandu_core::protocol::message::Enrol;
use liandu_core::record::DefinitionRef;
use liandu_core::record::scope::Audience;
use liandu_core::seal::{EnrolmentCertificate, PublicKey, typed_code_hash};
use liandu_core::time::Timestamp;
use liandu_core::verdict::Reason;
use minicbor::bytes::ByteArray;

use super::ask::{ActError, AuthorityAct, OfficeUser};
use super::feed::Reach;
use super::happened::happened_entry;
use super::{Keeper, Ticket, Trouble};
use crate::accounts::invitation::{self, Presented};
use crate::index::Index;
use crate::journal::{Disk, Payload};

/// Rows of one import entry.
const IMPORT_ROWS: usize = 1_000;

impl<D: Disk, I: Index> Keeper<D, I> {
    /// Carries out an act for an office user, who may do it.
    pub fn act(
        &mut self,
        now: Timestamp,
        by: &OfficeUser,
        act: AuthorityAct,
    ) -> Result<Ticket, ActError> {
        self.now = now;
        let understood = matches!(act, AuthorityAct::Definition(_));
        let staged = match act {
            AuthorityAct::Groups(rows) => self.groups(by, rows),
            AuthorityAct::People(rows) => self.people(by, rows)?,
            AuthorityAct::Definition(json) => self.definition(by, json)?,
            AuthorityAct::Move { record, to } => {
                let row = self
                    .record_row(&record)
                    .map_err(|trouble| trouble.answer())?;
                let row = row
                    .filter(|row| row.erased.is_none())
                    .ok_or(ActError::Missing)?;
                if row.scope == to {
                    return Err(ActError::Exists);
                }
                // It would show others what only two may know of, or hide what all may.
                if [&row.scope, &to]
                    .map(|scope| scope.audience)
                    .contains(&Audience::Referral)
                {
                    return Err(ActError::Refused(Reason::NotAllowed));
                }
                let user = by.user.clone();
                self.stage(LogEntry::Moved(Moved {
                    record,
                    from: row.scope,
                    to,
                    user,
                    time: now,
                }))
            }
            AuthorityAct::Erase { record, reason } => self
                .erase(by, record, reason)
                .map_err(|trouble| trouble.answer())?,
            AuthorityAct::DispatchFrozen(dispatch) => self.dispatch(by, *dispatch),
            AuthorityAct::Decided(decided) => self.decided(by, decided)?,
            single @ (AuthorityAct::Invite { .. }
            | AuthorityAct::RevokeDevice { .. }
            | AuthorityAct::RevokePerson { .. }
            | AuthorityAct::Account(_)
            | AuthorityAct::Grants { .. }) => {
                let entry = self.single(by, single)?;
                self.stage(entry)
            }
            happened @ (AuthorityAct::ContactRead { .. }
            | AuthorityAct::SignIns(_)
            | AuthorityAct::Exported { .. }
            | AuthorityAct::Library(_)
            | AuthorityAct::Notified { .. }) => {
                let entry = happened_entry(now, by, happened).ok_or(ActError::Failed)?;
                self.stage(entry)
            }
        };
        let ticket = self.acted(staged)?;
        if understood {
            self.judge_held();
        }
        Ok(ticket)
    }

    /// Acts that are one entry.
    fn single(&self, by: &OfficeUser, act: AuthorityAct) -> Result<LogEntry, ActError> {
        let (user, time) = (by.user.clone(), self.now);
        Ok(match act {
            AuthorityAct::Invite {
                code_hash,
                typed_hash,
                person,
                expires,
            } => {
                self.directory.person(&person).ok_or(ActError::Missing)?;
                let typed_hash = typed_hash.map(|letters| self.typed_hash(&letters));
                let is_typed = |hash| self.directory.typed_invitation(hash).is_some();
                if self.directory.invitation(&code_hash).is_some()
                    || typed_hash.as_ref().is_some_and(is_typed)
                {
                    return Err(ActError::Exists);
                }
                LogEntry::Invited(Invited {
                    code_hash,
                    person,
                    expires,
                    user,
                    time,
                    typed_hash: typed_hash.map(ByteArray::from),
                })
            }
            AuthorityAct::RevokeDevice { device, reason } => {
                self.directory.device(&device).ok_or(ActError::Missing)?;
                revoked(user, time, Some(device), None, reason)
            }
            AuthorityAct::RevokePerson { person, reason } => {
                self.directory.person(&person).ok_or(ActError::Missing)?;
                revoked(user, time, None, Some(person), reason)
            }
            AuthorityAct::Account(set) => LogEntry::Account(AccountSet {
                by: user,
                time,
                ..set
            }),
            AuthorityAct::Grants { person, grants } => {
                self.directory.person(&person).ok_or(ActError::Missing)?;
                if grants
                    .iter()
                    .any(|grant| self.shares_referrals(&person, grant))
                {
                    return Err(ActError::UnitElsewhere);
                }
                LogEntry::Grants(GrantsSet {
                    person,
                    grants,
                    user,
                    time,
                })
            }
            AuthorityAct::Groups(_)
            | AuthorityAct::People(_)
            | AuthorityAct::ContactRead { .. }
            | AuthorityAct::SignIns(_)
            | AuthorityAct::Exported { .. }
            | AuthorityAct::Library(_)
            | AuthorityAct::Notified { .. }
            | AuthorityAct::Definition(_)
            | AuthorityAct::DispatchFrozen(_)
            | AuthorityAct::Decided(_)
            | AuthorityAct::Move { .. }
            | AuthorityAct::Erase { .. } => return Err(ActError::Failed),
        })
    }

    /// Whether discipline inspection of another region is known by that unit's code: who got the
    /// role would read what was referred to the other.
    fn shares_referrals(&self, person: &PersonId, given: &GrantEntry) -> bool {
        let same = |grant: &GrantEntry| grant.role == given.role && grant.unit == given.unit;
        let elsewhere = |grant: &GrantEntry| same(grant) && grant.region != given.region;
        let mut people = self.directory.people().iter();
        given.role == Role::DisciplineInspection.as_str()
            && people.any(|(code, other)| code != person && other.grants.iter().any(elsewhere))
    }

    fn dispatch(&mut self, by: &OfficeUser, dispatch: DispatchFrozen) -> Result<Position, Trouble> {
        let (user, time) = (by.user.clone(), self.now);
        let dispatch = DispatchFrozen {
            user,
            time,
            ..dispatch
        };
        self.stage(LogEntry::DispatchFrozen(Box::new(dispatch)))
    }

    fn decided(
        &mut self,
        by: &OfficeUser,
        decided: Decided,
    ) -> Result<Result<Position, Trouble>, ActError> {
        let row = self.record_row(&decided.record);
        let row = row.map_err(|trouble| trouble.answer())?;
        row.filter(|row| row.erased.is_none())
            .ok_or(ActError::Missing)?;
        let (user, time) = (by.user.clone(), self.now);
        Ok(self.stage(LogEntry::Decided(Decided {
            user,
            time,
            ..decided
        })))
    }

    fn groups(&mut self, by: &OfficeUser, rows: Vec<GroupRow>) -> Result<Position, Trouble> {
        let mut last = self.position();
        for chunk in rows.chunks(IMPORT_ROWS) {
            let rows = chunk.to_vec();
            let groups = Groups {
                rows,
                user: by.user.clone(),
                time: self.now,
            };
            last = self.stage(LogEntry::Groups(groups))?;
        }
        Ok(last)
    }

    fn people(
        &mut self,
        by: &OfficeUser,
        rows: Vec<PersonRow>,
    ) -> Result<Result<Position, Trouble>, ActError> {
        let mut groups = rows.iter().flat_map(|row| &row.memberships);
        if groups.any(|membership| self.directory.group(&membership.group).is_none()) {
            return Err(ActError::Missing);
        }
        let mut last = self.position();
        for chunk in rows.chunks(IMPORT_ROWS) {
            let rows = chunk.to_vec();
            let people = People {
                rows,
                user: by.user.clone(),
                time: self.now,
            };
            match self.stage(LogEntry::People(people)) {
                Ok(position) => last = position,
                Err(trouble) => return Ok(Err(trouble)),
            }
        }
        Ok(Ok(last))
    }

    fn definition(
        &mut self,
        by: &OfficeUser,
        json: Vec<u8>,
    ) -> Result<Result<Position, Trouble>, ActError> {
        let wrong = |error: CampaignError| ActError::Definition {
            problem: error.to_string(),
        };
        let definition = Definition::parse(&json).map_err(wrong)?;
        let name = definition.name().map_err(wrong)?;
        if let Some(known) = self.definition_json.get(&name) {
            if **known == json {
                return Err(ActError::Exists);
            }
            // Edits name this version: it must mean the same for ever.
            let version = name.version;
            return Err(wrong(CampaignError::NotNewer { version }));
        }
        self.definitions.may_follow(&definition).map_err(wrong)?;
        let set = DefinitionSet {
            campaign: name.campaign,
            version: name.version,
            json,
            user: by.user.clone(),
            time: self.now,
        };
        Ok(self.stage(LogEntry::Definition(set)))
    }

    /// Enrols a device that holds its key (checked by the session) with an invitation. None: the
    /// invitation is unknown, used up or expired, or the device's id is taken.
    pub fn enrol(
        &mut self,
        now: Timestamp,
        enrol: &Enrol,
    ) -> Result<(Ticket, EnrolmentCertificate), ActError> {
        self.now = now;
        let (code_hash, is_typed) = match invitation::presented(&enrol.invitation) {
            Presented::Whole(hash) => (hash, false),
            Presented::Typed(letters) => {
                let hash = self.typed_hash(&letters);
                let whole = self.directory.typed_invitation(&hash);
                (*whole.ok_or(ActError::Missing)?, true)
            }
        };
        let invitation = self.directory.invitation(&code_hash);
        let invitation = invitation.ok_or(ActError::Missing)?;
        let again = invitation.used == Some(enrol.device);
        let is_late = is_typed && now > invitation.made.plus_ms(TYPED_LETTERS_MS_MAX);
        let fresh = invitation.used.is_none() && now <= invitation.expires && !is_late;
        let person = invitation.person.clone();
        let known = self
            .directory
            .device(&enrol.device)
            .map(|device| device.key);
        let certificate = |time| {
            let (authority, device) = (&self.keys.authority, enrol.device);
            EnrolmentCertificate::sign(
                authority,
                self.deployment,
                device,
                enrol.key,
                person.clone(),
                time,
            )
        };
        let certificate = certificate(now);
        if again && known == Some(enrol.key.0) {
            // The answer was lost on the way: the same device asks again.
            let ticket = self.ticket();
            self.wait(ticket, super::Answer::Acted(self.directory.position()));
            return Ok((ticket, certificate));
        }
        if !fresh || known.is_some() || enrol.device == self.node_id {
            return Err(ActError::Missing);
        }
        let entry = LogEntry::Enrolled(Enrolled {
            device: enrol.device,
            key: enrol.key.0,
            person,
            code_hash,
            time: now,
        });
        let staged = self.stage(entry);
        Ok((self.acted(staged)?, certificate))
    }

    fn typed_hash(&self, letters: &[u8; 32]) -> [u8; 32] {
        typed_code_hash(&self.keys.authority, &self.deployment, letters)
    }

    /// Whether a certificate of a device unknown here is the authority's word.
    pub fn vouches(&self, certificate: &EnrolmentCertificate) -> bool {
        certificate.deployment == self.deployment
            && certificate.verify(&self.keys.authority.public()).is_ok()
    }

    /// Signed statements after a position that concern a person's devices, as stored.
    pub fn statements(&self, person: &PersonId, after: Position) -> Vec<(Position, Vec<u8>)> {
        let positions = self.directory.statements(person, after);
        let read = |position: Position| {
            let journal = self.journal.as_ref()?;
            let entry = journal.read(journal.pointer_at(position)?).ok()?;
            match entry.payload {
                Payload::Bytes(bytes) => Some((position, bytes)),
                Payload::Erased => None,
            }
        };
        positions.into_iter().filter_map(read).collect()
    }

    /// Takes statements in that devices brought to a server that lost them: those that the
    /// authority key signed and that are not here. What was held for them is judged again.
    pub fn keep_statements(&mut self, now: Timestamp, statements: &[Vec<u8>]) -> Option<Ticket> {
        self.now = now;
        let authority: PublicKey = self.keys.authority.public();
        let mut last = None;
        for bytes in statements {
            if !statement_holds(bytes, &self.deployment, &authority) {
                continue;
            }
            let Ok(entry) = LogEntry::decode(bytes) else {
                continue;
            };
            if self.lacks(&entry) {
                last = self.stage_bytes(entry, bytes).ok();
            }
        }
        let ticket = self.acted(Ok(last?)).ok()?;
        self.judge_held();
        Some(ticket)
    }

    /// Whether a statement tells this server something new. Older than what it knows is not.
    fn lacks(&self, entry: &LogEntry) -> bool {
        match entry {
            LogEntry::Enrolled(enrolled) => self.directory.device(&enrolled.device).is_none(),
            LogEntry::Revoked(revoked) => {
                let device = revoked
                    .device
                    .and_then(|device| self.directory.device(&device));
                let person = revoked
                    .person
                    .as_ref()
                    .and_then(|person| self.directory.person(person));
                device.is_some_and(|device| device.revoked.is_none())
                    || person.is_some_and(|person| person.revoked.is_none())
            }
            LogEntry::Grants(grants) => self
                .directory
                .person(&grants.person)
                .is_some_and(|person| person.grants.is_empty() && !grants.grants.is_empty()),
            LogEntry::Definition(set) => {
                let name = DefinitionRef {
                    campaign: set.campaign.clone(),
                    version: set.version,
                };
                !self.definition_json.contains_key(&name)
            }
            LogEntry::Erased(erased) => {
                let row = self.record_row(&erased.record);
                row.is_ok_and(|row| row.is_none_or(|row| row.erased.is_none()))
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
            | LogEntry::Unknown { .. } => false,
        }
    }

    /// The scopes a device of this person has now.
    pub fn scopes_of_person(&self, person: &PersonId) -> Reach {
        let principal = self.directory.principal(person);
        principal
            .map(|principal| self.scopes_of(&principal))
            .unwrap_or_default()
    }
}

fn revoked(
    user: String,
    time: Timestamp,
    device: Option<DeviceId>,
    person: Option<PersonId>,
    reason: String,
) -> LogEntry {
    LogEntry::Revoked(Revoked {
        device,
        person,
        reason,
        user,
        time,
    })
}
