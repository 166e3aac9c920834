//! Enrolling: one answer for one invitation, only with the device's own key, and waited for so long.

use liandu_core::limits::{ANSWER_MS, LABEL_BYTES_MAX};
use liandu_core::protocol::enrol::{Enroller, Enrolment, Failure, Input, Output};
use liandu_core::protocol::frame::{Decoded, ToServer};
use liandu_core::protocol::message::{Close, CloseCode};
use liandu_core::protocol::session::{self, Session};
use liandu_core::seal::ToSign;

use super::samples::{
    DEPLOYMENT, DEVICE, NONCE, device_key, enrolled, server_key, time, to_device,
};

fn enrolment() -> Enrolment {
    Enrolment {
        invitation: "K7QX-2M9D".to_owned(),
        device: DEVICE,
        key: device_key().public(),
        label: "手机".to_owned(),
    }
}

fn enrolling(answer: impl FnOnce(&mut Session)) -> Vec<Output> {
    let mut session = Session::new(DEPLOYMENT);
    let mut device = Enroller::new(enrolment());
    device.handle(time(), Input::Connected);
    session.handle(time(), session::Input::Opened { nonce: NONCE });
    let mut answer = Some(answer);
    let mut ends = vec![];
    loop {
        if let Some(output) = session.poll() {
            match output {
                session::Output::Send(frame) => device.handle(time(), Input::Frame(frame)),
                session::Output::Enrol(enrol) => {
                    assert_eq!(enrol.invitation, "K7QX-2M9D");
                    answer.take().unwrap()(&mut session);
                }
                _ => {}
            }
        } else if let Some(output) = device.poll() {
            match output {
                Output::Send(frame) => session.handle(time(), session::Input::Frame(frame)),
                Output::Sign(words) => {
                    let signature = device_key().sign(&words);
                    device.handle(time(), Input::Signed { words, signature });
                }
                end => ends.push(end),
            }
        } else {
            return ends;
        }
    }
}

#[test]
fn device_is_enrolled_once_and_only_with_its_own_key() {
    let ends = enrolling(|s| s.handle(time(), session::Input::Enrolled(Box::new(enrolled()))));
    let expected = Output::Enrolled(Box::new(enrolled()));
    assert_eq!(ends, [Output::Disconnect, expected]);

    let ends = enrolling(|s| {
        s.handle(
            time(),
            session::Input::EnrolRefused {
                retry_after_ms: None,
            },
        )
    });
    let close = Close::new(CloseCode::InvitationRefused, None);
    assert_eq!(ends[1], Output::Failed(Failure::Closed(close)));

    let mut other = enrolled();
    other.certificate.key = server_key().public();
    let ends = enrolling(|s| s.handle(time(), session::Input::Enrolled(Box::new(other))));
    assert_eq!(ends[1], Output::Failed(Failure::WrongAnswer));
}

/// What the device does when it was challenged.
fn challenged(enrolment: Enrolment) -> (Enroller, Vec<Output>) {
    let mut device = Enroller::new(enrolment);
    device.handle(time(), Input::Connected);
    let done = challenge(&mut device);
    (device, done)
}

fn challenge(device: &mut Enroller) -> Vec<Output> {
    let (_, challenge) = &to_device()[0];
    device.handle(time(), Input::Frame(challenge.encode().unwrap()));
    done(device)
}

fn done(device: &mut Enroller) -> Vec<Output> {
    std::iter::from_fn(|| device.poll()).collect()
}

fn failed(failure: Failure) -> [Output; 2] {
    [Output::Disconnect, Output::Failed(failure)]
}

#[test]
fn answer_is_waited_for_until_the_deadline_and_no_longer() {
    let mut device = Enroller::new(enrolment());
    assert_eq!(device.deadline(), None, "not before it is connected");
    device.handle(time(), Input::Connected);
    let until = time().plus_ms(ANSWER_MS);
    assert_eq!(device.deadline(), Some(until));
    device.handle(time().plus_ms(ANSWER_MS - 1), Input::Tick);
    assert_eq!(done(&mut device), []);
    device.handle(until, Input::Tick);
    assert_eq!(done(&mut device), failed(Failure::NoAnswer));
    assert_eq!(device.deadline(), None);
}

#[test]
fn second_challenge_is_signed_no_more() {
    let (mut device, first) = challenged(enrolment());
    assert!(matches!(first[..], [Output::Sign(_)]));
    assert_eq!(challenge(&mut device), failed(Failure::WrongAnswer));
}

#[test]
fn signature_over_other_words_is_not_sent() {
    let (mut device, first) = challenged(enrolment());
    let [Output::Sign(words)] = &first[..] else {
        panic!()
    };
    let other = Enrolment {
        invitation: "another".to_owned(),
        ..enrolment()
    };
    let (_, others) = challenged(other);
    let [Output::Sign(other)] = &others[..] else {
        panic!()
    };
    let signed = |words: &ToSign| Input::Signed {
        words: words.clone(),
        signature: device_key().sign(words),
    };
    device.handle(time(), signed(other));
    assert_eq!(done(&mut device), []);
    device.handle(time(), signed(words));
    assert!(matches!(done(&mut device)[..], [Output::Send(_)]));
}

#[test]
fn invitation_and_label_at_the_limit_are_sent_and_one_byte_more_is_not() {
    let text = |bytes| "a".repeat(bytes);
    let (mut device, asked) = challenged(Enrolment {
        invitation: text(LABEL_BYTES_MAX),
        label: text(LABEL_BYTES_MAX),
        ..enrolment()
    });
    let [Output::Sign(words)] = &asked[..] else {
        panic!()
    };
    let (words, signature) = (words.clone(), device_key().sign(words));
    device.handle(time(), Input::Signed { words, signature });
    let [Output::Send(frame)] = &done(&mut device)[..] else {
        panic!()
    };
    assert!(matches!(
        ToServer::decode(frame),
        Ok(Decoded::Message(ToServer::Enrol(_)))
    ));
    let long_invitation = Enrolment {
        invitation: text(LABEL_BYTES_MAX + 1),
        ..enrolment()
    };
    let long_label = Enrolment {
        label: text(LABEL_BYTES_MAX + 1),
        ..enrolment()
    };
    for long in [long_invitation, long_label] {
        assert_eq!(challenged(long).1, failed(Failure::TooLong));
    }
}
