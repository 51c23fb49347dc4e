//! What volo and volplane have for kitex's options.

const MIDDLEWARE: &str =
    "a motore layer: `.layer(…)` on the server of 01-default, a service around `from_handler(…)` in the others";
const CODEC: &str = "not supported: messages are Thrift, in one of the protocols of `volplane_transport::Protocol`";
const OBSERVED: &str = "a layer with the tracing crate, or `.span_provider(…)` on volo's server";
const META: &str = "nothing to do for TTHeader: volo reads and writes it, and the metainfo crate has what it carries";
const POOL: &str = "connections are pooled anyway; `ClientOptions` has `with_idle_timeout`, `with_max_idle` and `with_max_connections`";

/// What to use instead of an option of the package `server`, `client` or `client/callopt`, where that is known.
pub(super) fn instead(package: &str, name: &str) -> Option<&'static str> {
    match package {
        "server" => server(name),
        "client" => client(name),
        "client/callopt" => call(name),
        _ => None,
    }
}

fn server(name: &str) -> Option<&'static str> {
    Some(match name {
        "WithServiceAddr" => "the server program's `--addr`, or `--url` for WebSocket and yamux",
        "WithListener" => "bind it in the server's main.rs: `serve` takes any `volplane_transport::Listener`",
        "WithTransServerFactory" | "WithTransHandlerFactory" => {
            "the programs 02 to 04 have connections of their own; another one implements `volplane_transport::Listener`"
        }
        "WithMuxTransport" => {
            "nothing to do for Kitex's clients; for many calls at once over one connection: the yamux programs (04)"
        }
        "WithServerBasicInfo" => "`service` in volplane.toml: clients name the service, a server needs no name",
        "WithExitWaitTime" => "`ServeOptions::with_drain_timeout(…)`, given to `serve(…).with_options(…)`",
        "WithExitSignal" => "`.with_graceful_shutdown(…)` after `serve(…)`, which takes any future",
        "WithLimit" | "WithConnectionLimiter" => {
            "`ServeOptions::with_max_connections(…)`, given to `serve(…).with_options(…)`; for calls: a layer"
        }
        "WithConcurrencyLimiter" | "WithQPSLimiter" | "WithACLRules" => MIDDLEWARE,
        "WithMiddleware" | "WithMiddlewareBuilder" | "WithUnaryMiddleware" | "WithUnaryMiddlewareBuilder" => MIDDLEWARE,
        "WithErrorHandler" => "return the exception or a `ServerError` from the handler",
        "WithMetaHandler" => META,
        "WithRegistry" | "WithRegistryInfo" => "register in the server's main.rs: volo has no registry",
        "WithTracer" | "WithStatsLevel" | "WithSuite" => OBSERVED,
        "WithCodec" | "WithPayloadCodec" => CODEC,
        "WithLogger" => "a subscriber of the tracing crate, in main.rs",
        _ => return None,
    })
}

fn client(name: &str) -> Option<&'static str> {
    Some(match name {
        "WithHostPorts" => "the client program's `--addr` or `--url`; in code: `.address(…)` on the builder",
        "WithDestService" => "the name that the client's builder is created with; `service` in volplane.toml",
        "WithRPCTimeout" => "`.rpc_timeout(…)` on the client's builder",
        "WithConnectTimeout" => "`.connect_timeout(…)` on the client's builder",
        "WithMuxConnection" => "the yamux programs (04): many calls at once over one connection",
        "WithLongConnection" | "WithConnPool" => POOL,
        "WithShortConnection" => "`ClientOptions::with_max_idle(0)`",
        "WithTransportProtocol" | "WithFramedTransport" => {
            "nothing to do for TTHeader; for another protocol `.connect_with_protocol(…)` on the client's builder"
        }
        "WithDialer" | "WithTransHandlerFactory" => {
            "`.connect_with(…)`, which takes any `UnaryService<Address>` of motore's that returns a byte stream"
        }
        "WithMiddleware" | "WithMiddlewareBuilder" => "`.layer_outer(…)` on the client's builder",
        "WithInstanceMW" => "`.layer_inner(…)` on the client's builder, before `.connect_with(…)`",
        "WithResolver" => "`.discover(…)` on the client's builder",
        "WithLoadBalancer" => "`.load_balance(…)` on the client's builder",
        "WithFailureRetry" => "`.retry_count(…)` on the client's builder; for more: a layer",
        "WithBackupRequest" | "WithMixedRetry" | "WithFallback" | "WithCircuitBreaker" | "WithErrorHandler" => {
            "a layer: `.layer_outer(…)` on the client's builder"
        }
        "WithClientBasicInfo" => "`.caller_name(…)` on the client's builder",
        "WithMetaHandler" | "WithFirstMetaHandler" => META,
        "WithTracer" | "WithStatsLevel" | "WithSuite" => OBSERVED,
        "WithCodec" | "WithPayloadCodec" => CODEC,
        "WithLogger" => "a subscriber of the tracing crate, in main.rs",
        _ => return None,
    })
}

fn call(name: &str) -> Option<&'static str> {
    Some(match name {
        "WithRPCTimeout" | "WithConnectTimeout" => "`client.with_callopt(…)`: `CallOpt` has the timeouts in `config`",
        "WithHostPort" => "`client.with_callopt(…)`: `CallOpt` has `address`",
        "WithTag" => "`client.with_callopt(…)`: `CallOpt` has `callee_faststr_tags`",
        _ => return None,
    })
}
