//! A call of a gateway from its template: places in braces become values, written as the part of
//! the call they stand in needs it.
//!
//! Never lets a value become more than a value: in an address it is percent-encoded, in JSON a
//! part of a string.

use std::fmt::Write as _;

use serde::Deserialize;

use super::Settings;

/// The places there are.
pub(super) const NAMES: [&str; 7] = ["to", "unit", "event", "title", "number", "text", "record"];

/// How a body is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `application/json`; places stand inside strings.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `text/plain`.
    Text,
}

/// A call ready to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Message {
    pub(super) fn new(settings: &Settings, values: &[(&str, String)]) -> Message {
        let (kind, write): (&str, fn(&str) -> String) = match settings.format {
            Format::Json => ("application/json", json),
            Format::Form => ("application/x-www-form-urlencoded", percent),
            Format::Text => ("text/plain; charset=utf-8", str::to_owned),
        };
        let mut headers = vec![("content-type".to_owned(), kind.to_owned())];
        headers.extend(settings.headers.clone());
        Message {
            url: filled(&settings.url, values, percent),
            headers,
            body: filled(&settings.body, values, write),
        }
    }
}

fn filled(template: &str, values: &[(&str, String)], write: fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, name, after)) = place(rest) {
        out.push_str(before);
        let value = values.iter().find(|(known, _)| *known == name);
        out.push_str(&value.map(|(_, value)| write(value)).unwrap_or_default());
        rest = after;
    }
    out + rest
}

/// The first `{name}`: what is before it, the name, what is after it. Other braces are text.
fn place(template: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = template.get(from..)?.find('{')? + from;
        let inner = template.get(open + 1..)?;
        let length = inner.find(|letter: char| !letter.is_ascii_lowercase())?;
        let (name, rest) = inner.split_at_checked(length)?;
        match rest.strip_prefix('}') {
            Some(after) if !name.is_empty() => return Some((template.get(..open)?, name, after)),
            Some(_) | None => from = open + 1,
        }
    }
}

/// A name in braces that is no place.
pub(super) fn unknown(template: &str) -> Option<String> {
    let mut rest = template;
    while let Some((_, name, after)) = place(rest) {
        if !NAMES.contains(&name) {
            return Some(name.to_owned());
        }
        rest = after;
    }
    None
}

/// The inside of a JSON string.
fn json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    let inside = quoted
        .strip_prefix('"')
        .and_then(|inside| inside.strip_suffix('"'));
    inside.unwrap_or_default().to_owned()
}

fn percent(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(format: &str, url: &str, body: &str) -> Settings {
        let text = format!("url = '{url}'\nformat = '{format}'\nbody = '''{body}'''");
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn values_stay_values_whatever_is_in_them() {
        let values = [
            ("to", "1&a=b".to_owned()),
            ("text", "说\"好\"\n{to}".to_owned()),
        ];
        let body = r#"{"to": "{to}", "text": "{text}", "n": {"a": 1}}"#;
        let message = Message::new(&settings("json", "http://g/s?to={to}", body), &values);
        assert_eq!(message.url, "http://g/s?to=1%26a%3Db");
        let sent: serde_json::Value = serde_json::from_str(&message.body).unwrap();
        assert_eq!(sent["text"], "说\"好\"\n{to}");
        assert_eq!(
            (sent["to"].as_str(), sent["n"]["a"].as_i64()),
            (Some("1&a=b"), Some(1))
        );
        let form = Message::new(
            &settings("form", "http://g/", "to={to}&text={text}"),
            &values,
        );
        assert!(
            form.body.starts_with("to=1%26a%3Db&text=%E8%AF%B4%22"),
            "{}",
            form.body
        );
    }

    #[test]
    fn a_quote_at_the_end_of_a_value_stays_in_it() {
        for value in ["\"", "\"\"", "a\"", "\\"] {
            let written: String = serde_json::from_str(&format!("\"{}\"", json(value))).unwrap();
            assert_eq!(written, value);
        }
    }

    #[test]
    fn a_misspelled_place_or_event_is_said() {
        assert_eq!(unknown("{to} {txt}"), Some("txt".to_owned()));
        assert_eq!(unknown(r#"{"a": "{text}"}"#), None);
        let wrong = settings("json", "http://g/", "{nobody}").wrong();
        assert!(wrong.unwrap().contains("{nobody}"));
        let mut wrong = settings("json", "http://g/", "{to}");
        wrong.events = vec!["close".to_owned()];
        assert!(wrong.wrong().unwrap().contains("close"));
        assert!(settings("json", "g", "{to}").wrong().is_some());
    }
}
