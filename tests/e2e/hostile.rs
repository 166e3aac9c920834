//! Devices that misbehave: the others do not notice.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use liandu_bench::office::Office;
use liandu_core::limits::TYPED_CODES_OF_ADDRESS_MAX;
use liandu_device::native::{Device, DriveError, Memory};
use liandu_tests::{World, create, sync};
use serde_json::json;

/// A raw WebSocket to the server, after the handshake.
fn socket(world: &World) -> TcpStream {
    let address = world.server().url.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).expect("a connection");
    let request = format!(
        "GET /sync HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("the handshake");
    let mut first = [0u8; 12];
    stream.read_exact(&mut first).expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 101", "it is a WebSocket");
    stream
}

/// A masked binary frame.
fn frame(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x82, 0x80 | u8::try_from(content.len()).expect("short")];
    bytes.extend([0; 4]);
    bytes.extend(content);
    bytes
}

/// A number that the server measures.
pub(crate) fn measured(office: &Office, name: &str) -> u64 {
    let text = office.text("/metrics").expect("metrics");
    let mut lines = text.lines();
    let number = lines.find_map(|line| line.strip_prefix(&format!("liandu_{name} ")));
    number.expect(name).parse().expect("a number")
}

#[tokio::test]
async fn garbage_and_a_thousand_sockets_do_not_disturb_the_others() {
    let world = World::start();
    let mut phones = world.phones(1).await;
    let office = world.office();
    let mut idle = Vec::new();
    for number in 0..1_000u32 {
        let mut stream = socket(&world);
        if number % 2 == 0 {
            let garbage: Vec<u8> = (0..100).map(|n| (n * 7 + number) as u8).collect();
            // The server may have closed it already: that is the point.
            stream.write_all(&frame(&garbage)).ok();
        }
        idle.push(stream);
    }
    assert!(measured(&office, "connections") >= 500, "they are counted");
    create(&mut phones[0], "照常工作");
    sync(&mut phones[0]).await;
    assert!(phones[0].engine().all_at_office());
    assert_eq!(office.count("kind=problem").unwrap_or(0), 1);
    drop(idle);
}

#[tokio::test]
async fn invitation_works_once() {
    let world = World::start();
    let phones = world.phones(1).await;
    drop(phones);
    let code = world.server().invite("rep-0000").unwrap();
    presented(&world, &code).await.unwrap();
    assert!(presented(&world, &code).await.is_err());
    assert!(presented(&world, &typed(&code)).await.is_err());
}

/// A new device presents a code.
async fn presented(world: &World, code: &str) -> Result<(), DriveError> {
    let mut device = Device::open(Memory::default(), "test")?;
    device.enrol(&world.server().sync_url(), code, "new").await
}

/// What of a code is typed by hand, as somebody in a hurry types it.
fn typed(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    letters.take(8).collect::<String>().to_lowercase()
}

#[tokio::test]
async fn first_letters_of_a_code_enrol_once_also_after_a_restart() {
    let mut world = World::start();
    drop(world.phones(1).await);
    let code = world.server().invite("rep-0000").unwrap();
    let later = world.server().invite("rep-0000").unwrap();
    presented(&world, &typed(&code)).await.unwrap();
    world.kill();
    world.start_again();
    assert!(presented(&world, &typed(&code)).await.is_err());
    assert!(presented(&world, &code).await.is_err());
    presented(&world, &typed(&later)).await.unwrap();
}

#[tokio::test]
async fn who_guesses_short_codes_is_made_to_wait_and_whole_codes_are_not() {
    let world = World::start();
    let mut phones = world.phones(1).await;
    let (office, code) = (world.office(), world.server().invite("rep-0000").unwrap());
    let before = measured(&office, "connections_turned_away_total");
    let refused = async |guess: &str| match presented(&world, guess).await {
        Err(DriveError::NotEnrolled(failure)) => failure,
        other => panic!("{guess}: {other:?}"),
    };
    for number in 0..TYPED_CODES_OF_ADDRESS_MAX {
        let guess = format!("222222{number:02}").replace(['0', '1'], "Z");
        assert!(!refused(&guess).await.again, "looked at, and wrong");
    }
    let waits = refused(&typed(&code)).await;
    assert!(waits.again && waits.zh.contains("分钟"), "{waits:?}");
    let turned_away = measured(&office, "connections_turned_away_total") - before;
    assert_eq!(turned_away as usize, TYPED_CODES_OF_ADDRESS_MAX + 1);
    presented(&world, &code).await.unwrap();
    create(&mut phones[0], "照常工作");
    sync(&mut phones[0]).await;
    assert!(phones[0].engine().all_at_office());
}

/// It never gets as far as a hello, whose time is measured from the opening.
#[tokio::test]
async fn who_sends_one_byte_a_second_is_shut_out() {
    let world = World::start();
    let mut phones = world.phones(1).await;
    let mut slow = socket(&world);
    let pace = Duration::from_secs(1);
    slow.set_read_timeout(Some(pace)).expect("a timeout");
    create(&mut phones[0], "照常工作");
    sync(&mut phones[0]).await;
    assert!(phones[0].engine().all_at_office());
    let long = [0x82, 0xfe, 0x10, 0]
        .into_iter()
        .chain(std::iter::repeat(0));
    let mut answers = [0u8; 1_000];
    for (sent, byte) in long.enumerate() {
        assert!(sent < 60, "it is still there");
        if slow.write_all(&[byte]).is_err() {
            break;
        }
        match slow.read(&mut answers) {
            Ok(0) => break,
            Err(error) if ![ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {
                break;
            }
            Ok(_) | Err(_) => {}
        }
    }
}

#[tokio::test]
async fn who_guesses_passwords_is_made_to_wait_and_the_others_are_not() {
    let world = World::start();
    let mut phones = world.phones(1).await;
    let office = world.office();
    let sessions = measured(&office, "office_sessions");
    let guess = |number: u32| {
        let body = json!({"user": "somebody", "password": format!("guess number {number}")});
        office.post("/api/session", &body, None).expect("an answer")
    };
    let answers: Vec<(u16, serde_json::Value)> = (0..20).map(guess).collect();
    assert!(
        answers
            .iter()
            .all(|(status, _)| [401, 429].contains(status)),
        "{answers:?}"
    );
    let (status, last) = answers.last().expect("answers");
    assert!(
        *status == 429 && last["retry_s"].as_u64() > Some(0),
        "{last}"
    );
    create(&mut phones[0], "照常工作");
    sync(&mut phones[0]).await;
    assert!(phones[0].engine().all_at_office());
    assert_eq!(office.count("kind=problem").expect("a count"), 1);
    assert_eq!(
        measured(&office, "office_sessions"),
        sessions,
        "nobody got in"
    );
}
