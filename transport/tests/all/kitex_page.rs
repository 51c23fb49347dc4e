//! docs/kitex.md: its lines of Rust compile, and the error that it shows is what users see.

use std::error::Error;

use volplane_generated::api::EchoClientBuilder;
use volplane_transport::{ConnectWith, Http, Protocol, StdNet, WebSocket, Yamux, YamuxOptions, YamuxRole};

use crate::support::raw::answering;
use crate::support::{request, within};

const PAGE: &str = include_str!("../../../docs/kitex.md");

/// The clients of the page. They are built, so each line has all that it needs.
fn clients(address: &str) -> Result<(), Box<dyn Error>> {
    macro_rules! clients {
        ($($builder:ident => $client:expr;)*) => {
            $({
                let $builder = EchoClientBuilder::new("echo");
                $client.build();
            })*
        };
    }
    clients! {
        builder => builder.connect_with(StdNet::to(address));
        builder => builder.connect_with_protocol(StdNet::to(address), Protocol::BUFFERED);
        builder => builder.connect_with_protocol(StdNet::to(address), Protocol::FRAMED);
        builder => builder.connect_with_protocol(StdNet::to(address), Protocol::FRAMED.compact());
        builder => builder.connect_with(Http::to("http://127.0.0.1:9090/thrift"));
        builder => builder.connect_with(WebSocket::to("ws://127.0.0.1:8890/kitex-ws"));
        builder => builder.connect_with(WebSocket::to("ws://127.0.0.1:8890/kitex-ws").with_text_frames());
        builder => builder.connect_to(&"tcp://127.0.0.1:9090?protocol=framed".parse()?)?;
    }
    Ok(())
}

/// The servers of the page.
async fn servers(url: &str, http: &str) -> Result<(), Box<dyn Error>> {
    WebSocket::bind(url).await?.with_ids();
    WebSocket::bind(url).await?.with_origins(["https://example.com"]);
    WebSocket::bind(url).await?.with_health("/healthz");
    Yamux::listen(WebSocket::bind(url).await?).with_role_of(|_| YamuxRole::Client);
    let connector = StdNet::to("127.0.0.1:1");
    drop(Yamux::connect_with_options(connector, YamuxOptions::default().with_role(YamuxRole::Server)));
    let (url, _) = (http, url);
    Http::bind(url).await?.with_keep_alive(false);
    Ok(())
}

fn is_rust(code: &str) -> bool {
    code.starts_with("builder.") || code.contains("::bind(url)") || code.starts_with("Yamux::connect_with_options(")
}

#[tokio::test]
async fn the_lines_of_the_page_work() {
    clients("127.0.0.1:1").unwrap();
    within(servers("ws://127.0.0.1:0/", "http://127.0.0.1:0/")).await.unwrap();
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let here = squeezed(include_str!("kitex_page.rs"));
    let code = PAGE.split('`').filter(|code| is_rust(code));
    let code: Vec<_> = code.collect();
    assert_eq!(code.len(), 16, "{code:#?}");
    for line in code {
        assert!(here.contains(&squeezed(line)), "{line} is not compiled here");
    }
}

#[tokio::test]
async fn the_error_of_the_page_is_what_users_see() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: Vec<_> = PAGE.lines().skip_while(|line| !line.starts_with("    call sent")).collect();
    let shown: Vec<_> = shown.iter().take_while(|line| line.starts_with("    ")).copied().collect();
    let (address, server) = answering(|_| Vec::new()).await;
    let client = EchoClientBuilder::new("echo").connect_with(StdNet::to(address)).build();
    let error = within(client.echo(request("hello"))).await.expect_err("no answer").to_string();
    assert!(error.contains(&words(&shown.join(" "))), "{error}");
    server.abort();
}
