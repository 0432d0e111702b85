//! A way to a server that a test can cut: in the middle of an answer, or for good.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Passes bytes on to a server.
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    /// Ends all connections of now.
    cut: Mutex<CancellationToken>,
    /// How many more bytes of the server's go through; none is cut below 0.
    left: AtomicI64,
    /// How many connections were made.
    made: AtomicI64,
}

impl Proxy {
    /// Listens on a port of its own.
    pub(crate) async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared {
            cut: Mutex::default(),
            left: AtomicI64::new(i64::MAX),
            made: AtomicI64::new(0),
        });
        let (server, with) = (server.to_owned(), Arc::clone(&shared));
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                with.made.fetch_add(1, Ordering::SeqCst);
                let cut = with.cut.lock().expect("not poisoned").clone();
                let Ok(server) = TcpStream::connect(&server).await else {
                    continue;
                };
                tokio::spawn(pass(client, server, cut, Arc::clone(&with)));
            }
        });
        Self {
            port,
            shared,
            accepting,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How many connections were made so far.
    pub(crate) fn made(&self) -> i64 {
        self.shared.made.load(Ordering::SeqCst)
    }

    /// Ends all connections; new ones may be made.
    pub(crate) fn cut(&self) {
        self.shared.cut();
    }

    /// Ends all connections once the server has sent so many more bytes.
    pub(crate) fn cut_after(&self, bytes: i64) {
        self.shared.left.store(bytes, Ordering::SeqCst);
    }

    /// Ends all connections, and takes no more.
    pub(crate) fn down(&self) {
        self.accepting.abort();
        self.cut();
    }
}

impl Shared {
    fn cut(&self) {
        let mut cut = self.cut.lock().expect("not poisoned");
        std::mem::take(&mut *cut).cancel();
        self.left.store(i64::MAX, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(client: TcpStream, server: TcpStream, cut: CancellationToken, with: Arc<Shared>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = async { drop(tokio::io::copy(&mut from_client, &mut to_server).await) };
    let down = async {
        let mut bytes = vec![0; 16 * 1024];
        while let Ok(read @ 1..) = from_server.read(&mut bytes).await {
            if with.left.fetch_sub(read as i64, Ordering::SeqCst) < read as i64 {
                with.cut();
            }
            if to_client.write_all(&bytes[..read]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = cut.cancelled() => {}
        () = up => {}
        () = down => {}
    }
}
