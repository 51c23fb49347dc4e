//! What strangers do to a server.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use crate::stranger::{Stranger, call, connect_from};
use crate::transport::Transport;

/// One kind of strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// Nobody: what the others are compared with.
    None,
    /// Connections that stall in the handshake, or in the first message where there is none; from one address.
    Stalled,
    /// The same from 25 addresses.
    StalledFromMany,
    /// Connections that have made one call and make no more.
    Idle,
    /// Random bytes instead of messages.
    RandomBytes,
    /// Messages, frames and headers that claim to be larger than any memory.
    Oversize,
    /// Streams that are opened and never used, far more than allowed.
    StreamFlood,
    /// More bytes on a stream than its window allows.
    WindowOverflow,
    /// More connections than the server has descriptors.
    Descriptors,
}

impl Attack {
    /// As the report names it.
    pub fn name(self) -> &'static str {
        match self {
            Attack::None => "nobody",
            Attack::Stalled => "stalled handshakes, one address",
            Attack::StalledFromMany => "stalled handshakes, 25 addresses",
            Attack::Idle => "idle connections",
            Attack::RandomBytes => "random bytes",
            Attack::Oversize => "oversize messages",
            Attack::StreamFlood => "stream flood",
            Attack::WindowOverflow => "window overflow",
            Attack::Descriptors => "no descriptors left",
        }
    }

    /// The attacks that make sense against a transport.
    pub fn against(transport: Transport) -> Vec<Attack> {
        let mut attacks = vec![
            Attack::Stalled,
            Attack::StalledFromMany,
            Attack::Idle,
            Attack::RandomBytes,
            Attack::Oversize,
            Attack::Descriptors,
        ];
        if transport.sessions().is_some() {
            attacks.extend([Attack::StreamFlood, Attack::WindowOverflow]);
        }
        attacks
    }
}

/// How strong an attack is.
#[derive(Clone, Copy, Debug)]
pub struct Strength {
    /// Connections that stall.
    pub stalled: usize,
    /// Connections that are idle.
    pub idle: usize,
    /// Connections to a server that has fewer descriptors.
    pub descriptors: usize,
    /// Attacks a second, of those that are short.
    pub per_second: u32,
    /// Sessions a second that open 4,000 streams each.
    pub floods_per_second: u32,
}

/// How long a stranger waits for what the server does with its bytes.
const PATIENCE: Duration = Duration::from_secs(2);

/// Strangers that are at work until they are dropped.
#[derive(Debug)]
pub struct Strangers {
    /// Connections that are held open.
    pub held: Vec<Stranger>,
    _at_work: JoinSet<()>,
}

/// Begins an attack. Connections to hold are made before it returns.
///
/// # Errors
///
/// When connections can't be made that the server should accept.
pub async fn begin(attack: Attack, transport: Transport, to: SocketAddr, strength: Strength) -> io::Result<Strangers> {
    let mut held = Vec::new();
    let mut at_work = JoinSet::new();
    match attack {
        Attack::None => {}
        Attack::Stalled | Attack::StalledFromMany => {
            for number in 0..strength.stalled {
                let from = if attack == Attack::Stalled { 2 } else { 2 + u8::try_from(number % 25).unwrap_or(0) };
                held.push(stalled(transport, address(from), to, number).await?);
            }
        }
        Attack::Idle => {
            for _ in 0..strength.idle {
                held.push(idle(transport, to).await?);
            }
        }
        Attack::Descriptors => {
            for _ in 0..strength.descriptors {
                // Accepted by the system, and by the server only while it has descriptors.
                let stream = connect_from(address(2), to).await?;
                held.push(Stranger::of(stream));
            }
        }
        Attack::RandomBytes | Attack::Oversize | Attack::StreamFlood | Attack::WindowOverflow => {
            let per_second = match attack {
                Attack::StreamFlood => strength.floods_per_second,
                _ => strength.per_second,
            };
            // Owned by the set that is returned.
            at_work.spawn(keep_attacking(attack, transport, to, per_second));
        }
    }
    Ok(Strangers { held, _at_work: at_work })
}

/// 127.0.0.N: the server sees another host.
fn address(number: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, number))
}

