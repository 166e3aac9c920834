//! Strangers: wrong keys, wrong servers, garbage.

use liandu_core::limits::{HANDSHAKE_MS, HELLO_BYTES_MAX};
use liandu_core::protocol::client::{self, Client, Holding, Identity, Status, Stop};
use liandu_core::protocol::frame::ToServer;
use liandu_core::protocol::message::{CloseCode, WantDefinitions};
use liandu_core::protocol::session::{self, Session};

use super::link::{Link, identity};
use super::samples::{DEPLOYMENT, NONCE, hello, server_key, time, to_device};

#[test]
fn wrong_signature_closes_and_the_device_stops() {
    let mut link = Link::new();
    link.key = server_key();
    link.sync();
    assert_eq!(link.host.closed, [CloseCode::BadSignature]);
    assert_eq!(link.client.status(), Status::Stopped(Stop::BadSignature));
    assert_eq!(link.client.deadline(), None);
}

#[test]
fn server_of_another_installation_gets_no_hello() {
    let mut link = Link::new();
    let deployment = liandu_core::id::DeploymentId([9; 16]);
    link.client = Client::new(
        Identity {
            deployment,
            ..identity()
        },
        Holding::default(),
        1,
    );
    link.sync();
    assert!(link.up.is_empty());
    assert_eq!(link.client.status(), Status::Stopped(Stop::WrongServer));
}

#[test]
fn unknown_device_presents_its_certificate_and_only_then_gives_up() {
    let mut link = Link::new();
    link.host.known = false;
    link.sync();
    assert!(matches!(link.client.status(), Status::Waiting { .. }));
    link.wait();
    assert_eq!(link.client.status(), Status::InSync);

    let mut link = Link::new();
    link.host.known = false;
    let bare = Identity {
        certificate: None,
        ..identity()
    };
    link.client = Client::new(bare, Holding::default(), 1);
    link.sync();
    assert_eq!(link.client.status(), Status::Stopped(Stop::UnknownDevice));
}

#[test]
fn silent_or_noisy_stranger_is_closed() {
    let mut link = Link::new();
    let mut session = Session::new(DEPLOYMENT);
    session.handle(link.now, session::Input::Opened { nonce: NONCE });
    assert_eq!(session.deadline(), Some(link.now.plus_ms(HANDSHAKE_MS)));
    session.handle(link.now.plus_ms(HANDSHAKE_MS - 1), session::Input::Tick);
    link.session = Some(session);
    link.run();
    assert!(link.host.closed.is_empty());
    link.now = link.now.plus_ms(HANDSHAKE_MS);
    link.to_session(session::Input::Tick);
    link.run();
    assert_eq!(link.host.closed, [CloseCode::TooSlow]);

    let closes = |frames: Vec<Vec<u8>>| {
        let mut session = Session::new(DEPLOYMENT);
        session.handle(time(), session::Input::Opened { nonce: NONCE });
        for frame in frames {
            session.handle(time(), session::Input::Frame(frame));
        }
        let mut closes = vec![];
        while let Some(output) = session.poll() {
            if let session::Output::Close(code) = output {
                closes.push(code);
            }
        }
        closes
    };
    assert_eq!(closes(vec![vec![0xff]; 2]), []);
    assert_eq!(closes(vec![vec![0xff]; 3]), [CloseCode::ProtocolError]);
    assert_eq!(closes(vec![vec![0; HELLO_BYTES_MAX]]), [], "one strike");
    assert_eq!(
        closes(vec![vec![0; HELLO_BYTES_MAX + 1]]),
        [CloseCode::ProtocolError]
    );
    let early = ToServer::from(WantDefinitions { names: vec![] })
        .encode()
        .unwrap();
    assert_eq!(closes(vec![early; 3]), [CloseCode::ProtocolError]);
    let mut newer = hello();
    newer.version = 99;
    assert_eq!(
        closes(vec![ToServer::from(newer).encode().unwrap()]),
        [CloseCode::VersionTooOld]
    );
}

#[test]
fn unknown_messages_are_odd_and_nothing_else() {
    let mut link = Link::new();
    link.sync();
    let unknown = vec![0x82, 0x18, 0xc8, 0xa1, 0x01, 0x02];
    for _ in 0..10 {
        link.to_session(session::Input::Frame(unknown.clone()));
        link.to_client(client::Input::Frame(unknown.clone()));
    }
    link.run();
    assert_eq!(link.odd, [session::Odd::UnknownType(200); 10]);
    assert_eq!(link.device.odd, [client::Odd::UnknownType(200); 10]);
    assert_eq!(link.client.status(), Status::InSync);
}

/// Garbage at any moment of a conversation.
#[test]
fn client_survives_every_message_in_every_phase() {
    for (name, message) in to_device() {
        for phase in 0..4 {
            let mut client = Client::new(identity(), Holding::default(), 1);
            let steps = [
                client::Input::SyncNow,
                client::Input::Connected,
                client::Input::Frame(to_device()[0].1.encode().unwrap()),
                client::Input::Frame(to_device()[1].1.encode().unwrap()),
            ];
            for step in steps.into_iter().take(phase + 1) {
                client.handle(time(), step);
            }
            for _ in 0..5 {
                client.handle(time(), client::Input::Frame(message.encode().unwrap()));
            }
            while client.poll().is_some() {}
            assert!(
                client.deadline().is_some() || client.status() != Status::Connecting,
                "{name}"
            );
        }
    }
}
