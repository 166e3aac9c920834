//! The head of an HTTP/1.1 message, as far as a door of the stage looks at it: lines of bytes.
//!
//! Never looks at a body, and passes on every line it does not know.

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A longer head ends the connection.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// Most heads fit.
const HEAD_BYTES_USUAL: usize = 4 << 10;
const END: &[u8] = b"\r\n\r\n";

/// First line and header lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    lines: Vec<Vec<u8>>,
}

/// A head, and what came with it of what follows.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) head: Head,
    pub(super) rest: Vec<u8>,
}

impl Head {
    /// The next head; none when the other side says nothing any more.
    pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> Result<Option<Read>> {
        let mut bytes = Vec::with_capacity(HEAD_BYTES_USUAL);
        loop {
            if let Some(at) = bytes.windows(END.len()).position(|part| part == END) {
                let rest = bytes.split_off(at + END.len());
                bytes.truncate(at);
                let lines = bytes.split(|byte| *byte == b'\n');
                let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec());
                let head = Head {
                    lines: lines.collect(),
                };
                return Ok(Some(Read { head, rest }));
            }
            if bytes.len() > HEAD_BYTES_MAX {
                return Err(Error::from(ErrorKind::InvalidData));
            }
            if from.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        }
    }

    fn word(&self, at: usize) -> &str {
        let first = self.lines.first().map_or(&[][..], Vec::as_slice);
        let text = std::str::from_utf8(first).unwrap_or_default();
        text.split(' ').nth(at).unwrap_or_default()
    }

    /// Of a request.
    pub(super) fn method(&self) -> &str {
        self.word(0)
    }

    /// Of a request, with its query.
    pub(super) fn path(&self) -> &str {
        self.word(1)
    }

    /// Whether a line of that name is there.
    pub(super) fn names(&self, name: &str) -> bool {
        self.lines.iter().any(|line| value(line, name).is_some())
    }

    /// Whether a line of that name says exactly this.
    pub(super) fn has(&self, name: &str, said: &str) -> bool {
        let mut values = self.lines.iter().filter_map(|line| value(line, name));
        values.any(|value| value == said.as_bytes())
    }

    /// Puts one line of that name in the place of all.
    pub(super) fn set(&mut self, name: &str, said: &str) {
        self.lines.retain(|line| value(line, name).is_none());
        self.lines.push(format!("{name}: {said}").into_bytes());
    }

    /// Lets pages of these origins show the answer in a frame, and it show theirs.
    pub(super) fn let_frame(&mut self, origins: &[String]) {
        let (name, nobody) = ("content-security-policy", "frame-ancestors 'none'");
        let policy = self.lines.iter().find_map(|line| value(line, name));
        let policy = policy.and_then(|policy| std::str::from_utf8(policy).ok());
        let Some(policy) = policy.map(str::to_owned) else {
            return;
        };
        let all = origins.join(" ");
        let ours = format!("frame-ancestors {all}; frame-src {all}");
        self.set(name, &policy.replace(nobody, &ours));
        self.lines
            .retain(|line| value(line, "x-frame-options").is_none());
    }

    /// As it is sent.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.lines.join(&b"\r\n"[..]);
        bytes.extend_from_slice(END);
        bytes
    }
}

/// What a line of that name says.
fn value<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (found, rest) = line.split_at_checked(colon)?;
    found
        .eq_ignore_ascii_case(name.as_bytes())
        .then(|| rest.get(1..).unwrap_or_default().trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(text: &str) -> Read {
        Head::read(&mut text.as_bytes()).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn request_is_passed_on_as_it_came_with_what_follows_it() {
        let text = "POST /api/session HTTP/1.1\r\nHost: a:1\r\nOrigin: http://a:1\r\n\r\n{\"user\"";
        let mut from = text.as_bytes();
        let Read { head, rest } = Head::read(&mut from).await.unwrap().unwrap();
        assert_eq!((head.method(), head.path()), ("POST", "/api/session"));
        assert!(head.has("origin", "http://a:1") && !head.has("origin", "http://a"));
        assert_eq!([&head.bytes(), &rest, from].concat(), text.as_bytes());
    }

    #[tokio::test]
    async fn only_frames_of_the_doors_are_allowed_and_the_rest_of_the_policy_stays() {
        let text = "HTTP/1.1 200 OK\r\nContent-Security-Policy: default-src 'self'; frame-ancestors 'none'\r\n\
                    x-frame-options: DENY\r\nx-content-type-options: nosniff\r\n\r\n";
        let mut head = read(text).await.head;
        head.let_frame(&["http://a:1".to_owned(), "http://a:2".to_owned()]);
        let said = String::from_utf8(head.bytes()).unwrap();
        assert!(said.contains(
            "default-src 'self'; frame-ancestors http://a:1 http://a:2; frame-src http://a:1 http://a:2"
        ));
        assert!(said.contains("nosniff") && !said.contains("x-frame-options"));
    }

    #[tokio::test]
    async fn head_without_an_end_is_given_up() {
        let text = "x".repeat(HEAD_BYTES_MAX + 2);
        assert!(Head::read(&mut text.as_bytes()).await.is_err());
        assert!(Head::read(&mut "GET /".as_bytes()).await.unwrap().is_none());
    }
}