/// Stops after some bytes: of the WebSocket handshake, of a message, of the header of a yamux frame, or before the first.
async fn stalled(transport: Transport, from: IpAddr, to: SocketAddr, number: usize) -> io::Result<Stranger> {
    let mut stream = connect_from(from, to).await?;
    let all: &[u8] = if transport.is_over_websocket() {
        b"GET /kitex-ws HTTP/1.1\r\nHost: x\r\nUpgrade: web"
    } else if transport.sessions().is_some() {
        &[0, 1, 0, 1, 0, 0, 0]
    } else {
        &[0, 0, 0, 40, 0x80, 1, 0]
    };
    stream.write_all(&all[..number % all.len()]).await?;
    Ok(Stranger::of(stream))
}

async fn idle(transport: Transport, to: SocketAddr) -> io::Result<Stranger> {
    let mut stranger = Stranger::connect(transport, address(2), to).await?;
    if transport.sessions().is_none() {
        stranger.send(&call("hello")).await?;
        stranger.read(30).await?;
    } else {
        // A ping: the session has begun.
        stranger.send(&frame(2, 1, 0, 1)).await?;
    }
    Ok(stranger)
}

async fn keep_attacking(attack: Attack, transport: Transport, to: SocketAddr, per_second: u32) {
    let mut random = fastrand::Rng::with_seed(7);
    let mut pace = interval(Duration::from_secs(1) / per_second);
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            _ = pace.tick(), if running.len() < per_second as usize => {
                let seed = random.u64(..);
                running.spawn(async move {
                    let _outcome = timeout(PATIENCE, once(attack, transport, to, seed)).await;
                });
            }
            Some(_) = running.join_next(), if !running.is_empty() => {}
        }
    }
}

/// One connection. Whatever the server does is fine, if the others do not notice.
async fn once(attack: Attack, transport: Transport, to: SocketAddr, seed: u64) -> io::Result<()> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut stranger = Stranger::connect(transport, address(2), to).await?;
    match attack {
        Attack::RandomBytes => {
            let bytes: Vec<u8> = (0..random.usize(1..4096)).map(|_| random.u8(..)).collect();
            if random.bool() {
                stranger.send(&bytes).await?;
            } else {
                stranger.send_below(&bytes).await?;
            }
        }
        Attack::Oversize => {
            let claims: [&[u8]; 5] = [
                // A frame, a TTHeader, the name of a method.
                &[0x7f, 0xff, 0xff, 0xff, 0x80, 1, 0, 1],
                &[0x7f, 0xff, 0xff, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff],
                &[0x80, 1, 0, 1, 0x7f, 0xff, 0xff, 0xff, b'e'],
                // A list of 2^31 - 1 strings.
                &[
                    0, 0, 0, 30, 0x80, 1, 0, 1, 0, 0, 0, 4, b'e', b'c', b'h', b'o', 0, 0, 0, 7, 15, 0, 1, 11, 0x7f,
                    0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0,
                ],
                // A yamux frame of 4 GiB.
                &[0, 0, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff],
            ];
            match random.usize(..=claims.len()) {
                // A WebSocket frame of 2^63 - 1 bytes.
                5 => {
                    stranger
                        .send_below(&[0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 1])
                        .await?
                }
                number => stranger.send(claims[number]).await?,
            }
            let filler = [b'x'; 64 * 1024];
            for _ in 0..16 {
                stranger.send(&filler).await?;
            }
        }
        Attack::StreamFlood => {
            let opened: Vec<u8> = (0..4000_u32).flat_map(|number| frame(1, 1, 2 * number + 1, 0)).collect();
            stranger.send(&opened).await?;
        }
        Attack::WindowOverflow => {
            stranger.send(&frame(1, 1, 1, 0)).await?;
            let body = vec![0; 128 * 1024];
            for _ in 0..16 {
                let mut data = frame(0, 0, 1, 128 * 1024).to_vec();
                data.extend(&body);
                stranger.send(&data).await?;
            }
        }
        _ => {}
    }
    stranger.until_closed().await;
    Ok(())
}

/// A yamux frame header: version 0, kind, flags, stream, length.
fn frame(kind: u8, flags: u16, stream: u32, length: u32) -> [u8; 12] {
    let mut header = [0; 12];
    header[1] = kind;
    header[2..4].copy_from_slice(&flags.to_be_bytes());
    header[4..8].copy_from_slice(&stream.to_be_bytes());
    header[8..12].copy_from_slice(&length.to_be_bytes());
    header
}
