//! Weekly dispatches (周调度): rows of those that the log keeps, the figures that are computed when
//! one is frozen, and what meetings decided.
//!
//! Never counts by conditions of its own: each figure is a filter that the ledger takes as well.

use std::collections::BTreeMap;

use liandu_core::id::{CampaignId, Position, RecordId, RegionCode, StateId, UnitId};
use liandu_core::level::Level;
use liandu_core::light::Light;
use liandu_core::limits;
use liandu_core::log::{Decided, DecisionState, DispatchFrozen, DispatchItem, DispatchPart, Tally};
use liandu_core::record::kind::Kind;
use liandu_core::time::Timestamp;
use liandu_core::workflow::{rests, workflow};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::tables::TablesError;
use crate::tables::filter::{Filter, FilterError, shines};
use crate::tables::map::code_at;
use crate::tables::query::{Asked, Snapshot, Sort, list};
use crate::tables::read::{LINE_COLUMNS, broken, code, line, position};
use crate::tables::rows::{CLOSED, Line, NOT_DUE};
use crate::tables::sql::Sql;
use crate::tables::visible::Visible;
use crate::tables::write::position_of;

pub(crate) fn frozen(
    transaction: &Transaction<'_>,
    position: Position,
    dispatch: &DispatchFrozen,
) -> Result<(), TablesError> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO dispatch (position, region, campaign, upto, body)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            position_of(position),
            dispatch.region.as_str(),
            dispatch.campaign.as_ref().map_or("", CampaignId::as_str),
            dispatch.to.0,
            minicbor::to_vec(dispatch).unwrap_or_default(),
        ])?;
    Ok(())
}

pub(crate) fn decided(
    transaction: &Transaction<'_>,
    position: Position,
    said: &Decided,
) -> Result<(), TablesError> {
    transaction
        .prepare_cached(
            "INSERT INTO decision (record, dispatch, about, position)
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT (record) DO NOTHING",
        )?
        .execute(params![
            said.record.0,
            position_of(said.dispatch),
            said.about.map(|about| about.0),
            position_of(position),
        ])?;
    Ok(())
}

/// The dispatch whose meeting a task was decided at, none for another task. The first one counts.
pub fn meeting_of(
    snapshot: &Snapshot<'_>,
    record: &RecordId,
) -> Result<Option<Position>, TablesError> {
    let found = snapshot
        .transaction
        .prepare_cached("SELECT dispatch FROM decision WHERE record = ?1")?
        .query_row([record.0], |row| position(row, "dispatch"))
        .optional()?;
    Ok(found)
}

/// Takes an erased record out of decisions.
pub(crate) fn gone(transaction: &Transaction<'_>, id: &RecordId) -> Result<(), TablesError> {
    for change in [
        "DELETE FROM decision WHERE record = ?1",
        "UPDATE decision SET about = NULL WHERE about = ?1",
    ] {
        transaction.prepare_cached(change)?.execute([id.0])?;
    }
    Ok(())
}

/// A dispatch with the position of its entry, which names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The entry.
    pub position: Position,
    /// What it says.
    pub dispatch: DispatchFrozen,
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let body: Vec<u8> = row.get("body")?;
    Ok(Kept {
        position: position(row, "position")?,
        dispatch: minicbor::decode(&body).map_err(|_| broken("body"))?,
    })
}

