//! What an idle connection costs a server in memory: `idle_memory [connections]`, 5,000 by default.
//!
//! The server runs in a process of its own. Each connection makes one call and stays open. The memory is what the
//! operating system counts for the server's process, without the kernel's buffers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoServer, Request, Response};
use volplane_transport::{Listener, StdNet, serve};

/// The call `echo("hi")` in a frame.
const CALL: &[u8] = b"\0\0\0\x1e\x80\x01\0\x01\0\0\0\x04echo\0\0\0\x07\x0c\0\x01\x0b\0\x01\0\0\0\x02hi\0\0";

struct Handler;

impl Echo for Handler {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        Ok(Response { message: request.message })
    }
}

#[allow(clippy::print_stdout)] // a program
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some("server") {
        return server();
    }
    let connections = argument.map_or(Ok(5000), |text| text.parse::<usize>())?;
    let mut server =
        Command::new(std::env::current_exe()?).arg("server").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut address = String::new();
    BufReader::new(server.stdout.take().ok_or("no output")?).read_line(&mut address)?;
    let memory = || memory(server.id());
    // What a first connection allocates once is not counted.
    let mut open = vec![call(address.trim())?];
    let before = memory()?;
    for _ in 0..connections {
        open.push(call(address.trim())?);
    }
    let after = memory()?;
    println!("{} bytes a connection ({connections} open)", after.saturating_sub(before) / connections);
    server.kill()?;
    server.wait()?;
    Ok(())
}

#[allow(clippy::print_stdout)] // the parent process reads it
fn server() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = StdNet::bind("127.0.0.1:0").await?;
        println!("{}", listener.endpoint().authority().ok_or("no address")?);
        std::io::stdout().flush()?;
        serve(listener, EchoServer::from_handler(Handler)).await;
        Ok(())
    })
}

/// A connection that has made one call.
fn call(address: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(CALL)?;
    let mut size = [0; 4];
    stream.read_exact(&mut size)?;
    stream.read_exact(&mut vec![0; u32::from_be_bytes(size) as usize])?;
    Ok(stream)
}

/// The memory that a process holds, in bytes.
fn memory(process: u32) -> Result<usize, Box<dyn std::error::Error>> {
    let statm = std::fs::read_to_string(format!("/proc/{process}/statm"))?;
    Ok(statm.split(' ').nth(1).ok_or("no size")?.parse::<usize>()? * 4096)
}
