//! Tells cargo that the program holds the built pages: a release built before them is built again
//! once they are there. It builds nothing itself.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../crates/web/dist");
    }
}
