//! What units were told outside this system, and what did not reach them.
//!
//! Never shows where a unit is reached.

use axum::Json;
use axum::extract::State;
use liandu_core::record::kind::Kind;
use liandu_core::workflow::{NoticeRules, workflow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::ask::Ask;
use crate::api::door::SignedIn;
use crate::api::json::{AsOf, LabelJson};
use crate::api::problem::{ApiError, Problem};
use crate::tables::notice::{Told, list};

/// One event for one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoticeJson {
    /// The problem.
    pub record: String,
    /// What it is called.
    pub title: String,
    /// Its number, once it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What happened.
    pub event: String,
    /// What people call that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelJson>,
    /// Whom it was for.
    pub unit: String,
    /// What the office wrote.
    pub text: String,
    /// When the server took the event in.
    pub time: String,
    /// Tries so far.
    pub attempts: u32,
    /// The last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// Whether the gateway took it.
    pub delivered: bool,
    /// Why the last try failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl From<&Told> for NoticeJson {
    fn from(told: &Told) -> NoticeJson {
        let rule = workflow(Kind::Problem).event(told.notice.word);
        NoticeJson {
            record: told.record.to_string(),
            title: told.title.clone(),
            number: told.number(),
            event: told.notice.word.to_owned(),
            label: rule.map(|rule| LabelJson {
                zh: rule.zh.to_owned(),
                en: rule.en.to_owned(),
            }),
            unit: told.notice.unit.to_string(),
            text: told.notice.text.clone(),
            time: told.notice.time.iso(),
            attempts: told.attempts,
            last: told.last.map(|last| last.iso()),
            delivered: told.delivered,
            failure: (!told.delivered && !told.failure.is_empty()).then(|| told.failure.clone()),
        }
    }
}

/// Notices, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoticesJson {
    /// True for this position.
    pub as_of: AsOf,
    /// Of which events units are told; none: no gateway is set up.
    pub events: Vec<LabelJson>,
    /// At most `limit`.
    pub notices: Vec<NoticeJson>,
}

/// What units within the asker's sight were told by mail or SMS, and what failed.
#[utoipa::path(get, path = "/api/notices", tag = "records",
    params(("limit" = Option<u32>, Query, description = "notices, 1 to 500, 50 when not said"),
        ("at_least" = Option<u64>, Query, description = "wait until the answer holds everything up to this position, at most ten seconds")),
    responses((status = 200, body = NoticesJson), (status = 400, body = Problem),
        (status = 401, body = Problem)))]
pub(crate) async fn index(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<Json<NoticesJson>, ApiError> {
    let visible = who.visible();
    let known = office.engine.definitions().await?;
    let setting = office.noticed.as_ref();
    let rules = setting.map(|setting| NoticeRules::known(&known, setting));
    let rules = rules.unwrap_or_default();
    let named = |word: &'static str| {
        let rule = workflow(Kind::Problem).event(word)?;
        Some(LabelJson {
            zh: rule.zh.to_owned(),
            en: rule.en.to_owned(),
        })
    };
    let events = rules.words().into_iter().filter_map(named).collect();
    let answer = office.read(ask.at_least, move |snapshot| {
        let found = list(snapshot, &visible, &rules, ask.limit)?;
        Ok(NoticesJson {
            as_of: snapshot.mark().into(),
            events,
            notices: found.iter().map(NoticeJson::from).collect(),
        })
    });
    answer.await.map(Json)
}
