//! The calendar of working days that lights are counted by.
//!
//! Never edited here: a definition brings another one.

use axum::Json;
use axum::extract::State;
use liandu_core::light::{Lights, WARN_WORKING_DAYS};
use liandu_core::time::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::door::SignedIn;
use crate::api::problem::{ApiError, Problem};

/// A year whose holidays are known.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CalendarYearJson {
    /// The year.
    pub year: u32,
    /// Where its holidays were published.
    pub source: String,
}

/// What deadlines mean today.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CalendarJson {
    /// The calendar's version; the highest that a definition brings counts.
    pub version: u32,
    /// Years whose holidays are known; other years are Monday to Friday.
    pub years: Vec<CalendarYearJson>,
    /// The day it is in Beijing.
    #[schema(example = "2020-05-06")]
    pub today: String,
    /// Whether it is worked.
    pub working: bool,
    /// Yellow from so many working days left.
    pub warn_working_days: u32,
    /// Deadlines up to this day are overdue: red.
    pub overdue_upto: String,
    /// Later ones up to this day are near: yellow.
    pub near_upto: String,
}

/// The calendar of working days, and what deadlines mean today.
#[utoipa::path(get, path = "/api/calendar", tag = "records",
    responses((status = 200, body = CalendarJson), (status = 401, body = Problem)))]
pub(crate) async fn show(
    State(office): State<Office>,
    _who: SignedIn,
) -> Result<Json<CalendarJson>, ApiError> {
    let known = office.engine.definitions().await?;
    let calendar = known.calendar(&office.calendar);
    let today = Day::in_beijing(office.door.now());
    let lights = Lights::on(today, calendar);
    let year = |(year, source): &(u32, String)| CalendarYearJson {
        year: *year,
        source: source.clone(),
    };
    Ok(Json(CalendarJson {
        version: calendar.version,
        years: calendar.years.iter().map(year).collect(),
        today: today.to_string(),
        working: calendar.is_working(today),
        warn_working_days: WARN_WORKING_DAYS,
        overdue_upto: lights.overdue_upto.to_string(),
        near_upto: lights.near_upto.to_string(),
    }))
}
