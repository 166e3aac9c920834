//! What goes wrong in a request, with its status code and words for people: the only place with
//! status codes of errors.
//!
//! Never tells whether something exists that the asker may not see.

mod bundles;
mod files;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use liandu_core::record::EditError;
use liandu_core::record::path::Path;
use liandu_core::verdict::Reason;
use liandu_core::workflow::INTO;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use self::bundles::BundleFault;
pub(crate) use self::files::FileFault;
use crate::engine::{ActError, Unavailable};
use crate::imports::sheet::SheetError;
use crate::tables::TablesError;
use crate::tables::filter::{FilterError, Why};

/// Why a request was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Stable word for programs.
    #[schema(example = "resolve-first")]
    pub code: String,
    /// What to tell the person, in Chinese.
    pub zh: String,
    /// What to tell the person, in English.
    pub en: String,
    /// The parameter, field or path it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// More, for programmers, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Number of the reason, for refused edits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<u16>,
    /// Try again after so many seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_s: Option<u64>,
}

/// Why a request was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// No session: sign in.
    NotSignedIn,
    /// Unknown user, wrong password or a disabled account; which is not said.
    WrongPassword,
    /// Too many failed tries.
    TooManyTries {
        /// Seconds to wait.
        retry_s: u64,
    },
    /// A cookie's request that did not come from our own pages.
    ForeignPage,
    /// Nothing there, or nothing the asker may see.
    NotFound,
    /// A parameter is wrong.
    Query(FilterError),
    /// The body is wrong.
    Body {
        /// Where.
        field: String,
    },
    /// The body is not JSON of the documented form.
    Form,
    /// The body is longer than allowed.
    TooLarge,
    /// More records than a spreadsheet has rows.
    TooManyRows,
    /// More acts of the audit than one file holds.
    TooManyActs,
    /// A file is no table that can be brought in.
    Sheet(SheetError),
    /// A file was not taken or given.
    File(FileFault),
    /// A file is no bundle for this office.
    Bundle(BundleFault),
    /// `If-Match` is missing: say what was seen.
    SeenMissing,
    /// `If-Match` is not part of the record's history, or has gone on: read again.
    SeenUnknown,
    /// A resident's contact is read only for a stated purpose.
    PurposeMissing,
    /// Refused by policy or form.
    Refused(Reason),
    /// The field has an open conflict.
    ResolveFirst(Path),
    /// There is no such conflict any more.
    NothingToResolve(String),
    /// The edit cannot be applied.
    Illegal(EditError),
    /// Exists already.
    Exists,
    /// The tables have not reached the asked-for position.
    NotYet,
    /// Overloaded or stopping.
    Busy {
        /// Seconds to wait.
        retry_s: u64,
    },
    /// Our fault; logged where it happened.
    Internal,
}

impl From<FilterError> for ApiError {
    fn from(error: FilterError) -> Self {
        ApiError::Query(error)
    }
}

impl From<Unavailable> for ApiError {
    fn from(_: Unavailable) -> Self {
        ApiError::Busy { retry_s: 5 }
    }
}

impl From<TablesError> for ApiError {
    fn from(error: TablesError) -> Self {
        tracing::error!(%error, "tables cannot be read");
        ApiError::Internal
    }
}

impl From<ActError> for ApiError {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Missing => ApiError::NotFound,
            ActError::Refused(Reason::OutOfScope) => ApiError::NotFound,
            ActError::Refused(reason) => ApiError::Refused(reason),
            ActError::UnitElsewhere => ApiError::Body {
                field: "unit".to_owned(),
            },
            ActError::IntoGone => ApiError::Body {
                field: INTO.to_owned(),
            },
            ActError::ResolveFirst(path) => ApiError::ResolveFirst(path),
            ActError::UnknownHeads => ApiError::SeenUnknown,
            ActError::Illegal(EditError::ResolveFirst(path)) => ApiError::ResolveFirst(path),
            ActError::Illegal(EditError::UnknownHeads) => ApiError::SeenUnknown,
            ActError::Illegal(EditError::NothingToResolve(path)) => {
                ApiError::NothingToResolve(path.to_string())
            }
            ActError::Illegal(why) => ApiError::Illegal(why),
            ActError::Definition { .. } => ApiError::Form,
            ActError::Exists => ApiError::Exists,
            ActError::Busy { retry_s } => ApiError::Busy {
                retry_s: retry_s.into(),
            },
            ActError::Failed => ApiError::Busy { retry_s: 5 },
        }
    }
}

