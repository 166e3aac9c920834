//! `liandu-server`: the server of an office and its administrator's commands.
//!
//! Never does anything itself: `command` reads the line and `serve` runs the server.

use std::process::ExitCode;

fn main() -> ExitCode {
    liandu_server::command::main()
}
