//! What changes on the wire when programs of Kitex and of volplane call each other. Pure.
//!
//! Seen with Kitex 0.16.3 on both sides; docs/kitex.md has the code for it.

use super::report::Replacement;

/// What is true of every project.
const ALWAYS: [&str; 4] = [
    "Kitex clients call the servers here as they are, over TCP and WebSocket: binary without a frame, which is their default, \
     `transport.Framed` and `transport.TTHeader` are detected.",
    "Clients here speak TTHeader by default, which every Kitex server understands. For another protocol use \
     `.connect_with_protocol(…)`. Kitex does not understand the compact encoding.",
    "Business errors and metadata are carried by TTHeader only. A Kitex client needs \
     `client.WithTransportProtocol(transport.TTHeader)` and `client.WithMetaHandler(transmeta.ClientTTHeaderHandler)` for them, a \
     Kitex server `server.WithMetaHandler(transmeta.ServerTTHeaderHandler)`.",
    "gRPC, protobuf and streaming methods are not supported: a server here answers gRPC with HTTP 505 and closes the connection. \
     Call it with Thrift over TTHeader.",
];

const MUX: &str = "Kitex clients with `client.WithMuxConnection` can call the servers here, but the calls on one connection are served \
                   one after another. A Kitex server with `server.WithMuxTransport` understands TTHeader only.";

const CUSTOM: &str = "A connection of your own carries the same bytes here. Since Kitex 0.14, what a dialer returns to gonet needs \
                      `Reader()` and `Writer()`, and its `RemoteAddr()` has to be a `*net.TCPAddr`, or the long pool never uses it again.";

const CODEC: &str = "Messages of a codec of your own are not understood. A checksum (`CRC32Check`) is neither sent nor checked here; \
                     Kitex accepts messages without one.";

/// What changes for a project that uses these options.
pub(crate) fn changes(options: &[Replacement]) -> Vec<String> {
    let uses = |names: &[&str]| options.iter().any(|option| names.iter().any(|name| option.what.ends_with(name)));
    let found = [
        (MUX, uses(&[".WithMuxConnection", ".WithMuxTransport"])),
        (CUSTOM, uses(&[".WithDialer", ".WithListener"])),
        (CODEC, uses(&[".WithCodec", ".WithPayloadCodec"])),
    ];
    let found = found.into_iter().filter(|(_, is_used)| *is_used).map(|(text, _)| text);
    ALWAYS.into_iter().chain(found).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::report::SourcePlace;
    use super::*;

    #[test]
    fn unused_features_are_not_reported() {
        let option = |what: &str| Replacement {
            from: SourcePlace { path: "main.go".to_owned(), line: 1 },
            what: what.to_owned(),
            instead: None,
        };
        assert_eq!(changes(&[option("client.WithRPCTimeout")]), ALWAYS);
        assert_eq!(changes(&[option("client.WithMuxConnection")])[4..], [MUX]);
        assert_eq!(changes(&[option("client.WithDialer"), option("client.WithCodec")])[4..], [CUSTOM, CODEC]);
    }
}
