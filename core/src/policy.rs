//! Who may do what: one table of role x action x relation x state as the author saw it.
//!
//! Never looks at the server's current state, so nothing legal offline is refused for being late.
//! Events have their own column in `workflow`; both are asked through `may`.

use minicbor::{Decode, Encode};

use crate::campaign::Section;
use crate::id::{GroupId, PersonId, Position, RegionCode, UnitId};
use crate::record::kind::Kind;
use crate::record::scope::{Audience, Scope};
use crate::time::Timestamp;
use crate::verdict::Reason;
use crate::workflow::EventRule;

/// What somebody is, always for a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// A people's deputy, or an expert in a group.
    #[n(1)]
    Representative,
    /// Takes in opinions and transfers them.
    #[n(2)]
    ResponseCentre,
    /// Puts problems right.
    #[n(3)]
    Department,
    /// Reviews, transfers, resolves, closes.
    #[n(4)]
    CongressOffice,
    /// Sees everything of the region, instructs.
    #[n(5)]
    Leader,
    /// Sees everything of the region, changes nothing.
    #[n(6)]
    Auditor,
    /// Accounts, devices, definitions; no records.
    #[n(7)]
    Administrator,
    /// Takes in what is referred to its unit, and sees the region's records.
    #[n(8)]
    DisciplineInspection,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 8] = [
        Role::Representative,
        Role::ResponseCentre,
        Role::Department,
        Role::CongressOffice,
        Role::Leader,
        Role::Auditor,
        Role::Administrator,
        Role::DisciplineInspection,
    ];

    /// The word in files and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Representative => "representative",
            Role::ResponseCentre => "response-centre",
            Role::Department => "department",
            Role::CongressOffice => "congress-office",
            Role::Leader => "leader",
            Role::Auditor => "auditor",
            Role::Administrator => "administrator",
            Role::DisciplineInspection => "discipline-inspection",
        }
    }

    /// The role of that word.
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Whether it is given for a unit: what is handed or referred to that unit is theirs.
    pub fn has_unit(self) -> bool {
        matches!(self, Role::Department | Role::DisciplineInspection)
    }
}

/// A role for a region, and for a department or discipline inspection its unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct Grant {
    /// What.
    #[n(1)]
    pub role: Role,
    /// Where: this region and its subtree.
    #[n(2)]
    pub region: RegionCode,
    /// The unit, for roles that have one.
    #[n(3)]
    pub unit: Option<UnitId>,
}

/// Being in a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct Membership {
    /// The group.
    #[n(1)]
    pub group: GroupId,
    /// The group's region.
    #[n(2)]
    pub region: RegionCode,
    /// When it ended, none while it lasts.
    #[n(3)]
    pub until: Option<Timestamp>,
    /// The log position that ended it: who had acknowledged it no longer counts.
    #[n(4)]
    pub lost_at: Option<Position>,
}

/// Who acts, with everything that counts for authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The person.
    pub person: PersonId,
    /// Roles.
    pub grants: Vec<Grant>,
    /// Groups.
    pub groups: Vec<Membership>,
    /// Whether the device or person was revoked: everything is escrow.
    pub revoked: bool,
}

impl Principal {
    /// Whether the person may see records of a scope. Denied and missing look the same outside.
    pub fn may_read(&self, scope: &Scope) -> bool {
        let member = scope.audience == Audience::Group
            && self
                .groups
                .iter()
                .any(|m| m.until.is_none() && Some(&m.group) == scope.group.as_ref());
        member || self.grants.iter().any(|grant| may_read(grant, scope))
    }
}

fn may_read(grant: &Grant, scope: &Scope) -> bool {
    let role = match grant.role {
        Role::CongressOffice => true,
        Role::ResponseCentre => scope.audience != Audience::Referral,
        Role::DisciplineInspection => scope.audience != Audience::Contact,
        Role::Department | Role::Leader | Role::Auditor => {
            matches!(scope.audience, Audience::Group | Audience::Office)
        }
        Role::Representative | Role::Administrator => false,
    };
    role && reaches(grant, scope)
}

/// Whether a record belongs to where a role is given for. A referral belongs to the very office
/// that makes it and to the very unit it goes to: who is above either, or beside it, knows nothing
/// of it.
pub(crate) fn reaches(grant: &Grant, scope: &Scope) -> bool {
    if scope.audience != Audience::Referral {
        return grant.region.contains(&scope.region);
    }
    let unit = || grant.unit.as_ref().map(UnitId::as_str);
    match grant.role {
        Role::CongressOffice => grant.region == scope.region,
        Role::DisciplineInspection => {
            grant.region.contains(&scope.region)
                && unit().is_some()
                && unit() == scope.group.as_ref().map(GroupId::as_str)
        }
        Role::Representative
        | Role::ResponseCentre
        | Role::Department
        | Role::Leader
        | Role::Auditor
        | Role::Administrator => false,
    }
}

