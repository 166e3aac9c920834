//! Devices that misbehave: the others do not notice.

use std::io::{Read, Write};
use std::net::TcpStream;

use liandu_tests::{World, create, sync};

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

#[tokio::test]
async fn garbage_and_a_thousand_sockets_do_not_disturb_the_others() {
    let world = World::start();
    let mut phones = world.phones(1).await;
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
    create(&mut phones[0], "照常工作");
    sync(&mut phones[0]).await;
    assert!(phones[0].engine().all_at_office());
    assert_eq!(world.office().count("kind=problem").unwrap_or(0), 1);
    drop(idle);
}

#[tokio::test]
async fn invitation_works_once() {
    let world = World::start();
    let phones = world.phones(1).await;
    drop(phones);
    let code = world.server().invite("rep-0000").unwrap();
    let url = world.server().sync_url();
    let open =
        || liandu_device::native::Device::open(liandu_device::native::Memory::default(), "test");
    let mut first = open().unwrap();
    first.enrol(&url, &code, "first").await.unwrap();
    let mut second = open().unwrap();
    assert!(second.enrol(&url, &code, "second").await.is_err());
}
