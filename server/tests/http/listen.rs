//! Connections over real sockets: what does not say what it wants is hung up on, and so many are open and no more.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use server::http::listen::{Bounds, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

const WHOLE: &[u8] = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n";

struct Listening {
    address: std::net::SocketAddr,
    closing: CancellationToken,
    served: JoinHandle<()>,
}

async fn listening(connections: usize, head: Duration) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("address");
    let closing = CancellationToken::new();
    let slow = || async {
        sleep(Duration::from_millis(300)).await;
        "done"
    };
    let router = Router::new().route("/slow", get(slow));
    let bounds = Bounds { connections, head };
    let token = closing.clone();
    let served = tokio::spawn(async move { serve(listener, router, bounds, &token).await });
    Listening {
        address,
        closing,
        served,
    }
}

impl Listening {
    async fn say(&self, text: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.expect("connects");
        stream.write_all(text).await.expect("says");
        stream
    }
}

/// What comes back until it is hung up; nothing if it isn't in time.
async fn rest(stream: &mut TcpStream, long: Duration) -> Option<String> {
    let mut answer = Vec::new();
    let read = timeout(long, stream.read_to_end(&mut answer)).await.ok()?;
    read.map_or(Some(String::new()), |_| {
        Some(String::from_utf8_lossy(&answer).into_owned())
    })
}

#[tokio::test]
async fn half_a_head_is_waited_for_so_long_only() {
    let server = listening(8, Duration::from_millis(400)).await;
    let seconds = Duration::from_secs(5);
    for half in [&b"GET /slow HTTP/1.1\r\nHost:"[..], b""] {
        let mut stream = server.say(half).await;
        assert!(
            rest(&mut stream, Duration::from_millis(100))
                .await
                .is_none()
        );
        assert!(rest(&mut stream, seconds).await.is_some(), "it hangs up");
    }
    let mut stream = server.say(WHOLE).await;
    let answer = rest(&mut stream, seconds)
        .await
        .expect("it hangs up when idle");
    assert!(answer.ends_with("done"), "{answer}");
}

#[tokio::test]
async fn so_many_connections_and_the_next_one_waits() {
    let server = listening(2, Duration::from_secs(60)).await;
    let idle = (server.say(b"").await, server.say(b"").await);
    sleep(Duration::from_millis(100)).await;
    let mut third = server.say(WHOLE).await;
    assert!(rest(&mut third, Duration::from_millis(600)).await.is_none());
    drop(idle);
    let mut begin = [0; 15];
    let answered = timeout(Duration::from_secs(5), third.read_exact(&mut begin)).await;
    assert!(answered.is_ok_and(|read| read.is_ok()) && begin.ends_with(b"200 OK"));
}

#[tokio::test]
async fn what_has_begun_is_answered_and_nothing_new_is_taken() {
    let server = listening(8, Duration::from_secs(60)).await;
    let (mut begun, mut idle) = (server.say(WHOLE).await, server.say(b"").await);
    sleep(Duration::from_millis(100)).await;
    server.closing.cancel();
    let seconds = Duration::from_secs(5);
    assert!(
        rest(&mut begun, seconds)
            .await
            .is_some_and(|answer| answer.ends_with("done"))
    );
    assert_eq!(rest(&mut idle, seconds).await.as_deref(), Some(""));
    timeout(seconds, server.served)
        .await
        .expect("ends")
        .expect("well");
    assert!(TcpStream::connect(server.address).await.is_err());
}