/// How a person stands to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// Created it.
    Author,
    /// In its group.
    GroupMember,
    /// Has the role for a region that holds it.
    InRegion,
    /// Of a unit it is handed to, whatever its share.
    Handler,
    /// Of the unit whose work it is (主办).
    Lead,
    /// Of a unit that helps (协办).
    Co,
}

impl Relation {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::Author => "author",
            Relation::GroupMember => "group-member",
            Relation::InRegion => "in-region",
            Relation::Handler => "handler",
            Relation::Lead => "lead",
            Relation::Co => "co",
        }
    }
}

/// What one does to values; events are in `workflow`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Makes a record of a kind.
    Create(Kind),
    /// Writes values or texts of a section.
    Write(Section),
    /// Decides between values of a section.
    Resolve(Section),
}

/// A row of the table: who, what, standing how, in which states.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Who.
    pub role: Role,
    /// What.
    pub act: Act,
    /// Standing how.
    pub relation: Relation,
    /// In which states as the author saw them; empty means any but withdrawn.
    pub states: &'static [&'static str],
}

/// The table's column of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Making records of these kinds.
    Create(&'static [Kind]),
    /// Writing values of this section.
    Write(Section),
    /// Deciding between values of any section.
    Resolve,
}

/// States before a problem is handed over, and of other kinds before they are done.
const EARLY: &[&str] = &["found", "verified", "returned", "open", "submitted"];
/// A referral before it is sent; sent back, it is written again as what is `EARLY`.
const DRAFTED: &[&str] = &["drafted"];
const AT_WORK: &[&str] = &["received", "planned", "rectifying"];
const AFTER_REPORT: &[&str] = &["reported", "reviewed", "closed"];
const ANY: &[&str] = &[];
const ALL_KINDS: &[Kind] = &Kind::ALL;
const FIELD_KINDS: &[Kind] = &[
    Kind::Inspection,
    Kind::Problem,
    Kind::Opinion,
    Kind::Object,
    Kind::Activity,
];

const fn rule(role: Role, act: Act, relation: Relation, states: &'static [&'static str]) -> Rule {
    Rule {
        role,
        act,
        relation,
        states,
    }
}

/// The table.
pub const TABLE: &[Rule] = {
    use Relation::{Author, GroupMember, Handler, InRegion};
    use Role::{CongressOffice, Department, Representative, ResponseCentre};
    use Section::{Finding, Office, Rectification, Review, Settled};
    &[
        rule(Representative, Act::Create(FIELD_KINDS), GroupMember, ANY),
        rule(Representative, Act::Write(Finding), GroupMember, EARLY),
        rule(Representative, Act::Write(Finding), Author, EARLY),
        rule(Representative, Act::Resolve, GroupMember, EARLY),
        rule(
            ResponseCentre,
            Act::Create(&[Kind::Opinion, Kind::Problem]),
            InRegion,
            ANY,
        ),
        rule(ResponseCentre, Act::Write(Finding), InRegion, EARLY),
        rule(ResponseCentre, Act::Write(Settled), InRegion, EARLY),
        rule(ResponseCentre, Act::Write(Office), InRegion, ANY),
        rule(ResponseCentre, Act::Resolve, InRegion, EARLY),
        rule(Department, Act::Create(&[Kind::Problem]), InRegion, ANY),
        rule(Department, Act::Write(Finding), Author, EARLY),
        rule(Department, Act::Write(Rectification), Handler, AT_WORK),
        rule(Department, Act::Resolve, Handler, AT_WORK),
        rule(CongressOffice, Act::Create(ALL_KINDS), InRegion, ANY),
        rule(CongressOffice, Act::Write(Finding), InRegion, EARLY),
        rule(CongressOffice, Act::Write(Finding), InRegion, DRAFTED),
        rule(CongressOffice, Act::Write(Settled), InRegion, EARLY),
        rule(CongressOffice, Act::Write(Review), InRegion, AFTER_REPORT),
        rule(CongressOffice, Act::Write(Office), InRegion, ANY),
        rule(CongressOffice, Act::Resolve, InRegion, ANY),
    ]
};

