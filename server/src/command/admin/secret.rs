//! Invitation codes and passwords on their way in.
//!
//! Never keeps one: what leaves this file is a hash, and a code once for the person invited.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};

use crate::accounts::password;
use crate::engine::random;

/// Letters that are not taken for each other.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters of a code: 100 bits cannot be guessed within its hours.
const CODE_LETTERS: usize = 20;
const GROUP: usize = 5;

/// A new invitation code: `K7Q2M-9FXM3-TBA8W-YN4HD`.
pub(super) fn code() -> anyhow::Result<String> {
    let bytes: [u8; CODE_LETTERS] = random()?;
    let mut code = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            code.push('-');
        }
        let letter = LETTERS.get(usize::from(byte % 32)).copied().unwrap_or(b'2');
        code.push(char::from(letter));
    }
    Ok(code)
}

/// What the log knows of a code.
pub(super) fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}

/// Reads a new password from a file or standard input and gives its argon2id string.
pub(super) fn password(user: &str, file: Option<&Path>) -> anyhow::Result<String> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path)
            .with_context(|| format!("不能读取密码文件 {} (cannot read it)", path.display()))?,
        None => {
            let stdin = std::io::stdin().lock();
            if stdin.is_terminal() {
                eprintln!(
                    "请输入 {user} 的新密码并回车，屏幕会显示它 (type the new password; it is shown on the screen):"
                );
            }
            let line = stdin.lines().next().transpose()?;
            line.unwrap_or_default()
        }
    };
    let first = text.lines().next().unwrap_or_default();
    ensure!(!first.is_empty(), "没有读到密码 (no password was given)");
    Ok(password::hash(user, first, random()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_easy_to_read_aloud() {
        let (one, two) = (code().unwrap(), code().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 23);
        assert!(
            one.bytes()
                .all(|letter| letter == b'-' || LETTERS.contains(&letter)),
            "{one}"
        );
    }
}
