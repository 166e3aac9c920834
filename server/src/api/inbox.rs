//! What waits for the person who asks (待办): referrals and problems whose state makes it their turn,
//! problems in due order, each with what can be done about it.
//!
//! Never counts by conditions of its own: each heap is a filter that the ledger takes as well.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use liandu_core::id::{Position, RegionCode, UnitId};
use liandu_core::level::Level;
use liandu_core::light::Light;
use liandu_core::policy::{Facts, Grant, Principal, Relation, Role, may_cause};
use liandu_core::record::kind::Kind;
use liandu_core::workflow::{DECIDE, EventRule, FLAGS, FlagRule, StateRule, workflow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::admin::{WarningJson, warnings};
use crate::api::ask::Ask;
use crate::api::door::SignedIn;
use crate::api::json::{AsOf, LabelJson};
use crate::api::line::LineJson;
use crate::api::problem::{ApiError, Problem};
use crate::tables::count::{By, count};
use crate::tables::filter::Filter;
use crate::tables::query::{Asked, Snapshot, Sort, list};
use crate::tables::rows::Line;
use crate::tables::visible::Visible;

/// How many wait in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitJson {
    /// The state; empty for a flag and for what has risen.
    pub state: String,
    /// What is open beside the state, when that is why they wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    /// The level of leaders it has risen to, when that is why they wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raised: Option<String>,
    /// What people call it.
    pub label: LabelJson,
    /// The ledger's query string for the same records.
    #[schema(example = "kind=problem&state=reported&region=130500")]
    pub filter: String,
    /// Records; the ledger's number for that filter.
    pub count: u64,
    /// Overdue ones among them: the ledger's number with `light=red`.
    pub red: u64,
    /// Ones that are nearly due: with `light=yellow`.
    pub yellow: u64,
}

/// Something that can be done about a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextJson {
    /// The event.
    pub event: String,
    /// What people call it.
    pub label: LabelJson,
    /// Arguments it cannot be without.
    pub needs: Vec<String>,
    /// Whether it takes the record to another state.
    pub moves: bool,
}

/// A record that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WaitingJson {
    /// The record.
    pub record: LineJson,
    /// What is open beside its state, when that is why it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<LabelJson>,
    /// What the person may do about it, what takes it on first. The four settled things, and
    /// who reported the work, are judged when it is done.
    pub next: Vec<NextJson>,
}

/// What waits for the person who asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InboxJson {
    /// True for this position.
    pub as_of: AsOf,
    /// All records that wait, each once.
    pub total: u64,
    /// By reason: first what is open beside the state, then by state in the order of a record's
    /// life; empty heaps too. A record that waits for two reasons counts in both.
    pub waits: Vec<WaitJson>,
    /// Referrals, then what is due first; at most `limit` of all.
    pub records: Vec<WaitingJson>,
    /// What an administrator should do about the server; nobody else is told.
    pub warnings: Vec<WarningJson>,
}

