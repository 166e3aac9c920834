//! When a closed problem waits to be looked at again.

use liandu_core::time::Timestamp;
use liandu_core::workflow::look_back;

use crate::record::world::{Writer, creation, set};

#[test]
fn a_closed_problem_waits_for_its_day_until_somebody_has_looked_since_it_was_set() {
    let mut writer = Writer::new(1);
    writer.edit(creation());
    writer.edit(set("f/look_back_on", "2020-09-01"));
    assert_eq!(look_back(&writer.read()), None, "it is not closed");
    for (event, args) in [
        ("verify", &[][..]),
        ("transfer", &[("unit", "u-land")][..]),
        ("receive", &[][..]),
        ("report", &[][..]),
        ("pass", &[][..]),
        ("close", &[][..]),
    ] {
        writer.event(event, args);
    }
    assert_eq!(writer.read().state.state.as_str(), "closed");
    assert_eq!(look_back(&writer.read()).unwrap().to_string(), "2020-09-01");
    writer.event("look_back", &[("text", "未反弹")]);
    assert_eq!(look_back(&writer.read()), None);
    let (later, author, seen) = (
        Timestamp(1_592_611_200_000),
        writer.author(),
        writer.doc.heads(),
    );
    let next = set("f/look_back_on", "2021-03-01");
    writer.doc.apply(&next, &author, &seen, later).unwrap();
    let again = look_back(&writer.read()).unwrap();
    assert_eq!(again.to_string(), "2021-03-01", "a second round");
}