/// Status, word for programs, and words for people.
#[derive(Debug, Clone, Copy)]
struct Words {
    status: u16,
    code: &'static str,
    zh: &'static str,
    en: &'static str,
}

const fn words(status: u16, code: &'static str, zh: &'static str, en: &'static str) -> Words {
    Words {
        status,
        code,
        zh,
        en,
    }
}

fn refused(status: u16, reason: Reason) -> Words {
    words(status, "refused", reason.zh(), reason.en())
}

const NOT_SIGNED_IN: Words = words(401, "not-signed-in", "请先登录", "sign in first");
const WRONG_PASSWORD: Words = words(
    401,
    "wrong-password",
    "用户名或密码错误",
    "wrong user or password",
);
const TOO_MANY_TRIES: Words = words(
    429,
    "too-many-tries",
    "尝试次数过多,请稍后再试",
    "too many tries: wait",
);
const FOREIGN_PAGE: Words = words(
    403,
    "foreign-page",
    "请求不是来自本系统页面",
    "send the header liandu-csrf",
);
const NOT_FOUND: Words = words(404, "not-found", "未找到", "not found");
const UNKNOWN_PARAMETER: Words = words(
    400,
    "unknown-parameter",
    "没有这个查询条件",
    "no such parameter",
);
const TOO_MANY_CONDITIONS: Words = words(
    400,
    "too-many-conditions",
    "查询条件过多",
    "too many conditions",
);
const TOO_LONG: Words = words(400, "too-long", "查询内容过长", "too long");
const BAD_VALUE: Words = words(
    400,
    "bad-value",
    "查询条件的值不正确",
    "not a value it takes",
);
const BAD_FIELD: Words = words(
    422,
    "bad-field",
    "填写内容不正确",
    "a part of the body is wrong",
);
const BAD_BODY: Words = words(
    400,
    "bad-body",
    "请求格式不正确",
    "the body is not of the documented form",
);
const TOO_LARGE: Words = words(
    413,
    "too-large",
    "请求内容过大",
    "the body is longer than allowed",
);
const TOO_MANY_ROWS: Words = words(
    413,
    "too-many-rows",
    "记录超过表格的行数上限,请缩小范围或导出 CSV",
    "more records than a spreadsheet holds: narrow the filter or export CSV",
);
const TOO_MANY_ACTS: Words = words(
    413,
    "too-many-acts",
    "一个文件最多 100000 条,请缩短时间范围,分几次导出",
    "one file holds 100,000 acts: choose a shorter time and export in parts",
);
const IMPORT_FORM: Words = words(
    422,
    "import-form",
    "文件应为 UTF-8 编码的 CSV 或 XLSX,请另存后重传",
    "save the table as CSV in UTF-8 or as XLSX and send it again",
);
const IMPORT_TOO_LARGE: Words = words(
    413,
    "import-too-large",
    "一次最多导入 10000 行,请分成几个文件",
    "at most 10,000 rows at once: split the table",
);
const SEEN_MISSING: Words = words(
    428,
    "seen-missing",
    "缺少 If-Match:请先读取记录",
    "send If-Match: the ETag you saw",
);
const SEEN_UNKNOWN: Words = words(
    412,
    "seen-unknown",
    "记录已变化,请重新读取",
    "the record has gone on: read again",
);
const PURPOSE_MISSING: Words = words(
    428,
    "purpose-missing",
    "查看联系方式须注明用途,并会留下记录",
    "reading a contact needs ?purpose= and is logged",
);
const NOTHING_TO_RESOLVE: Words = words(
    409,
    "nothing-to-resolve",
    "该项没有待核定的冲突",
    "there is no such conflict: look again",
);
const NOTHING_TO_UNDO: Words = words(
    409,
    "nothing-to-undo",
    "该核定已不能撤销:已据此办理或已改写,请直接修改",
    "the decision cannot be taken back: it was built on, write a new value",
);
const ILLEGAL_EDIT: Words = words(
    422,
    "illegal-edit",
    "修改无法执行",
    "the edit cannot be applied",
);
const EXISTS: Words = words(409, "exists", "已存在", "exists already");
const NOT_YET: Words = words(
    503,
    "not-yet",
    "数据尚未更新到该位置",
    "not there yet: try again",
);
const BUSY: Words = words(503, "busy", "系统繁忙,请稍后再试", "busy: try again");
const INTERNAL: Words = words(500, "internal", "系统内部错误", "a fault of the server");

