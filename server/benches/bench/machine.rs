//! The machine that is measured on, and the memory of a process. Linux only: other systems tell it elsewhere.

use std::fs;

use anyhow::Context;
use server::clock::Clock;

/// Day, cores, memory, processor, kernel; one line each.
pub(crate) fn told() -> anyhow::Result<String> {
    let day = jiff::Timestamp::from_millisecond(Clock::machine().now())?;
    let cores = std::thread::available_parallelism()?;
    let info = fs::read_to_string("/proc/meminfo")?;
    let memory = kilobytes(&info, "MemTotal:").context("no size of memory")? as f64 / 1048576.0;
    let cpu = fs::read_to_string("/proc/cpuinfo")?;
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let cpu = cpu.map_or("unknown", |line| line.trim_start_matches([' ', '\t', ':']));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let load = fs::read_to_string("/proc/loadavg")?;
    let load = load.split(' ').next().unwrap_or_default();
    Ok(format!(
        "- {} UTC, load {load} at the end (a busy machine makes every time longer, floors too)\n- {cores} cores, {memory:.0} GiB of memory, {cpu}\n- Linux {}",
        day.strftime("%Y-%m-%d %H:%M"),
        kernel.trim()
    ))
}

/// What a process has in memory now, in bytes; `self` for this one.
pub(crate) fn resident(process: &str) -> anyhow::Result<u64> {
    status(process, "VmRSS:")
}

/// The most that this process ever had in memory, in bytes.
pub(crate) fn peak() -> anyhow::Result<u64> {
    status("self", "VmHWM:")
}

fn status(process: &str, line: &str) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    Ok(kilobytes(&status, line).context("no such line")? * 1024)
}

fn kilobytes(text: &str, line: &str) -> Option<u64> {
    let found = text.lines().find_map(|found| found.strip_prefix(line))?;
    found.split_whitespace().next()?.parse().ok()
}

/// E.g. `23.4 MB`, of 1,000,000 bytes.
pub(crate) fn mb(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
