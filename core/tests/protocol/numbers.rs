//! Numbers of problems: asked for in sync, one question at a time, and never waited for.

use liandu_core::protocol::client::{self, Input, Status};
use liandu_core::protocol::frame::ToServer;
use liandu_core::protocol::message::WantNumbers;
use liandu_core::protocol::session;

use super::link::Link;
use super::samples::{numbers, record};

#[test]
fn numbers_are_asked_for_in_sync_one_question_at_a_time() {
    let mut link = Link::new();
    let ask = || Input::WantNumbers(vec![record(1), record(2)]);
    assert!(!link.client.may_ask(), "not before it is connected");
    link.to_client(ask());
    link.sync();
    assert!(link.host.numbers_asked.is_empty());
    link.to_client(ask());
    link.to_client(ask());
    link.run();
    assert!(!link.client.may_ask());
    assert_eq!(link.host.numbers_asked, [[record(1), record(2)]]);
    // One who does not wait is noted, and the first question stands.
    let records = vec![record(3)];
    let flood = ToServer::from(WantNumbers { records }).encode().unwrap();
    link.to_session(session::Input::Frame(flood));
    link.run();
    assert_eq!(link.odd, [session::Odd::Flood]);
    link.to_session(session::Input::Numbers(numbers().numbers));
    link.run();
    assert_eq!(link.device.numbers, numbers().numbers);
    assert!(link.client.may_ask());
    // What nobody asked for is odd and not believed.
    let again = link.down.last().unwrap().clone();
    link.to_client(Input::Frame(again));
    link.run();
    assert_eq!(link.device.odd, [client::Odd::OutOfTurn("Numbers")]);
    assert_eq!(link.device.numbers.len(), 2);
}

#[test]
fn a_server_that_says_nothing_holds_up_nothing() {
    let mut link = Link::new();
    link.sync();
    link.to_client(Input::WantNumbers(vec![record(1)]));
    link.run();
    assert_eq!(link.client.status(), Status::InSync);
    assert_eq!(link.client.deadline(), None, "nothing is awaited");
    link.cut();
    link.wait();
    assert!(link.client.may_ask(), "the next connection asks again");
}