impl ApiError {
    fn words(&self) -> Words {
        match self {
            ApiError::NotSignedIn => NOT_SIGNED_IN,
            ApiError::WrongPassword => WRONG_PASSWORD,
            ApiError::TooManyTries { .. } => TOO_MANY_TRIES,
            ApiError::ForeignPage => FOREIGN_PAGE,
            ApiError::NotFound => NOT_FOUND,
            ApiError::Query(error) => match error.why {
                Why::Unknown => UNKNOWN_PARAMETER,
                Why::TooMany => TOO_MANY_CONDITIONS,
                Why::TooLong => TOO_LONG,
                Why::BadValue => BAD_VALUE,
            },
            ApiError::Body { .. } => BAD_FIELD,
            ApiError::Form => BAD_BODY,
            ApiError::TooLarge => TOO_LARGE,
            ApiError::TooManyRows => TOO_MANY_ROWS,
            ApiError::TooManyActs => TOO_MANY_ACTS,
            ApiError::Sheet(SheetError::Form) => IMPORT_FORM,
            ApiError::Sheet(SheetError::TooLarge) => IMPORT_TOO_LARGE,
            ApiError::File(fault) => fault.words(),
            ApiError::Bundle(fault) => fault.words(),
            ApiError::SeenMissing => SEEN_MISSING,
            ApiError::SeenUnknown => SEEN_UNKNOWN,
            ApiError::PurposeMissing => PURPOSE_MISSING,
            ApiError::Refused(Reason::NotAllowed) => refused(403, Reason::NotAllowed),
            ApiError::Refused(reason) => refused(422, *reason),
            ApiError::ResolveFirst(_) => Words {
                code: "resolve-first",
                ..refused(409, Reason::ResolveFirst)
            },
            ApiError::NothingToResolve(_) => NOTHING_TO_RESOLVE,
            ApiError::Illegal(EditError::NothingToUndo(_)) => NOTHING_TO_UNDO,
            ApiError::Illegal(_) => ILLEGAL_EDIT,
            ApiError::Exists => EXISTS,
            ApiError::NotYet => NOT_YET,
            ApiError::Busy { .. } => BUSY,
            ApiError::Internal => INTERNAL,
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            ApiError::Query(error) => Some(error.field.clone()),
            ApiError::Body { field } => Some(field.clone()),
            ApiError::File(fault) => fault.field(),
            ApiError::ResolveFirst(path) => Some(path.to_string()),
            ApiError::NothingToResolve(path) => Some(path.clone()),
            ApiError::PurposeMissing => Some("purpose".to_owned()),
            ApiError::SeenMissing | ApiError::SeenUnknown => Some("if-match".to_owned()),
            ApiError::NotYet => Some("at_least".to_owned()),
            ApiError::NotSignedIn
            | ApiError::WrongPassword
            | ApiError::TooManyTries { .. }
            | ApiError::ForeignPage
            | ApiError::NotFound
            | ApiError::Form
            | ApiError::TooLarge
            | ApiError::TooManyRows
            | ApiError::TooManyActs
            | ApiError::Sheet(_)
            | ApiError::Bundle(_)
            | ApiError::Refused(_)
            | ApiError::Illegal(_)
            | ApiError::Exists
            | ApiError::Busy { .. }
            | ApiError::Internal => None,
        }
    }

    fn retry_s(&self) -> Option<u64> {
        match self {
            ApiError::TooManyTries { retry_s } | ApiError::Busy { retry_s } => Some(*retry_s),
            ApiError::NotYet => Some(1),
            ApiError::NotSignedIn
            | ApiError::WrongPassword
            | ApiError::ForeignPage
            | ApiError::NotFound
            | ApiError::Query(_)
            | ApiError::Body { .. }
            | ApiError::Form
            | ApiError::TooLarge
            | ApiError::TooManyRows
            | ApiError::TooManyActs
            | ApiError::Sheet(_)
            | ApiError::File(_)
            | ApiError::Bundle(_)
            | ApiError::SeenMissing
            | ApiError::SeenUnknown
            | ApiError::PurposeMissing
            | ApiError::Refused(_)
            | ApiError::ResolveFirst(_)
            | ApiError::NothingToResolve(_)
            | ApiError::Illegal(_)
            | ApiError::Exists
            | ApiError::Internal => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let words = self.words();
        let status =
            StatusCode::from_u16(words.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_s = self.retry_s();
        let problem = Problem {
            code: words.code.to_owned(),
            zh: words.zh.to_owned(),
            en: words.en.to_owned(),
            field: self.field(),
            detail: if let ApiError::Illegal(why) = &self {
                Some(why.to_string())
            } else {
                None
            },
            reason: if let ApiError::Refused(reason) = &self {
                Some(reason.code())
            } else {
                None
            },
            retry_s,
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        if let Some(seconds) = retry_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
