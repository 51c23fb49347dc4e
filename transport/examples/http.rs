//! A volo-thrift server and client over HTTP, which understand Apache Thrift's. `serve ADDRESS` prints the URL and serves
//! until Ctrl-C; `call URL MESSAGE` calls `echo`. `URL?protocol=compact` uses the compact encoding.

use std::error::Error;

use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClientBuilder, EchoServer, Request, Response};
use volplane_transport::{ConnectWith, Endpoint, Http, Listener, ctrl_c, serve};

struct EchoHandler;

impl Echo for EchoHandler {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        Ok(Response { message: request.message })
    }
}

#[tokio::main]
#[allow(clippy::print_stdout)] // an example is a program of its own
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", address] => {
            let listener = Http::bind(format!("http://{address}/echo")).await?;
            println!("{}", listener.endpoint());
            serve(listener, EchoServer::from_handler(EchoHandler)).with_graceful_shutdown(ctrl_c()).await;
        }
        ["call", url, message] => {
            let endpoint: Endpoint = url.parse()?;
            let client = EchoClientBuilder::new("example").connect_to(&endpoint)?.build();
            // Twice, on one connection if the server keeps it alive.
            for _ in 0..2 {
                let answer = client.echo(Request { message: Some(message.to_owned().into()) }).await?;
                println!("{}", answer.message.unwrap_or_default());
            }
        }
        _ => return Err("expected `serve ADDRESS` or `call URL MESSAGE`".into()),
    }
    Ok(())
}
