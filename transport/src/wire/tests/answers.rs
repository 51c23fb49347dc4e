//! Answers to other protocols, each in its own form.

use super::*;
use crate::wire::Refused;

/// The answer to a message that is no Thrift of ours.
fn answer(bytes: &[u8]) -> Option<Vec<u8>> {
    match Refused::of(bytes, &look(bytes).unwrap_err()) {
        Some(Refused::With(answer)) => Some(answer),
        Some(other) => panic!("{other:?}"),
        None => None,
    }
}

fn text(bytes: &[u8]) -> String {
    answer(bytes).map(|answer| answer.escape_ascii().to_string()).unwrap_or_default()
}

const JSON: &str = "expected a Thrift message, found the JSON encoding; use binary or compact";

#[test]
fn json() {
    let exception = |method: &str, seq_id: &str| {
        format!(r#"[1,"{method}",3,{seq_id},{{"1":{{"str":"{JSON}"}},"2":{{"i32":9}}}}]"#).into_bytes()
    };
    let cases: &[(&[u8], &str, &str)] = &[
        (br#"[1,"echo",1,7,{"1":{"rec":{"1":{"str":"a"}}}}]"#, "echo", "7"),
        (br#"[1,"Echo:echo",1,-7,{}]"#, "echo", "-7"),
        (br#"[1, "ns.echo" , 1, 0, {}]"#, "ns.echo", "0"),
        // What cannot be a name is not said again, and no number is 0.
        (br#"[1,"\",1,1,{}]","#, "", "0"),
        (br#"[1,"echo",1,"7",{}]"#, "", "0"),
        (br#"[1,,,,"#, "", "0"),
    ];
    for (message, method, seq_id) in cases {
        let found = answer(&framed(message));
        assert_eq!(found, Some(framed(&exception(method, seq_id))), "{}", message.escape_ascii());
        // Others are not recognized without a frame.
        if message.starts_with(b"[1,\"") {
            assert_eq!(answer(message), Some(exception(method, seq_id)), "{}", message.escape_ascii());
        }
    }
    assert_eq!(answer(br#"[1,"notify",4,7,{}]"#), None, "a one-way call");
    assert_eq!(answer(br#"[1,"no name",4,"7",{}]"#), None, "a one-way call whose name and number cannot be read");
    for kind in [2, 3] {
        assert_eq!(answer(format!(r#"[1,"echo",{kind},7,{{}}]"#).as_bytes()), None, "an answer");
    }
}

#[test]
fn theader() {
    let text = "expected a Thrift message, found the header transport of Apache Thrift (THeader); use TTHeader, framed or \
                buffered";
    let header = |header: &[u8], message: &[u8]| {
        let words = u16::try_from(header.len() / 4).unwrap().to_be_bytes();
        framed(&[&[0x0f, 0xff, 0, 0, 0, 0, 1, 2][..], &words, header, message].concat())
    };
    let size = u32::try_from(text.len()).unwrap().to_be_bytes();
    let fields = [&[11, 0, 1][..], &size, text.as_bytes(), &[8, 0, 2, 0, 0, 0, 9, 0]].concat();
    let binary = |name: &str, seq_id: &[u8]| {
        let name = [&u32::try_from(name.len()).unwrap().to_be_bytes(), name.as_bytes()].concat();
        header(&[0; 4], &[&[0x80, 1, 0, 3][..], &name, seq_id, &fields].concat())
    };
    let call = b"\x80\x01\0\x01\0\0\0\x04echo\0\0\0\x07\0";
    assert_eq!(answer(&header(&[0; 4], call)), Some(binary("echo", &[0, 0, 0, 7])));
    assert_eq!(answer(&header(&[0; 8], call)), Some(binary("echo", &[0, 0, 0, 7])), "a longer header");
    // Compressed, of a protocol that nobody knows, broken off: with the sequence id of the header.
    for frame in [header(&[0, 1, 1, 0], b"x\x9c"), header(&[1, 0, 0, 0], b"[1"), header(&[0; 4], &call[..9])] {
        assert_eq!(answer(&frame), Some(binary("", &[0, 0, 1, 2])));
    }
    let compact = answer(&header(&[2, 0, 0, 0], b"\x82\x21\x07\x09Echo:echo\0")).unwrap();
    let expected = [&b"\x82\x61\x07\x04echo\x18"[..], &[text.len() as u8], text.as_bytes(), &[0x15, 18, 0]].concat();
    assert_eq!(compact, header(&[2, 0, 0, 0], &expected));
    assert_eq!(answer(&header(&[0; 4], b"\x80\x01\0\x04\0\0\0\x01n\0\0\0\x07\0")), None, "a one-way call");
    for kind in [2, 3] {
        let message = encode::message(crate::Encoding::Binary, kind, "echo", 7, &encode::Value::Struct(vec![]));
        assert_eq!(answer(&header(&[0; 4], &message)), None, "an answer");
    }
    assert_eq!(answer(&framed(b"\x0f\xff")), None, "nothing to answer to");
}

#[test]
fn http_and_tls() {
    let bad = text(b"GET / HTTP/1.1\r\n");
    assert!(bad.starts_with("HTTP/1.1 400 Bad Request\\r\\nContent-Type: text/plain"), "{bad}");
    assert!(bad.contains("\\r\\n\\r\\nexpected a Thrift message, found HTTP\\n"), "{bad}");
    assert!(text(b"PRI * HTTP/2.0").starts_with("HTTP/1.1 505 "));
    assert_eq!(answer(b"HTTP/1.1 400 Bad Request"), None, "a response");
    let tls = text(b"\x16\x03\x01\x02\0\x01\0");
    assert!(tls.starts_with("HTTP/1.1 400 Bad Request") && tls.contains("found TLS; this endpoint is plain"), "{tls}");
    assert_eq!(answer(b"\x15\x03\x03\0\x02\x02\x28"), None, "an alert");
}
