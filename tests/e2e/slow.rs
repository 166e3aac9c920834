//! Devices that read slowly or flood, over real sockets: they cost no memory and stop nobody.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use liandu_bench::fleet::Phone;
use liandu_device::native::Memory;
use liandu_tests::{SYNC, World, create, edit, set, sync};
use tokio::task::JoinSet;

/// A network that turns bad when told to: between one device and the server.
#[derive(Default)]
struct Network {
    /// Nothing that the server says arrives any more.
    stalled: AtomicBool,
    /// The device floods as soon as it has sent its first edits.
    wanted: AtomicBool,
    /// What the server says is read away, and the device's last message is said again and again.
    flooding: AtomicBool,
    /// Messages said again.
    repeated: AtomicU64,
    /// The server has let go of the connection.
    closed: AtomicBool,
}

/// The address to connect to instead of the server's.
fn between(server: &str, network: &Arc<Network>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let (server, network) = (server.to_owned(), Arc::clone(network));
    thread::spawn(move || {
        for device in listener.incoming().map_while(Result::ok) {
            let upstream = TcpStream::connect(&server).expect("the server");
            let (to_device, from_server) = (device.try_clone(), upstream.try_clone());
            let there = Arc::clone(&network);
            thread::spawn(move || down(&there, from_server.expect("a copy"), to_device.ok()));
            let here = Arc::clone(&network);
            thread::spawn(move || up(&here, device, upstream));
        }
    });
    format!("ws://{address}/sync")
}

fn said(buffer: &[u8], count: usize) -> &[u8] {
    buffer.get(..count).expect("read")
}

fn down(network: &Network, mut server: TcpStream, device: Option<TcpStream>) {
    let mut device = device.expect("a copy");
    let mut buffer = [0u8; 4096];
    while let Ok(count @ 1..) = server.read(&mut buffer) {
        if network.stalled.load(Ordering::SeqCst) {
            // Held open and never read again, until the test ends.
            thread::park();
        }
        if network.flooding.load(Ordering::SeqCst) {
            continue;
        }
        if device.write_all(said(&buffer, count)).is_err() {
            break;
        }
    }
    network.closed.store(true, Ordering::SeqCst);
    device.shutdown(Shutdown::Both).ok();
}

/// Before it: the upgrade, the hello, the scopes.
const PUSH: u32 = 4;

fn up(network: &Network, mut device: TcpStream, mut server: TcpStream) {
    let mut last = Vec::new();
    let mut buffer = vec![0u8; 1 << 16];
    let mut messages = 0;
    while let Ok(count @ 1..) = device.read(&mut buffer) {
        last = said(&buffer, count).to_vec();
        if server.write_all(&last).is_err() {
            break;
        }
        messages += 1;
        if messages >= PUSH && network.wanted.load(Ordering::SeqCst) {
            network.flooding.store(true, Ordering::SeqCst);
            break;
        }
    }
    while network.flooding.load(Ordering::SeqCst) && server.write_all(&last).is_ok() {
        network.repeated.fetch_add(1, Ordering::SeqCst);
    }
    server.shutdown(Shutdown::Both).ok();
}

/// Memory of the server, MB.
fn memory_mb(world: &World) -> u64 {
    let path = format!("/proc/{}/status", world.server().pid());
    let status = std::fs::read_to_string(path).expect("the server's status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1));
    kb.and_then(|kb| kb.parse::<u64>().ok()).expect("a number") / 1024
}

async fn behind(world: &World, network: &Arc<Network>, person: &str) -> Phone {
    let address = world.server().url.trim_start_matches("http://").to_owned();
    let code = world.server().invite(person).expect("invited");
    let mut phone = Phone::open(Memory::default(), "test").expect("a device");
    let url = between(&address, network);
    phone.enrol(&url, &code, person).await.expect("enrolled");
    phone
}

/// Text that does not deflate to nothing.
fn noise(seed: u64, bytes: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'!' + u8::try_from(state % 90).expect("small"))
    };
    std::iter::repeat_with(next).take(bytes).collect()
}

/// Readers that stop reading.
const READERS: usize = 24;
/// Records that they lack, 15 kB each.
const RECORDS: u64 = 500;
/// What all of it would take if the server kept it for each of them: 180 MB. A connection may
/// keep a page and a frame.
const GROWTH_MB_MAX: u64 = 70;

#[tokio::test]
async fn devices_that_stop_reading_cost_no_memory_and_do_not_stop_the_others() {
    let world = World::start();
    let mut phones = world.phones(2).await;
    let mut slow = JoinSet::new();
    let mut networks = Vec::new();
    let mut readers = Vec::new();
    for _ in 0..READERS {
        let network = Arc::new(Network::default());
        readers.push(behind(&world, &network, "rep-0001").await);
        networks.push(network);
    }
    for number in 0..RECORDS {
        let record = create(&mut phones[0], "很长的记录").record;
        let long = noise(number + 1, 15_000);
        edit(&mut phones[0], record, set("f/village", &long)).expect("kept");
    }
    sync(&mut phones[0]).await;
    let before = memory_mb(&world);
    for (mut reader, network) in readers.into_iter().zip(&networks) {
        network.stalled.store(true, Ordering::SeqCst);
        slow.spawn(async move { drop(reader.sync(SYNC).await) });
    }
    sync(&mut phones[1]).await;
    create(&mut phones[1], "照常工作");
    sync(&mut phones[1]).await;
    sync(&mut phones[0]).await;
    assert_eq!(
        phones[0].engine().records().count() as u64,
        RECORDS + 1,
        "the others go on"
    );
    let after = memory_mb(&world);
    assert!(
        after < before + GROWTH_MB_MAX,
        "{before} MB before, {after} MB with {READERS} readers that do not read"
    );
    slow.abort_all();
}

#[tokio::test]
async fn device_that_floods_is_slowed_and_the_others_go_on() {
    let world = World::start();
    let mut phones = world.phones(2).await;
    let network = Arc::new(Network::default());
    let mut flooder = behind(&world, &network, "rep-0001").await;
    create(&mut flooder, "同一条送无数遍");
    let before = memory_mb(&world);
    network.wanted.store(true, Ordering::SeqCst);
    let flood = tokio::spawn(async move { drop(flooder.sync(SYNC).await) });
    while network.repeated.load(Ordering::SeqCst) < 1_000 && !network.closed.load(Ordering::SeqCst)
    {
        tokio::task::yield_now().await;
    }
    create(&mut phones[0], "照常工作");
    sync(&mut phones[0]).await;
    assert!(phones[0].engine().all_at_office(), "the others go on");
    assert!(network.repeated.load(Ordering::SeqCst) > 0, "it did flood");
    let after = memory_mb(&world);
    assert!(after < before + 50, "{before} MB before, {after} MB after");
    network.flooding.store(false, Ordering::SeqCst);
    flood.abort();
}
