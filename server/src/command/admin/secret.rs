//! Passwords on their way in.
//!
//! Never keeps one: what leaves this file is a hash.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use anyhow::{Context, ensure};

use crate::accounts::password;
use crate::engine::random;

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
