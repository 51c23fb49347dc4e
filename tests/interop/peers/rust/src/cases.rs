//! The cases that a client runs, a printed line each.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use futures_util::future::try_join_all;
use volo_thrift::client::CallOpt;
use volo_thrift::{ClientError, MaybeException};
use volplane_transport::{Framing, Protocol};

use crate::client::Connected;
use crate::generated::everything::{Defaults, EverythingFaultException};
use crate::samples;

/// How long a case may take.
const LIMIT: Duration = Duration::from_secs(30);

const NAMES: [&str; 12] = [
    "kinds",
    "defaults",
    "exception",
    "business",
    "application",
    "oneway",
    "unknown",
    "panic",
    "timeout",
    "large",
    "callers",
    "callback",
];

/// Runs the cases `only`, or all of them, and returns how many failed.
pub async fn run(to: &Connected, protocol: Protocol, only: &[String]) -> usize {
    let mut failed = 0;
    for name in NAMES {
        if !only.is_empty() && !only.iter().any(|case| case == name) || !is_possible(name, to, protocol) {
            continue;
        }
        let outcome = tokio::time::timeout(LIMIT, case(name, to)).await;
        match outcome.unwrap_or_else(|_| bail!("it did not end within 30 s")) {
            Ok(()) => println!("ok {name}"),
            Err(error) => {
                failed += 1;
                println!("failed {name}: {}", format!("{error:#}").replace('\n', " "));
            }
        }
    }
    failed
}

/// A call, a pause of so many seconds, and another call. Prints how many connections they took.
pub async fn idle(to: &Connected, seconds: u64) -> usize {
    let outcome = async {
        ensure!(to.client.add(1, 2).await? == 3, "expected 3");
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        ensure!(to.client.add(3, 4).await? == 7, "expected 7");
        anyhow::Ok(to.channel.stats().opened)
    };
    match outcome.await {
        Ok(opened) => {
            println!("ok idle\nconnections {opened}");
            0
        }
        Err(error) => {
            println!("failed idle: {error:#}");
            1
        }
    }
}

/// A business error needs a TTHeader, and a callback a session.
fn is_possible(name: &str, to: &Connected, protocol: Protocol) -> bool {
    match name {
        "business" => protocol.framing() == Framing::TtHeader,
        "callback" => to.has_session(),
        _ => true,
    }
}

async fn case(name: &str, to: &Connected) -> anyhow::Result<()> {
    match name {
        "kinds" => kinds(to).await,
        "defaults" => defaults(to).await,
        "exception" => exception(to).await,
        "business" => business(to).await,
        "application" => application(to).await,
        "oneway" => oneway(to).await,
        "unknown" => unknown(to).await,
        "panic" => panic(to).await,
        "timeout" => timeout(to).await,
        "large" => large(to).await,
        "callers" => callers(to).await,
        "callback" => callback(to).await,
        _ => bail!("there is no such case"),
    }
}

async fn kinds(to: &Connected) -> anyhow::Result<()> {
    let sent = samples::kinds();
    let answer = to.client.echo(sent.clone()).await?;
    ensure!(answer == sent, "expected {sent:?}, found {answer:?}");
    Ok(to.client.nothing().await?)
}

async fn defaults(to: &Connected) -> anyhow::Result<()> {
    let answer = to.client.defaults(Defaults::default()).await?;
    let expected = Defaults { number: Some(42), text: Some("default".into()), numbers: Some(vec![1, 2]) };
    ensure!(answer == expected, "expected {expected:?}, found {answer:?}");
    Ok(())
}

async fn exception(to: &Connected) -> anyhow::Result<()> {
    match to.client.fault(7).await? {
        MaybeException::Exception(EverythingFaultException::Fault(fault)) => {
            ensure!(fault.code == Some(7) && fault.reason.as_deref() == Some("fault 7"), "found {fault:?}");
        }
        MaybeException::Ok(answer) => bail!("expected an exception, found {answer:?}"),
    }
    match to.client.fault(0).await? {
        MaybeException::Ok(answer) if answer == "no fault" => Ok(()),
        MaybeException::Ok(answer) => bail!("expected no exception, found {answer}"),
        MaybeException::Exception(exception) => bail!("expected no exception, found {exception:?}"),
    }
}

