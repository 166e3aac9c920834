//! Real sockets before a server that says what it was asked.

use tokio::io::AsyncReadExt as _;
use tokio::task::JoinSet;

use super::*;

/// A house whose server answers every request by its path, and stays when it is asked to.
struct Echo {
    server: String,
    origins: Vec<String>,
}

impl House for Echo {
    fn server(&self) -> &str {
        &self.server
    }

    fn origins(&self) -> &[String] {
        &self.origins
    }

    async fn answer(&self, asked: Asked) -> Option<String> {
        (asked.path != "nothing").then(|| format!("{} {}", asked.path, asked.acts))
    }
}

async fn answer_each(listener: TcpListener) {
    while let Ok((mut near, _)) = listener.accept().await {
        tokio::spawn(async move {
            let Read { head, rest } = Head::read(&mut near).await.unwrap().unwrap();
            // As a server does that wants the whole body first.
            if head.method() == "PUT" && rest.is_empty() {
                near.read_u8().await.unwrap();
            }
            let said = format!(
                "HTTP/1.1 200 OK\r\nx-frame-options: DENY\r\n\
                 content-security-policy: frame-ancestors 'none'\r\n\r\n{}",
                head.path()
            );
            near.write_all(said.as_bytes()).await.unwrap();
            if head.names("upgrade") {
                near.read_u8().await.ok();
            }
        });
    }
}

/// A door with its tasks.
async fn open() -> (Door, JoinSet<()>) {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let (door, listener) = Door::take(0).await.unwrap();
    let house = Arc::new(Echo {
        server: server.local_addr().unwrap().to_string(),
        origins: vec![door.origin.clone()],
    });
    let mut tasks = JoinSet::new();
    tasks.spawn(answer_each(server));
    tasks.spawn(serve(house, 0, door.line(), listener));
    (door, tasks)
}

fn host(door: &Door) -> &str {
    door.origin.trim_start_matches("http://")
}

async fn begin(door: &Door, request: &str, lines: &str) -> TcpStream {
    let mut socket = TcpStream::connect(host(door)).await.unwrap();
    let text = format!("{request} HTTP/1.1\r\n{lines}\r\n\r\n");
    socket.write_all(text.as_bytes()).await.unwrap();
    socket
}

async fn asked(door: &Door, request: &str, lines: &str) -> String {
    let mut said = String::new();
    let mut socket = begin(door, request, lines).await;
    socket.read_to_string(&mut said).await.unwrap();
    said
}

#[tokio::test]
async fn pages_pass_and_only_the_doors_may_frame_them() {
    let (door, _tasks) = open().await;
    let said = asked(&door, "GET /ledger?kind=problem", "host: x").await;
    assert!(said.ends_with("\r\n\r\n/ledger?kind=problem"));
    assert!(said.contains(&format!("frame-ancestors {0}; frame-src {0}", door.origin)));
    assert!(!said.contains("x-frame-options"));
}

#[tokio::test]
async fn body_that_comes_after_its_head_is_carried_before_there_is_an_answer() {
    let (door, _tasks) = open().await;
    let mut socket = begin(&door, "PUT /api/files", "content-length: 1").await;
    tokio::task::yield_now().await;
    socket.write_all(b"x").await.unwrap();
    let mut said = String::new();
    socket.read_to_string(&mut said).await.unwrap();
    assert!(said.ends_with("/api/files"));
}

#[tokio::test]
async fn cut_line_ends_what_is_open_and_lets_nothing_of_the_app_through_until_it_is_mended() {
    let (door, _tasks) = open().await;
    let mut socket = begin(&door, "GET /sync", "upgrade: websocket").await;
    let Read { head, rest } = Head::read(&mut socket).await.unwrap().unwrap();
    assert!(head.path() == "200" && rest == b"/sync");
    door.cut(true);
    assert_eq!(socket.read(&mut [0]).await.unwrap_or(0), 0);
    for path in ["/m/", "/sync", "/api/records", "/healthz"] {
        assert_eq!(asked(&door, &format!("GET {path}"), "host: x").await, "");
    }
    assert!(
        asked(&door, "GET /demo/phone", "host: x")
            .await
            .ends_with("/demo/phone")
    );
    door.cut(false);
    assert!(asked(&door, "GET /m/", "host: x").await.ends_with("/m/"));
}

#[tokio::test]
async fn only_pages_of_the_door_itself_ask_the_stage_and_act_on_it() {
    let (door, _tasks) = open().await;
    let own = format!("host: {}", host(&door));
    let acts = format!("{own}\r\norigin: {}", door.origin);
    assert!(
        asked(&door, "GET /stage/about", &own)
            .await
            .ends_with("about false")
    );
    assert!(
        asked(&door, "POST /stage/power-cut", &acts)
            .await
            .ends_with("power-cut true")
    );
    assert!(
        asked(&door, "POST /stage/power-cut", &own)
            .await
            .ends_with("power-cut false")
    );
    let elsewhere = format!("{own}\r\norigin: http://127.0.0.1:1");
    assert!(
        asked(&door, "POST /stage/cut/0", &elsewhere)
            .await
            .ends_with("cut/0 false")
    );
    for (path, lines) in [("about", "host: liandu.example"), ("nothing", own.as_str())] {
        let said = asked(&door, &format!("GET /stage/{path}"), lines).await;
        assert!(said.starts_with("HTTP/1.1 404"), "{said}");
    }
}
