//! The kill tests any number of times: a real server under load and a real device that saves, with
//! what was receipted or said to be saved read back after each. It holds no test itself.

use crate::command::{self, Phases, binaries, cargo, typed};
use anyhow::{Result, bail};

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    kills: u64,
    seed: u64,
}

impl Asked {
    fn parse(mut words: &[&str]) -> Result<Asked> {
        let mut asked = Asked { kills: 30, seed: 1 };
        while let [option, value, rest @ ..] = words {
            match *option {
                "--kills" => asked.kills = crate::number(value)?,
                "--seed" => asked.seed = crate::number(value)?,
                other => bail!("不认识 not understood: {other}"),
            }
            words = rest;
        }
        match words {
            [] if asked.kills == 0 => bail!("--kills 至少为 1 must be at least 1"),
            [] => Ok(asked),
            [left, ..] => bail!("缺少数值 a number is missing after {left}"),
        }
    }
}

/// Builds what is killed, then kills it.
///
/// # Errors
/// On an option that is none, or when something that was promised is gone after a kill.
pub(crate) fn run(options: &[&str]) -> Result<()> {
    let Asked { kills, seed } = Asked::parse(options)?;
    let mut phases = Phases::new(2);
    phases.run("编译 build", || {
        command::run(cargo(&[
            "build",
            "--workspace",
            "--all-features",
            "--all-targets",
        ]))
    })?;
    phases.run(
        &format!("各杀 {kills} 次 kills each, seed {seed}"),
        || {
            let mut tests = cargo(&["test", "--workspace", "--all-features", "--test", "e2e"]);
            tests.args(["--", "--nocapture", "--test-threads=1", "kills::"]);
            tests.env("LIANDU_BIN_DIR", binaries()?);
            tests.env("LIANDU_KILLS", kills.to_string());
            tests.env("LIANDU_KILLS_SEED", seed.to_string());
            println!("{}", typed(&tests));
            command::run(tests)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kills_and_seed_are_read() {
        let asked = Asked::parse(&["--kills", "500", "--seed", "0x2"]).unwrap();
        assert_eq!(
            asked,
            Asked {
                kills: 500,
                seed: 2
            }
        );
        assert_eq!(Asked::parse(&[]).unwrap(), Asked { kills: 30, seed: 1 });
        assert!(Asked::parse(&["--kills"]).is_err());
        assert!(Asked::parse(&["--kills", "0"]).is_err());
        assert!(Asked::parse(&["--times", "3"]).is_err());
    }
}
