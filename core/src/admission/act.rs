//! Whether the author may do it, to the record as they saw it.
//!
//! Names what the change touches in the definition's words and asks `policy`. Never looks beyond
//! the change's own ancestors.

use crate::admission::{Case, shape};
use crate::campaign::{Campaign, Section};
use crate::id::{FieldId, RegionCode, UnitId};
use crate::policy::{Action, Facts, Grant, Principal, Role, may, may_cause, reaches};
use crate::record::kind::Kind;
use crate::record::path::{Path, WriteId};
use crate::record::scope::Audience;
use crate::record::value::Value;
use crate::record::{Clock, EventBody, Fold, Message, Node, RecordDoc, Touch, Within};
use crate::verdict::{Reason, Verdict};
use crate::workflow::{ASSIST, BY_UNIT, DECIDE, EventRule, FOUR_THINGS, workflow};

fn refuse(reason: Reason) -> Verdict {
    Verdict::Refused(reason)
}

/// Accepts, or says why not.
pub(super) fn judge(
    record: &RecordDoc,
    node: &Node,
    who: &Principal,
    case: &Case<'_>,
) -> Result<(), Verdict> {
    let before = record.clock_before(node);
    shape::check(record, node, &before)?;
    let message = node.message.as_ref().ok_or(refuse(Reason::Malformed))?;
    if message
        .person
        .as_ref()
        .is_some_and(|person| *person != who.person)
    {
        return Err(refuse(Reason::ForeignActor));
    }
    let campaign = case
        .definitions
        .get(&message.definition)
        .ok_or(Verdict::Held(Reason::NewerDefinition))?;
    let fold = record.fold(Within::Clock(&before));
    let handlers: Vec<UnitId> = fold.standing.handlers.iter().cloned().collect();
    let leads: Vec<UnitId> = fold.standing.leads.iter().cloned().collect();
    let creators = record.creators(&before);
    let facts = Facts {
        scope: case.scope,
        author: message.code == 'c' || creators.iter().any(|creator| is(who, creator, node, case)),
        handlers: &handlers,
        leads: &leads,
        state: fold.standing.state.id,
        authority: message.authority,
        now: case.now,
        grace_ms: case.grace_ms,
    };
    let scene = Scene {
        record,
        node,
        before: &before,
        case,
        who,
        campaign,
        facts,
        fold: &fold,
    };
    scene.same_campaign(&creators, message)?;
    match message.code {
        'c' => scene.create(!creators.is_empty()),
        _ if creators.is_empty() => Err(refuse(Reason::NotCreated)),
        'e' => scene.event(),
        'r' => scene.resolve(),
        'u' => scene.undo(),
        _ => scene.write(),
    }
}

/// Whether a change is by this person.
fn is(who: &Principal, other: &Node, node: &Node, case: &Case<'_>) -> bool {
    let spoken = other
        .message
        .as_ref()
        .and_then(|message| message.person.clone());
    let device = other.write.actor.device();
    match spoken.or_else(|| case.past.person_of(&device)) {
        Some(person) => person == who.person,
        None => device == node.write.actor.device(),
    }
}

/// Whether a place is one of a region's own items (`130123-…`), which have no version that a
/// change could name: one that is not known yet may come.
fn is_local(path: &Path) -> bool {
    let id = match path {
        Path::Field(id) | Path::Text(id) | Path::Item { field: id, .. } => id.as_str(),
        Path::Answer(id) => id.as_str(),
        Path::State => "",
    };
    id.split_once('-')
        .is_some_and(|(region, _)| RegionCode::new(region).is_ok())
}

/// Everything a judgement of one change looks at.
struct Scene<'a> {
    record: &'a RecordDoc,
    node: &'a Node,
    before: &'a Clock,
    case: &'a Case<'a>,
    who: &'a Principal,
    campaign: &'a Campaign,
    facts: Facts<'a>,
    fold: &'a Fold<'a>,
}