/// Why records wait.
#[derive(Clone, Copy)]
enum Why {
    State(&'static StateRule),
    Flag(&'static FlagRule),
    /// Overdue so long that it waits for the leaders of this level.
    Raised(Level),
}

/// For whom what has risen waits, and what answers it.
const RAISED_TURN: &[(Role, Relation)] = &[(Role::Leader, Relation::InRegion)];
const RAISED_NEXT: &[&str] = &["instruct", "supervise"];

impl Why {
    /// The ledger's condition for it.
    fn pair(self) -> (String, String) {
        match self {
            Why::State(rule) => pair("state", rule.id),
            Why::Flag(rule) => pair("flag", rule.id),
            Why::Raised(level) => pair("raised", level.as_str()),
        }
    }

    /// Its word when it is of that condition.
    fn word(self, name: &str) -> Option<String> {
        let (of, word) = self.pair();
        (of == name).then_some(word)
    }

    fn turn(self) -> &'static [(Role, Relation)] {
        match self {
            Why::State(rule) => rule.turn,
            Why::Flag(rule) => rule.turn,
            Why::Raised(_) => RAISED_TURN,
        }
    }

    /// Whether it is the turn of a region's people: what has risen waits at one level only.
    fn reaches(self, region: &RegionCode) -> bool {
        match self {
            Why::State(_) | Why::Flag(_) => true,
            Why::Raised(level) => Level::of(region) == level,
        }
    }

    fn label(self) -> LabelJson {
        let (zh, en) = match self {
            Why::State(rule) => (rule.zh, rule.en),
            Why::Flag(rule) => (rule.zh, rule.en),
            Why::Raised(_) => ("超期提级", "overdue, risen"),
        };
        LabelJson {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }

    /// What answers it comes first, then what takes the record on.
    fn rank(self, rule: &EventRule) -> (bool, bool) {
        let answers = match self {
            Why::State(_) => false,
            Why::Flag(flag) => flag.next.contains(&rule.id),
            Why::Raised(_) => RAISED_NEXT.contains(&rule.id),
        };
        (!answers, !rule.moves())
    }
}

/// Records that wait for one reason by one grant.
struct Heap {
    kind: Kind,
    why: Why,
    /// Whose: the ledger's conditions without the reason.
    whose: Pairs,
    unit: Option<UnitId>,
    /// Whether the work is the unit's own.
    leads: bool,
}

/// The ledger's conditions.
type Pairs = Vec<(String, String)>;

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

impl Heap {
    fn of((kind, why): (Kind, Why), relation: Relation, grant: &Grant) -> Option<Heap> {
        let unit = match relation {
            Relation::InRegion => None,
            Relation::Lead | Relation::Co => Some(grant.unit.clone()?),
            // Nobody's turn by these.
            Relation::Author | Relation::GroupMember | Relation::Handler => return None,
        };
        let mut whose = vec![
            pair("kind", kind.as_str()),
            pair("region", grant.region.as_str()),
        ];
        whose.extend(
            unit.iter()
                .map(|unit| pair(relation.as_str(), unit.as_str())),
        );
        Some(Heap {
            kind,
            why,
            whose,
            unit,
            leads: relation == Relation::Lead,
        })
    }

    fn pairs(&self) -> Pairs {
        let (kind, rest) = self.whose.split_at(1);
        kind.iter()
            .cloned()
            .chain([self.why.pair()])
            .chain(rest.iter().cloned())
            .collect()
    }

    fn label(&self) -> LabelJson {
        let label = self.why.label();
        if self.kind == Kind::Referral {
            return LabelJson {
                zh: format!("移送·{}", label.zh),
                en: format!("referral: {}", label.en),
            };
        }
        label
    }

    fn query(&self) -> String {
        let pairs: Vec<String> = self
            .pairs()
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        pairs.join("&")
    }
}

/// A grant that a wider one of the same kind holds would count its records twice.
fn widest(principal: &Principal) -> Vec<&Grant> {
    let within = |one: &Grant, other: &Grant| {
        one.role == other.role
            && one.unit == other.unit
            && one.region != other.region
            && other.region.contains(&one.region)
    };
    let grants = &principal.grants;
    grants
        .iter()
        .filter(|one| !grants.iter().any(|other| within(one, other)))
        .collect()
}

fn heaps(principal: &Principal) -> Vec<Heap> {
    let (mut heaps, mut known) = (Vec::new(), BTreeSet::new());
    let raised = Level::ALL.into_iter().map(Why::Raised);
    let flags = raised.chain(FLAGS.iter().map(Why::Flag));
    let of_problems = flags.map(|why| (Kind::Problem, why));
    let states = [Kind::Problem, Kind::Referral]
        .into_iter()
        .flat_map(|kind| {
            let states = workflow(kind).states.iter();
            states.map(move |state| (kind, Why::State(state)))
        });
    for (kind, why) in of_problems.chain(states) {
        let reached = |grant: &&Grant| why.reaches(&grant.region);
        for grant in widest(principal).into_iter().filter(reached) {
            let turns = why.turn().iter().filter(|(role, _)| *role == grant.role);
            for heap in turns.filter_map(|(_, by)| Heap::of((kind, why), *by, grant)) {
                if known.insert(heap.query()) {
                    heaps.push(heap);
                }
            }
        }
    }
    heaps
}

/// The events a person may cause about a listed record, what takes it on first.
fn next(who: &Principal, heap: &Heap, line: &Line) -> Vec<NextJson> {
    let handlers: Vec<UnitId> = heap.unit.iter().cloned().collect();
    let facts = Facts {
        scope: &line.about.scope,
        author: line.author.as_ref() == Some(&who.person),
        handlers: &handlers,
        leads: if heap.leads { &handlers } else { &[] },
        state: line.state.as_str(),
        authority: Position(u64::MAX),
        now: line.about.last.1,
        grace_ms: 0,
    };
    let possible = |rule: &&EventRule| {
        let decides = rule.id == DECIDE;
        !decides && rule.from.contains(&line.state.as_str()) && may_cause(who, rule, &facts).is_ok()
    };
    let mut rules: Vec<&EventRule> = workflow(heap.kind).events.iter().filter(possible).collect();
    rules.sort_by_key(|rule| heap.why.rank(rule));
    let next = |rule: &&EventRule| NextJson {
        event: rule.id.to_owned(),
        label: LabelJson {
            zh: rule.zh.to_owned(),
            en: rule.en.to_owned(),
        },
        needs: rule.needs.iter().map(|need| (*need).to_owned()).collect(),
        moves: rule.moves(),
    };
    rules.iter().map(next).collect()
}

/// The conditions that reasons are said by.
const REASONS: [&str; 3] = ["raised", "flag", "state"];

/// How many records wait for any of a person's reasons, each once: what waits by one condition,
/// less what waits by two, and what waits by all three (inclusion and exclusion).
fn once(snapshot: &Snapshot<'_>, visible: &Visible, heaps: &[Heap]) -> Result<u64, ApiError> {
    let mut whys: BTreeMap<&Pairs, Vec<Why>> = BTreeMap::new();
    for heap in heaps {
        whys.entry(&heap.whose).or_default().push(heap.why);
    }
    let (mut more, mut less) = (0, 0);
    for (whose, whys) in whys {
        let any = |name: &str| {
            let words: Vec<String> = whys.iter().filter_map(|why| why.word(name)).collect();
            let pairs = words.iter().map(|word| pair(name, word));
            pairs.collect::<Pairs>()
        };
        let any: Vec<Pairs> = REASONS
            .into_iter()
            .map(any)
            .filter(|p| !p.is_empty())
            .collect();
        for chosen in 1..1_u32 << any.len() {
            let taken = any.iter().enumerate();
            let taken = taken.filter(|(nr, _)| chosen >> nr & 1 == 1);
            let pairs: Pairs = taken.flat_map(|(_, pairs)| pairs.clone()).collect();
            let pairs: Pairs = whose.iter().cloned().chain(pairs).collect();
            let (filter, _) = Filter::parse(&pairs)?;
            let filter = &filter;
            let counts = count(snapshot, Asked { visible, filter }, None)?;
            let sum = if chosen.count_ones() % 2 == 1 {
                &mut more
            } else {
                &mut less
            };
            *sum += counts.total;
        }
    }
    Ok(u64::saturating_sub(more, less))
}

fn read(snapshot: &Snapshot<'_>, who: &SignedIn, limit: usize) -> Result<InboxJson, ApiError> {
    let (visible, heaps) = (who.visible(), heaps(&who.principal));
    let (mut waits, mut found) = (Vec::new(), Vec::new());
    for heap in &heaps {
        let (filter, _) = Filter::parse(&heap.pairs())?;
        let asked = Asked {
            visible: &visible,
            filter: &filter,
        };
        let counts = count(snapshot, asked, Some(&By::Light))?;
        let shining = |light: Light| {
            let mut groups = counts.groups.iter();
            let found = groups.find(|(word, _)| word == light.as_str());
            found.map_or(0, |(_, count)| *count)
        };
        waits.push(WaitJson {
            state: heap.why.word("state").unwrap_or_default(),
            flag: heap.why.word("flag"),
            raised: heap.why.word("raised"),
            label: heap.label(),
            filter: heap.query(),
            count: counts.total,
            red: shining(Light::Red),
            yellow: shining(Light::Yellow),
        });
        if counts.total > 0 {
            let page = list(snapshot, asked, Sort::DueUp, None, limit)?;
            found.extend(page.lines.into_iter().map(|line| (line, heap)));
        }
    }
    // Referrals have no day: they are few, and come first.
    let place = |line: &Line| (line.kind != Kind::Referral, line.due.clone(), line.id);
    found.sort_by_cached_key(|(line, _)| place(line));
    // Two grants may show one record; it is listed once.
    found.dedup_by_key(|(line, _)| line.id);
    found.truncate(limit);
    let waiting = |(line, heap): &(Line, &Heap)| WaitingJson {
        record: LineJson::of(line, snapshot.lights()),
        // That it has risen stands in its line.
        flag: heap.why.word("flag").map(|_| heap.why.label()),
        next: next(&who.principal, heap, line),
    };
    Ok(InboxJson {
        as_of: snapshot.mark().into(),
        total: once(snapshot, &visible, &heaps)?,
        waits,
        records: found.iter().map(waiting).collect(),
        warnings: Vec::new(),
    })
}

/// What waits for the person who asks, referrals first, then in due order, with what they may do
/// about it.
#[utoipa::path(get, path = "/api/inbox", tag = "records",
    params(("limit" = Option<u32>, Query, description = "records, 1 to 500, 50 when not said"),
        ("at_least" = Option<u64>, Query, description = "wait until the answer holds everything up to this position, at most ten seconds")),
    responses((status = 200, body = InboxJson), (status = 400, body = Problem),
        (status = 401, body = Problem)))]
pub(crate) async fn show(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<Json<InboxJson>, ApiError> {
    let administers = |grant: &Grant| grant.role == Role::Administrator;
    let warned = who.principal.grants.iter().any(administers);
    let answer = office.read(ask.at_least, move |snapshot| {
        read(snapshot, &who, ask.limit)
    });
    let mut inbox = answer.await?;
    if warned {
        inbox.warnings = warnings(&office).await?;
    }
    Ok(Json(inbox))
}
