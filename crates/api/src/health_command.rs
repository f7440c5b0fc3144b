//! `marquee health`: whether the server that runs with the same settings on this machine is ready. It is for where there
//! is no other program that could ask.

use std::{
    io::{Read, Write},
    net::{TcpStream, ToSocketAddrs},
    time::Duration,
};

use anyhow::{Context, bail};
use bootstrap::settings::ServerSettings;

/// How long any part of it may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// What `/readyz` says, or an error unless that is a 200.
pub fn readiness(settings: &ServerSettings) -> anyhow::Result<String> {
    // An address that stands for every interface is none to connect to.
    let host = match settings.host.as_str() {
        "0.0.0.0" => "127.0.0.1",
        "::" => "::1",
        host => host,
    };
    let address = (host, settings.port).to_socket_addrs()?.next().context("the host has no address")?;
    let connecting = || format!("no server answers at {address}");
    let mut server = TcpStream::connect_timeout(&address, PATIENCE).with_context(connecting)?;
    server.set_read_timeout(Some(PATIENCE))?;
    server.set_write_timeout(Some(PATIENCE))?;
    // An answer to HTTP/1.0 is in one piece and ends with the connection.
    server.write_all(b"GET /readyz HTTP/1.0\r\n\r\n").with_context(connecting)?;
    let mut answer = String::new();
    server.read_to_string(&mut answer).with_context(connecting)?;
    let (head, body) = answer.split_once("\r\n\r\n").with_context(connecting)?;
    if head.split(' ').nth(1) != Some("200") {
        bail!("not ready: {body}");
    }
    Ok(body.to_owned())
}