/// The dispatches of these regions and below, the newest first.
pub fn dispatches(
    snapshot: &Snapshot<'_>,
    regions: &[RegionCode],
    limit: usize,
) -> Result<Vec<Kept>, TablesError> {
    let mut sql = Sql::new(false);
    let ranges = regions.iter().map(|region| sql.region_range("p", region));
    let ranges: Vec<String> = ranges.collect();
    sql.and(&format!("({})", ranges.join(" OR ")));
    if regions.is_empty() {
        return Ok(Vec::new());
    }
    let query = format!(
        "SELECT p.position AS position, p.body AS body FROM dispatch p {}
         ORDER BY p.position DESC LIMIT {limit}",
        sql.conditions()
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let found = statement.query_map(sql.args(), kept)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// One dispatch, whoever asks.
pub fn find(snapshot: &Snapshot<'_>, position: Position) -> Result<Option<Kept>, TablesError> {
    let mut statement = snapshot
        .transaction
        .prepare_cached("SELECT position, body FROM dispatch WHERE position = ?1")?;
    let found = statement.query_row([position_of(position)], kept);
    Ok(found.optional()?)
}

/// The last dispatch over exactly this that was frozen up to a moment.
pub fn last(
    snapshot: &Snapshot<'_>,
    over: &Over,
    upto: Timestamp,
) -> Result<Option<Kept>, TablesError> {
    let mut statement = snapshot.transaction.prepare_cached(
        "SELECT position, body FROM dispatch WHERE region = ?1 AND campaign = ?2 AND upto <= ?3
         ORDER BY position DESC LIMIT 1",
    )?;
    let (region, campaign) = (over.region.as_str(), over.campaign());
    let found = statement.query_row(params![region, campaign, upto.0], kept);
    Ok(found.optional()?)
}

/// Which problems a dispatch is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Over {
    /// Of which region.
    pub region: RegionCode,
    /// Of which campaign; none for all together.
    pub campaign: Option<CampaignId>,
}

impl Over {
    /// Which a kept dispatch is over.
    pub fn of(dispatch: &DispatchFrozen) -> Over {
        Over {
            region: dispatch.region.clone(),
            campaign: dispatch.campaign.clone(),
        }
    }

    fn campaign(&self) -> &str {
        self.campaign.as_ref().map_or("", CampaignId::as_str)
    }

    /// The ledger's conditions for them.
    fn pairs(&self) -> Pairs {
        let whose = [
            ("kind", Kind::Problem.as_str()),
            ("region", self.region.as_str()),
        ];
        let campaign = self.campaign.as_ref().map(|id| ("campaign", id.as_str()));
        let all = whose.into_iter().chain(campaign);
        all.map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// The ledger's conditions for the figures: new, done, open, overdue, raised.
pub fn figures(over: &Over, from: Timestamp, to: Timestamp) -> [(&'static str, Pairs); 5] {
    let states = workflow(Kind::Problem).states.iter().map(|state| state.id);
    let open: Vec<&str> = states.filter(|id| !rests(id)).collect();
    let levels: Vec<&str> = Level::ALL.iter().map(|level| level.as_str()).collect();
    let (from, to) = (from.iso(), to.iso());
    let of = |pairs: &[(&str, &str)]| {
        let said = pairs.iter();
        let said = said.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        over.pairs().into_iter().chain(said).collect()
    };
    [
        ("new", of(&[("since", &from), ("until", &to)])),
        (
            "done",
            of(&[
                ("state", "closed"),
                ("closed_since", &from),
                ("closed_until", &to),
            ]),
        ),
        ("open", of(&[("state", &open.join(","))])),
        ("overdue", of(&[("light", Light::Red.as_str())])),
        ("raised", of(&[("raised", &levels.join(","))])),
    ]
}

/// Conditions as the ledger takes them.
pub type Pairs = Vec<(String, String)>;

/// What a dispatch is to be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    /// Over which problems.
    pub over: Over,
    /// New and done from then on.
    pub from: Timestamp,
    /// Up to now.
    pub now: Timestamp,
}

/// Why figures could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum FreezeError {
    /// The tables cannot be read.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// A figure is no filter of the ledger: a fault of this file.
    #[error(transparent)]
    Filter(#[from] FilterError),
}

impl From<rusqlite::Error> for FreezeError {
    fn from(error: rusqlite::Error) -> Self {
        FreezeError::Tables(error.into())
    }
}

/// The figures as they stand in the snapshot; `user` and `time` are for whoever keeps them.
pub fn freeze(snapshot: &Snapshot<'_>, ask: &Freeze) -> Result<DispatchFrozen, FreezeError> {
    let total = groups(snapshot, ask, "''", "", 1)?;
    let below = Level::of(&ask.over.region).below().map(code_at);
    let mut regions = match below {
        Some(code) => groups(snapshot, ask, code, "", limits::DISPATCH_REGIONS_MAX)?,
        None => Vec::new(),
    };
    regions.sort_by(|a, b| a.code.cmp(&b.code));
    let handed = "JOIN handler h ON h.row = r.row AND h.share = 'lead'";
    let mut units = groups(snapshot, ask, "h.unit", handed, usize::MAX)?;
    let units_more = units.len().saturating_sub(limits::DISPATCH_UNITS_MAX) as u64;
    units.truncate(limits::DISPATCH_UNITS_MAX);
    Ok(DispatchFrozen {
        region: ask.over.region.clone(),
        campaign: ask.over.campaign.clone(),
        from: ask.from,
        to: ask.now,
        as_of: snapshot.mark().position,
        total: total.first().map(|part| part.tally).unwrap_or_default(),
        regions,
        units,
        units_more,
        overdue: overdue(snapshot, ask)?,
        decisions: decisions(snapshot, ask)?,
        user: String::new(),
        time: ask.now,
    })
}

/// The five figures by some value, the most overdue first.
fn groups(
    snapshot: &Snapshot<'_>,
    ask: &Freeze,
    by: &str,
    join: &str,
    most: usize,
) -> Result<Vec<DispatchPart>, FreezeError> {
    let (filter, _) = Filter::parse(&ask.over.pairs())?;
    let visible = Visible::of_leaders(&ask.over.region);
    let asked = Asked {
        visible: &visible,
        filter: &filter,
    };
    let mut sql = asked.sql(snapshot, false);
    let mut sums = Vec::new();
    for (name, pairs) in figures(&ask.over, ask.from, ask.now) {
        let (figure, _) = Filter::parse(&pairs)?;
        let fits = figure.expression(snapshot.lights(), &mut sql);
        sums.push(format!("coalesce(sum({fits}), 0) AS n_{name}"));
    }
    let query = format!(
        "SELECT {by} AS part, {} FROM record r {join} {} GROUP BY part
         HAVING n_new + n_done + n_open > 0
         ORDER BY n_overdue DESC, n_open DESC, part LIMIT {}",
        sums.join(", "),
        sql.conditions(),
        i64::try_from(most).unwrap_or(i64::MAX),
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let number = |row: &Row<'_>, column: &str| -> rusqlite::Result<u64> {
        Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
    };
    let found = statement.query_map(sql.args(), |row| {
        Ok(DispatchPart {
            code: row.get("part")?,
            tally: Tally {
                new: number(row, "n_new")?,
                done: number(row, "n_done")?,
                open: number(row, "n_open")?,
                overdue: number(row, "n_overdue")?,
                raised: number(row, "n_raised")?,
            },
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn overdue(snapshot: &Snapshot<'_>, ask: &Freeze) -> Result<Vec<DispatchItem>, FreezeError> {
    let [_, _, _, (_, pairs), _] = figures(&ask.over, ask.from, ask.now);
    let (filter, _) = Filter::parse(&pairs)?;
    let visible = Visible::of_leaders(&ask.over.region);
    let asked = Asked {
        visible: &visible,
        filter: &filter,
    };
    let page = list(
        snapshot,
        asked,
        Sort::DueUp,
        None,
        limits::DISPATCH_OVERDUE_MAX,
    )?;
    let mut units = snapshot.transaction.prepare_cached(
        "SELECT h.unit AS unit FROM handler h JOIN record r ON r.row = h.row \
         WHERE r.id = ?1 AND h.share = 'lead'",
    )?;
    let mut items = Vec::new();
    for line in page.lines {
        let handed = units.query_map([line.id.0], |row| code::<UnitId>(row, "unit"))?;
        let handed: Vec<Option<UnitId>> = handed.collect::<Result<_, _>>()?;
        items.push(DispatchItem {
            record: line.id,
            state: line.state,
            due: line.due,
            units: handed.into_iter().flatten().collect(),
        });
    }
    Ok(items)
}

/// Decisions of the meetings over the same that are open, or moved in the dispatch's time.
fn decisions(snapshot: &Snapshot<'_>, ask: &Freeze) -> Result<Vec<DecisionState>, FreezeError> {
    let mut sql = Sql::new(false);
    let (region, from) = (sql.text(ask.over.region.as_str()), sql.int(ask.from.0));
    let campaign = sql.text(ask.over.campaign());
    let red = shines(&[Light::Red], snapshot.lights(), &mut sql);
    let done = CLOSED.map(|state| format!("'{state}'")).join(", ");
    let query = format!(
        "SELECT r.id AS id, r.state AS state, r.due AS due, {red} AS overdue,
             a.id AS about, coalesce(a.state, '') AS about_state
         FROM decision d JOIN dispatch p ON p.position = d.dispatch JOIN record r ON r.id = d.record
         LEFT JOIN record a ON a.id = d.about
         WHERE p.region = {region} AND p.campaign = {campaign} AND r.state <> 'withdrawn'
             AND (r.state NOT IN ({done}) OR r.last_time >= {from})
         ORDER BY r.due, d.position LIMIT {}",
        limits::DISPATCH_DECISIONS_MAX
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let found = statement.query_map(sql.args(), |row| {
        let due: String = row.get("due")?;
        let about = row.get::<_, Option<[u8; 16]>>("about")?.map(RecordId);
        Ok(DecisionState {
            record: RecordId(row.get("id")?),
            state: code::<StateId>(row, "state")?.ok_or_else(|| broken("state"))?,
            due: (due != NOT_DUE).then_some(due),
            overdue: row.get("overdue")?,
            about: about.zip(code::<StateId>(row, "about_state")?),
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// What was decided at a meeting: the tasks, each with what it is about, in order.
pub fn taken(
    snapshot: &Snapshot<'_>,
    dispatch: Position,
) -> Result<Vec<(RecordId, Option<RecordId>)>, TablesError> {
    let query = format!(
        "SELECT record, about FROM decision WHERE dispatch = ?1 ORDER BY position LIMIT {}",
        limits::DISPATCH_DECISIONS_MAX
    );
    let mut statement = snapshot.transaction.prepare_cached(&query)?;
    let found = statement.query_map([position_of(dispatch)], |row| {
        let about: Option<[u8; 16]> = row.get("about")?;
        Ok((RecordId(row.get("record")?), about.map(RecordId)))
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The lines of these records as they stand, each with its field `unit`; those that cannot be seen
/// or were erased are missing.
pub fn lines(
    snapshot: &Snapshot<'_>,
    visible: &Visible,
    ids: impl Iterator<Item = RecordId>,
) -> Result<BTreeMap<RecordId, (Line, Option<UnitId>)>, TablesError> {
    let mut found = BTreeMap::new();
    for id in ids {
        let mut sql = Sql::new(false);
        visible.narrow("r", &mut sql);
        let named = sql.blob(&id.0);
        sql.and(&format!("r.id = {named}"));
        let query = format!(
            "SELECT {LINE_COLUMNS}, coalesce((SELECT f.value FROM facet f
                 JOIN place p ON p.place = f.place WHERE f.row = r.row AND p.path = 'f/unit'), '')
                 AS unit
             FROM record r {}",
            sql.conditions()
        );
        let mut statement = snapshot.transaction.prepare_cached(&query)?;
        let one = statement
            .query_row(sql.args(), |row| {
                Ok((line(row)?, code::<UnitId>(row, "unit")?))
            })
            .optional()?;
        found.extend(one.map(|one| (id, one)));
    }
    Ok(found)
}
