//! What every operation's description says alike, so that no handler has to: its name, the problems
//! any answer may be, and that they are problems.
//!
//! Never says what a single operation does.

use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{
    Content, ObjectBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, SecurityRequirement,
};

const JSON: &str = "application/json";
const PROBLEM_JSON: &str = "application/problem+json";
const PROBLEM: &str = "Problem";

/// Completes what the handlers say.
pub(super) fn complete(described: &mut OpenApi) {
    for (path, item) in &mut described.paths.paths {
        let words = path.split(|c: char| !c.is_ascii_alphanumeric());
        let words: Vec<&str> = words.filter(|w| !matches!(*w, "" | "api")).collect();
        // By method and path: handlers of several files are called `show`.
        let name = |method: &str| Some(format!("{method}_{}", words.join("_")));
        for (method, operation) in [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("patch", &mut item.patch),
            ("head", &mut item.head),
            ("delete", &mut item.delete),
            ("options", &mut item.options),
        ] {
            if let Some(operation) = operation {
                operation.operation_id = name(method);
                if path.starts_with("/api/") {
                    may_be_refused(operation);
                }
                call_problems_by_their_kind(operation);
            }
        }
    }
    let schemas = described.components.as_mut().map(|all| &mut all.schemas);
    if let Some(value) = schemas.and_then(|schemas| schemas.get_mut("ValueJson")) {
        say_null(value);
    }
}

/// Who is not signed in, what is not of the form, what comes too often or while the server is busy.
fn may_be_refused(operation: &mut Operation) {
    let parameters = operation.parameters.iter().flatten();
    let named = |name: &'static str| move |one: &RefOr<Parameter>| matches!(one, RefOr::T(one) if one.name == name);
    let is_upload = parameters.clone().any(named("tus-resumable"));
    let asks = operation.request_body.is_some() || parameters.clone().next().is_some();
    let open = [SecurityRequirement::default()];
    let is_open = operation.security.as_deref() == Some(&open[..]);
    let problems = [
        ("400", asks && !is_upload, "not of the documented form"),
        ("401", !is_open, "not signed in"),
        ("412", is_upload, "another version of tus"),
        ("429", true, "too often: come back in `retry_s`"),
        (
            "503",
            true,
            "busy, or not yet at `at_least`: come back in `retry_s`",
        ),
    ];
    let responses = &mut operation.responses.responses;
    for (status, may_be, why) in problems {
        if may_be && !responses.contains_key(status) {
            responses.insert(status.to_owned(), RefOr::T(problem(why)));
        }
    }
    // What was looked through and not taken is said cell by cell; what could not be read is a problem.
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && status.as_str() >= "400"
            && !response.content.is_empty()
        {
            let form = Content::new(Some(Ref::from_schema_name(PROBLEM)));
            let kind = PROBLEM_JSON.to_owned();
            response.content.entry(kind).or_insert(RefOr::T(form));
        }
    }
}

fn problem(why: &str) -> Response {
    let form = Content::new(Some(Ref::from_schema_name(PROBLEM)));
    ResponseBuilder::new()
        .description(why)
        .content(PROBLEM_JSON, form)
        .build()
}

fn call_problems_by_their_kind(operation: &mut Operation) {
    let problem = Ref::from_schema_name(PROBLEM);
    let is_problem = |content: &RefOr<Content>| {
        let RefOr::T(content) = content else {
            return false;
        };
        matches!(&content.schema, Some(RefOr::Ref(to)) if to.ref_location == problem.ref_location)
    };
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response
            && response.content.get(JSON).is_some_and(is_problem)
            && let Some(form) = response.content.shift_remove(JSON)
        {
            response.content.insert(PROBLEM_JSON.to_owned(), form);
        }
    }
}

/// A cleared value is `null` and nothing else: what the derive says of it fits every value.
fn say_null(value: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::OneOf(forms)) = value
        && let Some(cleared) = forms.items.first_mut()
    {
        *cleared = ObjectBuilder::new()
            .schema_type(Type::Null)
            .description(Some("Cleared on purpose."))
            .into();
    }
}
