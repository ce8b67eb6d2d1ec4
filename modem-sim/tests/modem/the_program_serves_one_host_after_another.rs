//! The program at a pty, at a TCP port and at its standard streams.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_modem-sim");

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(arguments: &[&str]) -> (Running, String) {
    let mut child = Command::new(PROGRAM).args(arguments).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut first = String::new();
    let mut stderr = BufReader::new(child.stderr.take().expect("it has one"));
    stderr.read_line(&mut first).expect("it says where it is");
    thread::spawn(move || {
        let mut rest = String::new();
        let _ = stderr.read_to_string(&mut rest);
    });
    (Running(child), first)
}

fn once(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("it has one");
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn expect(port: &mut impl Read, text: &str) {
    let end = Instant::now() + Duration::from_secs(10);
    let mut got = Vec::new();
    while !got.windows(text.len()).any(|w| w == text.as_bytes()) {
        assert!(Instant::now() < end, "no '{text}' in '{}'", got.escape_ascii());
        let mut byte = [0];
        if port.read(&mut byte).expect("the port can be read") == 1 {
            got.push(byte[0]);
        }
    }
}

fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("modem-sim-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("there is room");
    folder
}

#[test]
fn at_a_pty() {
    let folder = scratch("pty");
    let link = folder.join("modem");
    let path = link.to_str().expect("a plain name");
    let (_program, said) = start(&["--model", "sara-r5", "--pty", path, "--running"]);
    assert!(said.contains("/dev/pts/"), "{said}");
    for _ in 0..3 {
        let mut port = OpenOptions::new().read(true).write(true).open(&link).expect("it opens");
        port.write_all(b"AT+CGMI\r").expect("it takes bytes");
        expect(&mut port, "AT+CGMI\r\r\nu-blox\r\n\r\nOK\r\n");
        thread::sleep(Duration::from_millis(30));
    }
    fs::remove_dir_all(folder).expect("it can be removed");
}

#[test]
fn at_a_tcp_port() {
    let arguments = ["--model", "ryz014a", "--tcp", "127.0.0.1:0", "--running"];
    let (_program, said) = start(&arguments);
    let address = said.trim().rsplit(' ').next().unwrap_or_default();
    for _ in 0..3 {
        let mut port = TcpStream::connect(address).expect("it listens");
        port.write_all(b"AT+CGMM\r").expect("it takes bytes");
        expect(&mut port, "\r\nRYZ014A\r\n\r\nOK\r\n");
    }
}

#[test]
fn at_its_standard_streams() {
    let output = once(&["--model", "gm01q", "--stdio", "--running", "--trace"], "ATE0\r");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "ATE0\r\r\nOK\r\n");
    assert!(String::from_utf8_lossy(&output.stderr).contains("> ATE0\\r"));
    assert!(output.status.success());
}

#[test]
fn a_capture_file_begins_when_it_does() {
    let folder = scratch("pcap");
    let path = folder.join("packets.pcap");
    let file = path.to_str().expect("a plain name");
    let output =
        once(&["--model", "gm01q", "--stdio", "--running", "--pcap", file, "--forward", "0"], "AT\r");
    assert!(output.status.success());
    let header = fs::read(&path).expect("it is there");
    assert_eq!((header.len(), &header[..4], header[20]), (24, &[0xd4, 0xc3, 0xb2, 0xa1][..], 101));
    fs::remove_dir_all(folder).expect("it can be removed");
}

#[test]
fn breaches_are_reported() {
    let output = once(&["--model", "sara-r5", "--stdio", "--running"], "ATE0\r\n");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("line-feed-after-carriage-return"), "{said}");
}

#[test]
fn its_models_are_listed() {
    let output = once(&["--list"], "");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("sara-r5") && said.contains("ryz014a"), "{said}");
    assert!(once(&["--help"], "").status.success());
}

#[test]
fn wrong_arguments_get_one_line_and_exit_code_2() {
    let wrong: [&[&str]; 8] = [
        &[],
        &["--stdio"],
        &["--model", "sara-r5"],
        &["--model", "nokia", "--stdio"],
        &["--model", "sara-r5", "--stdio", "--hosts", "a=b"],
        &["--model", "sara-r5", "--stdio", "--hosts", "/no/such/file"],
        &["--model", "sara-r5", "--stdio", "--pace", "0"],
        &["--model", "sara-r5", "--stdio", "--unknown"],
    ];
    for arguments in wrong {
        let output = once(arguments, "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.starts_with("modem-sim: "), "{said}");
    }
}

#[test]
fn a_port_that_cannot_be_had_is_exit_code_1() {
    let folder = scratch("taken");
    let file = folder.join("file");
    fs::write(&file, "").expect("there is room");
    let path = file.to_str().expect("a plain name");
    for port in [["--pty", path], ["--tcp", "256.0.0.1:1"]] {
        let output = once(&["--model", "sara-r5", port[0], port[1]], "");
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    fs::remove_dir_all(folder).expect("it can be removed");
}

#[test]
fn a_hosts_file_is_read() {
    let folder = scratch("hosts");
    let file = folder.join("hosts");
    fs::write(&file, "# comment\n192.0.2.9 one.example two.example # more\n\n").expect("room");
    let path = file.to_str().expect("a plain name");
    let arguments = ["--model", "sara-r5", "--stdio", "--running", "--hosts", path];
    let output = once(&arguments, "AT+UDNSRN=0,\"two.example\"\r");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.ends_with("\r\n+UDNSRN: \"192.0.2.9\"\r\n\r\nOK\r\n"), "{said:?}");
    fs::remove_dir_all(folder).expect("it can be removed");
}

#[test]
fn with_a_memory_in_a_file() {
    let folder = scratch("nvram");
    let file = folder.join("memory");
    let path = file.to_str().expect("a plain name");
    let run = |input: &str| {
        let output =
            once(&["--model", "sara-r5", "--stdio", "--running", "--clear-text", "--nvram", path], input);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let stored = run("AT+USECMNG=0,0,\"ca\",5\r");
    assert!(stored.ends_with("\r\n>"), "{stored}");
    // The power was cut before the first byte of the file.
    assert!(!file.exists());
    fs::write(&file, "something else").expect("it can be written");
    assert!(run("AT\r").is_empty());
    let memory = "writes 1\ndWJsb3gvMC9jYQ== aGVsbG8=\n";
    fs::write(&file, memory).expect("it can be written");
    let listed = run("AT+USECMNG=2,0,\"ca\"\r");
    assert!(listed.contains("OK"), "{listed}");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "writes 2\n");
    fs::remove_dir_all(folder).expect("it can be removed");
}
