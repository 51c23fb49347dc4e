//! An address that is accepted is printed in a form that is the same address.

#![no_main]

use libfuzzer_sys::fuzz_target;
use volplane_transport::Endpoint;

fuzz_target!(|text: &str| {
    match text.parse::<Endpoint>() {
        Ok(endpoint) => {
            let printed = endpoint.to_string();
            let again: Endpoint = printed.parse().expect("what is printed can be parsed");
            assert_eq!(again, endpoint, "{printed}");
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => assert!(!error.to_string().contains(|c: char| c.is_control())),
    }
});
