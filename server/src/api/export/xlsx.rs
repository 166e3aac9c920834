//! The ledger as a spreadsheet: one sheet of records, one that says which log position and how
//! many.
//!
//! Never writes a formula: every text is a text cell, so nothing a person typed is ever computed.
//! Rows go to disk as they are made; the whole sheet is never in memory.

use std::io::{self, Write};

use axum::extract::State;
use axum::response::IntoResponse;
use liandu_core::limits;
use rust_xlsxwriter::{Format as Look, Workbook, Worksheet, XlsxError};

use super::{COLUMNS, Pieces, fixed, headers, streamed};
use crate::api::Office;
use crate::api::ask::{Ask, FilterParams};
use crate::api::door::SignedIn;
use crate::api::problem::{ApiError, Problem};
use crate::tables::TablesError;
use crate::tables::count::count;
use crate::tables::export::{Exported, export, places};
use crate::tables::query::{Asked, Snapshot};

const NUMBERS: [&str; 4] = ["first_position", "last_position", "edits", "conflicts"];

/// Records that fit a filter as a spreadsheet: the columns of the CSV on one sheet; position and
/// count on another.
#[utoipa::path(get, path = "/api/records.xlsx", tag = "exports", params(FilterParams),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>),
        (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 413, body = Problem)))]
pub(crate) async fn xlsx_file(
    State(office): State<Office>,
    who: SignedIn,
    ask: Ask,
) -> Result<impl IntoResponse, ApiError> {
    let (visible, filter) = (who.visible(), ask.filter.clone());
    let counted = office.read(ask.at_least, move |snapshot| {
        let asked = Asked {
            visible: &visible,
            filter: &filter,
        };
        Ok(count(snapshot, asked, None)?.total)
    });
    if counted.await? > limits::SPREADSHEET_RECORDS_MAX {
        return Err(ApiError::TooManyRows);
    }
    let (mark, body) = streamed(office, who, ask, ("xlsx", xlsx_rows)).await?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok((headers(kind, "xlsx", &mark), body))
}

fn xlsx_rows(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    pieces: &mut Pieces,
) -> Result<(), TablesError> {
    let places = places(snapshot, asked, limits::EXPORT_FIELDS_MAX)?;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory();
    let sheet = sheet.map_err(not_written)?;
    let heads = COLUMNS.into_iter().chain(places.iter().map(String::as_str));
    begin(sheet, heads).map_err(not_written)?;
    let mut written: u32 = 0;
    let mut failed = None;
    export(snapshot, asked, |exported| {
        match line(
            sheet,
            written.saturating_add(1),
            fixed(snapshot.lights(), &exported),
            (&exported, &places),
        ) {
            Ok(()) => {
                written = written.saturating_add(1);
                std::ops::ControlFlow::Continue(())
            }
            Err(error) => {
                failed = Some(error);
                std::ops::ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = failed {
        return Err(not_written(error));
    }
    about(&mut book, snapshot, written).map_err(not_written)?;
    match book.save_to_writer(Gone(pieces)) {
        // Whoever asked has gone away.
        Err(XlsxError::IoError(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        saved => saved.map_err(not_written),
    }
}

fn not_written(error: XlsxError) -> TablesError {
    TablesError::File(io::Error::other(error))
}

fn begin<'a>(sheet: &mut Worksheet, heads: impl Iterator<Item = &'a str>) -> Result<(), XlsxError> {
    sheet.set_name("台账")?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = Look::new().set_bold();
    for (column, head) in (0u16..).zip(heads) {
        sheet.write_string_with_format(0, column, head, &bold)?;
    }
    Ok(())
}

fn line(
    sheet: &mut Worksheet,
    row: u32,
    fixed: [String; COLUMNS.len()],
    (exported, places): (&Exported, &[String]),
) -> Result<(), XlsxError> {
    let columns = (0u16..).zip(COLUMNS).zip(fixed);
    for ((column, name), text) in columns {
        match text.parse::<u32>() {
            Ok(number) if NUMBERS.contains(&name) => sheet.write_number(row, column, number)?,
            _text => sheet.write_string(row, column, text)?,
        };
    }
    let from = u16::try_from(COLUMNS.len()).unwrap_or(u16::MAX);
    for (column, place) in (from..).zip(places) {
        if let Some(value) = exported.values.get(place) {
            sheet.write_string(row, column, value)?;
        }
    }
    Ok(())
}

fn about(book: &mut Workbook, snapshot: &Snapshot<'_>, written: u32) -> Result<(), XlsxError> {
    let mark = snapshot.mark();
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name("说明 about")?;
    let lines = [
        ("条数 records", written.to_string()),
        ("日志位置 position", mark.position.to_string()),
        ("日志纪元 epoch", mark.epoch.hex()),
    ];
    for (row, (name, value)) in (0u32..).zip(lines) {
        sheet.write_string(row, 0, name)?;
        sheet.write_string(row, 1, value)?;
    }
    Ok(())
}

/// Pieces as a writer that fails once the client has gone.
struct Gone<'a>(&'a mut Pieces);

impl Write for Gone<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            std::ops::ControlFlow::Continue(()) => Ok(bytes.len()),
            std::ops::ControlFlow::Break(()) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