async fn business(to: &Connected) -> anyhow::Result<()> {
    let Err(error) = to.client.business(1234).await else { bail!("expected a business error") };
    let ClientError::Biz(error) = error else { bail!("expected a business error, found {error:?}") };
    ensure!(error.status_code == 1234 && error.status_message == "business error", "found {error:?}");
    let extra = error.extra.as_ref().and_then(|extra| extra.get("key"));
    ensure!(extra.is_some_and(|value| value == "value"), "expected the extra text, found {error:?}");
    same_connection(to).await
}

async fn application(to: &Connected) -> anyhow::Result<()> {
    let Err(error) = to.client.application().await else { bail!("expected an error") };
    let ClientError::Application(error) = error else { bail!("expected an application error, found {error:?}") };
    ensure!(error.message().contains("application error"), "found {error:?}");
    same_connection(to).await
}

async fn oneway(to: &Connected) -> anyhow::Result<()> {
    let key = format!("rust {:?}", Instant::now());
    to.client.notify(key.clone()).await?;
    let started = Instant::now();
    // Another connection may carry the question, and be faster.
    while to.client.notified(key.clone()).await? != 1 {
        ensure!(started.elapsed() < Duration::from_secs(5), "it has not arrived after 5 s");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

async fn unknown(to: &Connected) -> anyhow::Result<()> {
    let Err(error) = to.newer.unknown("text").await else { bail!("expected an error") };
    ensure!(matches!(error, ClientError::Application(_)), "expected an application error, found {error:?}");
    next_call(to).await
}

async fn panic(to: &Connected) -> anyhow::Result<()> {
    ensure!(to.client.panics().await.is_err(), "expected an error");
    next_call(to).await
}

async fn timeout(to: &Connected) -> anyhow::Result<()> {
    let mut options = CallOpt::new();
    options.config.set_rpc_timeout(Some(Duration::from_millis(300)));
    let started = Instant::now();
    let Err(error) = to.client.clone().with_callopt(options).slow(5000).await else { bail!("expected a timeout") };
    ensure!(started.elapsed() < Duration::from_secs(3), "it took {:?}", started.elapsed());
    ensure!(error.to_string().contains("timed out") || error.to_string().contains("timeout"), "found {error}");
    next_call(to).await
}

async fn large(to: &Connected) -> anyhow::Result<()> {
    let sent = samples::text(3 * 1024 * 1024);
    let answer = to.client.text(sent.clone()).await?;
    ensure!(answer == sent, "expected the same 3 MB, found {} bytes", answer.len());
    Ok(())
}

async fn callers(to: &Connected) -> anyhow::Result<()> {
    try_join_all((0..64).map(|caller| async move {
        for call in 0..20 {
            let sum = to.client.add(caller * 100, call).await?;
            ensure!(sum == caller * 100 + call, "expected {}, found {sum}", caller * 100 + call);
        }
        anyhow::Ok(())
    }))
    .await?;
    Ok(())
}

async fn callback(to: &Connected) -> anyhow::Result<()> {
    let answer = to.client.callback("there and back").await?;
    ensure!(answer == "there and back", "found {answer:?}");
    Ok(())
}

/// A call after one that failed.
async fn next_call(to: &Connected) -> anyhow::Result<()> {
    let sum = to.client.add(20, 22).await.context("the next call")?;
    ensure!(sum == 42, "the next call: expected 42, found {sum}");
    Ok(())
}

/// A call after one that failed, which costs no connection unless every call does: HTTP servers may close after each.
async fn same_connection(to: &Connected) -> anyhow::Result<()> {
    let opened = to.channel.stats().opened;
    next_call(to).await?;
    let then = to.channel.stats().opened;
    next_call(to).await?;
    let now = to.channel.stats().opened;
    ensure!(then == opened || now > then, "the error cost the connection: the next call opened another one");
    Ok(())
}