impl Scene<'_> {
    /// A record stays in the campaign it was created in.
    fn same_campaign(&self, creators: &[&Node], message: &Message) -> Result<(), Verdict> {
        let campaign = &message.definition.campaign;
        let same = |creator: &&Node| {
            creator
                .message
                .as_ref()
                .is_none_or(|m| m.definition.campaign == *campaign)
        };
        // Two who begin one visit may do so under different campaigns: both go on.
        if creators.is_empty() || creators.iter().any(same) {
            Ok(())
        } else {
            Err(refuse(Reason::UnknownField))
        }
    }

    fn may(&self, action: Action) -> Result<(), Verdict> {
        may(self.who, action, &self.facts).map_err(refuse)
    }

    fn create(&self, again: bool) -> Result<(), Verdict> {
        if again {
            return Err(refuse(Reason::IllegalOperation));
        }
        let scope = self.case.scope;
        let hidden = scope.audience == Audience::Referral && scope.group.is_some();
        if (self.case.kind == Kind::Referral) != hidden {
            // A referral is nowhere else, and nothing else is hidden like one.
            return Err(refuse(Reason::WrongScope));
        }
        let message = self.node.message.as_ref();
        if hidden && message.is_none_or(|message| message.person.is_none()) {
            // Made at the office only: on a phone it would lie where others look.
            return Err(refuse(Reason::NotAllowed));
        }
        self.may(Action::Create(self.case.kind))?;
        self.write()
    }

    fn write(&self) -> Result<(), Verdict> {
        for touch in &self.node.touches {
            match touch {
                Touch::Write { path, value, .. } => {
                    self.may(Action::Write(self.section(path)?))?;
                    self.check_value(path, value)?;
                    self.check_open(path)?;
                }
                Touch::Text { field, .. } => {
                    let path = Path::Text(field.clone());
                    self.may(Action::Write(self.section(&path)?))?;
                    self.check_open(&path)?;
                }
                Touch::Decide { .. }
                | Touch::Undo { .. }
                | Touch::Event { .. }
                | Touch::TextBirth { .. }
                | Touch::Unknown(_)
                | Touch::Drop { .. }
                | Touch::Illegal => return Err(refuse(Reason::IllegalOperation)),
            }
        }
        Ok(())
    }

    fn resolve(&self) -> Result<(), Verdict> {
        for touch in &self.node.touches {
            if let Touch::Decide { path, decision, .. } = touch {
                self.may(Action::Resolve(self.section(path)?))?;
                if let Some(value) = &decision.value {
                    self.check_value(path, value)?;
                }
                let mut open = self.record.in_conflict(path, self.before);
                open.sort_unstable();
                if open.is_empty() || open != decision.among {
                    return Err(refuse(Reason::IllegalOperation));
                }
            }
        }
        Ok(())
    }

    /// A decision is taken back by who took it, by who may write there, or by the office whose
    /// region it is in: nobody else opens again what was decided above them.
    fn undo(&self) -> Result<(), Verdict> {
        let [Touch::Undo { path, decision }] = self.node.touches.as_slice() else {
            return Err(refuse(Reason::IllegalOperation));
        };
        if *path == Path::State {
            let rule = workflow(self.case.kind).event(DECIDE);
            let rule = rule.ok_or(refuse(Reason::IllegalOperation))?;
            may_cause(self.who, rule, &self.facts).map_err(refuse)?;
        } else {
            self.may(Action::Resolve(self.section(path)?))?;
            if !self.has_a_say(path, decision)? {
                return Err(refuse(Reason::NotAllowed));
            }
        }
        if self.record.decision_standing(path, self.before) == Some(*decision) {
            Ok(())
        } else {
            Err(refuse(Reason::IllegalOperation))
        }
    }

    fn has_a_say(&self, path: &Path, decision: &WriteId) -> Result<bool, Verdict> {
        let decided = self.record.change_of(decision);
        let own = decided.is_some_and(|decided| is(self.who, decided, self.node, self.case));
        let office =
            |grant: &Grant| grant.role == Role::CongressOffice && reaches(grant, self.facts.scope);
        let writes = self.may(Action::Write(self.section(path)?)).is_ok();
        Ok(own || writes || self.who.grants.iter().any(office))
    }

    fn check_open(&self, path: &Path) -> Result<(), Verdict> {
        if self.record.in_conflict(path, self.before).is_empty() {
            Ok(())
        } else {
            Err(refuse(Reason::ResolveFirst))
        }
    }

    /// The section a place belongs to, by the definition the author's form was made from.
    fn section(&self, path: &Path) -> Result<Section, Verdict> {
        let section = self.campaign.section(self.case.kind, path);
        section.ok_or_else(|| {
            if is_local(path) {
                Verdict::Held(Reason::NewerDefinition)
            } else {
                refuse(Reason::UnknownField)
            }
        })
    }

    fn check_value(&self, path: &Path, value: &Value) -> Result<(), Verdict> {
        if *value == Value::Empty {
            return Ok(());
        }
        self.campaign
            .check(self.case.kind, path, value)
            .map_err(|error| {
                if error.not_yet() {
                    Verdict::Held(Reason::NewerDefinition)
                } else {
                    refuse(Reason::BadValue)
                }
            })
    }

    fn event(&self) -> Result<(), Verdict> {
        let Some((id, body)) = self.node.touches.iter().find_map(Touch::event) else {
            return Err(refuse(Reason::IllegalOperation));
        };
        let rule = workflow(self.case.kind)
            .event(body.kind.as_str())
            .ok_or(Verdict::Held(Reason::NewerDefinition))?;
        if body.after != self.fold.tips || self.record.knows_event(id, self.before) {
            return Err(refuse(Reason::IllegalOperation));
        }
        may_cause(self.who, rule, &self.facts).map_err(refuse)?;
        self.answers_for_own_unit(body)?;
        self.event_fits(rule, body)?;
        if rule.four_things && !self.four_things_stand() {
            return Err(refuse(Reason::FourThings));
        }
        if rule.not_the_doer && self.is_the_doer() {
            return Err(refuse(Reason::OwnReview));
        }
        Ok(())
    }

    /// Nobody answers for another co-department.
    fn answers_for_own_unit(&self, body: &EventBody) -> Result<(), Verdict> {
        let Some(named) = body
            .args
            .get(BY_UNIT)
            .filter(|_| body.kind.as_str() == ASSIST)
        else {
            return Ok(());
        };
        let own = |grant: &Grant| {
            let unit = grant.unit.as_ref().filter(|unit| self.facts.helps(unit));
            let here = grant.role == Role::Department && reaches(grant, self.facts.scope);
            here && unit.map(UnitId::as_str) == named.as_text()
        };
        if self.who.grants.iter().any(own) {
            Ok(())
        } else {
            Err(refuse(Reason::NotAllowed))
        }
    }

    fn event_fits(&self, rule: &EventRule, body: &EventBody) -> Result<(), Verdict> {
        if !rule.from.contains(&self.fold.standing.state.id) {
            return Err(refuse(Reason::WrongState));
        }
        if self.fold.permits(rule, body) {
            Ok(())
        } else {
            Err(refuse(Reason::EventIncomplete))
        }
    }

    /// 定人 定事 定标 定时: none of the four may be empty or undecided.
    fn four_things_stand(&self) -> bool {
        FOUR_THINGS.iter().all(|thing| {
            let path = FieldId::new(thing).map(Path::Field);
            path.is_ok_and(|path| {
                self.record
                    .value_at(&path, self.fold, self.before)
                    .is_some_and(|v| v != Value::Empty)
                    && self.record.in_conflict(&path, self.before).is_empty()
            })
        })
    }

    /// Whoever reported the work done since it was last handed over does not review it.
    fn is_the_doer(&self) -> bool {
        let reports = self.fold.events.iter().filter(|event| {
            event.counts && matches!(event.body.kind.as_str(), "report" | "fixed_on_spot")
        });
        reports
            .into_iter()
            .any(|event| is(self.who, event.node, self.node, self.case))
    }
}