/// The record as its author saw it, as far as authority is concerned.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Region, group and audience.
    pub scope: &'a Scope,
    /// Whether the person is one of those who created it.
    pub author: bool,
    /// The units it is handed to.
    pub handlers: &'a [UnitId],
    /// Those whose work it is; the others help.
    pub leads: &'a [UnitId],
    /// Its state's word.
    pub state: &'a str,
    /// The authority position the author's device had last acknowledged.
    pub authority: Position,
    /// When what is judged arrived, for memberships that ended.
    pub now: Timestamp,
    /// How long an ended membership still counts, milliseconds.
    pub grace_ms: u64,
}

impl Facts<'_> {
    /// Whether a unit helps without leading (协办).
    pub(crate) fn helps(&self, unit: &UnitId) -> bool {
        self.handlers.contains(unit) && !self.leads.contains(unit)
    }
}

/// Whether a person may do that to the record they saw.
pub fn may(who: &Principal, action: Action, facts: &Facts<'_>) -> Result<(), Reason> {
    if who.revoked {
        return Err(Reason::Revoked);
    }
    let fits = |rule: &&Rule| match (rule.act, action) {
        (Act::Create(kinds), Action::Create(kind)) => kinds.contains(&kind),
        (Act::Write(section), Action::Write(of)) => section == of,
        (Act::Resolve, Action::Resolve(_)) => true,
        (Act::Create(_) | Act::Write(_) | Act::Resolve, _) => false,
    };
    let state_fits = |rule: &&Rule| {
        let creating = matches!(action, Action::Create(_));
        let open = rule.states.is_empty() && facts.state != "withdrawn";
        creating || open || rule.states.contains(&facts.state)
    };
    let mut related = false;
    for rule in TABLE.iter().filter(fits) {
        if !stands(who, rule.role, rule.relation, facts) {
            continue;
        }
        related = true;
        if state_fits(&rule) {
            return Ok(());
        }
    }
    Err(refusal(who, facts, related))
}

/// Whether a person may cause that event, the state aside (`fold` has judged that).
pub fn may_cause(who: &Principal, rule: &EventRule, facts: &Facts<'_>) -> Result<(), Reason> {
    if who.revoked {
        return Err(Reason::Revoked);
    }
    if rule
        .by
        .iter()
        .any(|(role, relation)| stands(who, *role, *relation, facts))
    {
        return Ok(());
    }
    Err(refusal(who, facts, false))
}

fn refusal(who: &Principal, facts: &Facts<'_>, related: bool) -> Reason {
    let referral = facts.scope.audience == Audience::Referral;
    let of_group = |m: &Membership| !referral && Some(&m.group) == facts.scope.group.as_ref();
    let ended = |m: &Membership| of_group(m) && m.until.is_some();
    let near = who.groups.iter().any(of_group)
        || who.grants.iter().any(|grant| reaches(grant, facts.scope));
    if who.groups.iter().any(ended) {
        Reason::LostMembership
    } else if related || near {
        Reason::NotAllowed
    } else {
        Reason::OutOfScope
    }
}

fn stands(who: &Principal, role: Role, relation: Relation, facts: &Facts<'_>) -> bool {
    let in_region = |grant: &&Grant| grant.role == role && reaches(grant, facts.scope);
    let has_role = if role == Role::Representative {
        who.groups.iter().any(|m| lasts(m, facts))
    } else {
        who.grants.iter().any(|grant| in_region(&grant))
    };
    let of_unit = |fits: &dyn Fn(&UnitId) -> bool| {
        let mut grants = who.grants.iter().filter(in_region);
        grants.any(|grant| grant.unit.as_ref().is_some_and(fits))
    };
    let is_member =
        |m: &Membership| Some(&m.group) == facts.scope.group.as_ref() && lasts(m, facts);
    match relation {
        Relation::Author => has_role && facts.author,
        Relation::GroupMember => {
            role == Role::Representative
                && facts.scope.audience == Audience::Group
                && who.groups.iter().any(is_member)
        }
        Relation::InRegion => has_role,
        Relation::Handler => of_unit(&|unit| facts.handlers.contains(unit)),
        Relation::Lead => of_unit(&|unit| facts.leads.contains(unit)),
        Relation::Co => of_unit(&|unit| facts.helps(unit)),
    }
}

fn lasts(membership: &Membership, facts: &Facts<'_>) -> bool {
    let unaware = membership.lost_at.is_none_or(|lost| facts.authority < lost);
    membership
        .until
        .is_none_or(|until| unaware && facts.now.since_ms(until) <= facts.grace_ms)
}
