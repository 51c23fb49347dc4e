//! `volplane demo`, whole.

use std::fs;

use crate::workshop::Workshop;
use volplane_testkit::{Sandbox, TestResult, volplane};

#[test]
fn the_demo_ends_with_its_six_lines() -> TestResult {
    let workshop = Workshop::enter();
    let sandbox = Sandbox::new()?;
    let mut demo = volplane();
    workshop.prepare(&mut demo).args(["demo", "--keep", "echo"]).current_dir(sandbox.path());
    let output = demo.env("CARGO", env!("CARGO")).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let lines = "Say hello by volo default\nSay hello by std net\nSay hello by websocket\nSay hello by yamux\n\
                 Say hello by tls\nSay hello by http\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), lines, "{said}");
    for step in
        ["Made echo: ", "Built 12 programs (", "Started 6 servers (", "Called 04-yamux at ", "Stopped 6 servers ("]
    {
        assert!(said.contains(step), "{step}: {said}");
    }
    assert!(fs::exists(sandbox.path().join("echo/volplane.toml"))?);
    workshop.assert_formatted(&sandbox.path().join("echo"))
}
