//! A process that stops: it says so before it hangs up, and at once if told twice.

use std::time::{Duration, Instant};

use crate::process::{Server, folder};

#[test]
fn it_is_not_ready_for_a_while_before_it_takes_no_more_connections() {
    let data = folder();
    let server = Server::start_with(data.path(), &["--set", "stop.delay_seconds=2"]);
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    server.signal("-TERM");
    std::thread::sleep(Duration::from_millis(300));
    let answer = server.get("/readyz");
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("\"stopping\":true"), "{answer}");
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(server.end().0.success());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let data = folder();
    let server = Server::start_with(data.path(), &["--set", "stop.delay_seconds=60"]);
    server.signal("-TERM");
    std::thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    server.signal("-TERM");
    let (status, _) = server.end();
    assert_eq!(status.code(), Some(130));
    assert!(begun.elapsed() < Duration::from_secs(5));
}
