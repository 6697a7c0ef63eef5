//! Starts the real programs inside the lab: collector, controls and agents, as their users would.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use serde_json::Value;

use crate::LabError;
use crate::internet::{WHOAMI_HOST, WHOAMI_SERVER, WHOAMI_ZONE};
use crate::lists::PREFIXES;
use crate::netns::{Running, Space};

/// Where the collector answers in the lab's world.
pub const COLLECTOR: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(198, 51, 100, 10), 8080);

/// The collector's name, for agents without IPv4.
pub(crate) const COLLECTOR_HOST: &str = "jinaqtaushy.test";

/// The two controls of the lab's world.
pub const CONTROLS: [ControlPlace; 2] = [
    ControlPlace {
        name: "control-a",
        api: SocketAddrV4::new(WHOAMI_SERVER, 8080),
        beacon: Ipv4Addr::new(198, 51, 100, 21),
        country: "XA",
    },
    ControlPlace {
        name: "control-b",
        api: SocketAddrV4::new(Ipv4Addr::new(198, 51, 100, 30), 8080),
        beacon: Ipv4Addr::new(198, 51, 100, 31),
        country: "XB",
    },
];

/// Where a control stands. The countries are codes that stand for no country.
#[derive(Clone, Copy, Debug)]
pub struct ControlPlace {
    /// Its name, for folders and messages.
    pub name: &'static str,
    /// Where it is asked for fresh measurements.
    pub api: SocketAddrV4,
    /// Where its beacon answers, ports 443 and 80.
    pub beacon: Ipv4Addr,
    /// The country it stands in.
    pub country: &'static str,
}

impl ControlPlace {
    /// Returns whether the zone that tells who asked is delegated to it.
    fn tells_who_asks(&self) -> bool {
        *self.api.ip() == WHOAMI_SERVER
    }
}

/// The programs that the lab starts.
#[derive(Clone, Debug)]
pub struct Programs {
    pub(crate) folder: PathBuf,
    /// Seconds that the programs' clocks are ahead of the machine's.
    pub clock_offset_s: i64,
}

impl Programs {
    /// Takes the programs from `folder`, or from beside this program.
    pub fn find(folder: Option<PathBuf>) -> Result<Self, LabError> {
        let beside = || {
            let own = std::env::current_exe().map_err(LabError::failed("finding this program"))?;
            Ok(own.parent().unwrap_or_else(|| Path::new("/")).to_owned())
        };
        let folder = folder.map_or_else(beside, Ok)?;
        for name in [AGENT, COLLECTOR_PROGRAM] {
            if !folder.join(name).is_file() {
                return Err(LabError::Wrong(format!(
                    "{name} is not in {}; build it with `cargo build -p agent -p collector`",
                    folder.display()
                )));
            }
        }
        Ok(Self { folder, clock_offset_s: 0 })
    }

    /// Makes a command that runs the agent on the state folder `state`.
    pub fn agent(&self, state: &Path) -> Command {
        let mut command = self.command(AGENT);
        command.arg("--state").arg(state).args(["--lang", "en"]);
        command
    }

    /// Makes a command that runs the collector on the folder `data`.
    pub fn collector(&self, data: &Path) -> Command {
        let mut command = self.command(COLLECTOR_PROGRAM);
        command.arg("--data").arg(data);
        command
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.folder.join(name));
        command.env("QOLJETIM_CLOCK_OFFSET", self.clock_offset_s.to_string());
        command.stdin(Stdio::null());
        command
    }
}

/// What the programs are started with.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// A folder of the lab's own; every program gets a folder in it.
    pub dir: &'a Path,
    /// The folder of the lab's lists.
    pub lists: &'a Path,
    /// The lab's public roots (PEM).
    pub roots: &'a Path,
}

/// The project's side of the world: a collector and two controls, running.
#[derive(Debug)]
pub struct Project {
    /// The collector's folder.
    pub data: PathBuf,
    /// The collector's public key, 64 hexadecimal digits.
    pub key: String,
    collector: Running,
    controls: Vec<Running>,
}

impl Project {
    /// Starts collector and controls in `world`, and waits until the collector answers and its
    /// snapshot holds what both controls saw of every target.
    pub fn start(
        world: &Space,
        programs: &Programs,
        settings: &Settings<'_>,
    ) -> Result<Self, LabError> {
        let data = settings.dir.join("collector");
        let made = quiet(world, programs.collector(&data), ["init"])?;
        let told: Value = serde_json::from_slice(&made.stdout)
            .map_err(LabError::failed("reading the collector's key"))?;
        let key = told.get("key").and_then(Value::as_str).unwrap_or_default().to_owned();

        let mut text = format!(
            "listen = \"{COLLECTOR}\"\nlists = {:?}\ndemo = true\nextra_roots = {:?}\n{COLLECTOR_LIMITS}",
            settings.lists, settings.roots
        );
        for place in CONTROLS {
            let credential = write_control_state(settings, &place, &key)?;
            text.push_str(&format!(
                "[[control]]\ncredential = \"{credential}\"\nurl = \"http://{}/\"\ncountry = \"{}\"\n\
                 beacon_tls = \"{}:443\"\nbeacon_http = \"{}:80\"\n",
                place.api, place.country, place.beacon, place.beacon
            ));
            if place.tells_who_asks() {
                text.push_str(&format!("whoami = \"{WHOAMI_ZONE}\"\n"));
            }
        }
        write(&data.join("collector.toml"), &text)?;

        let log = settings.dir.join("collector.log");
        let mut serve = programs.collector(&data);
        serve.arg("serve");
        let collector = world.spawn(logged(serve, &log)?)?;
        let mut project = Self { data, key, collector, controls: Vec::new() };
        project.wait_for(world, "/api/v1/health", |_| true)?;
        for place in CONTROLS {
            project.controls.push(start_control(world, programs, settings, &place)?);
        }
        project.wait_for(world, "/api/v1/lists/snapshot", has_controls)?;
        Ok(project)
    }

    /// Asks the collector until its answer to `path` satisfies `enough`; at most a minute.
    pub fn wait_for(
        &mut self,
        world: &Space,
        path: &str,
        enough: impl Fn(&Value) -> bool,
    ) -> Result<Value, LabError> {
        let began = Instant::now();
        loop {
            if !self.collector.is_alive() {
                return Err(LabError::Wrong("the collector ended; see its log".to_owned()));
            }
            let answer = get(world, COLLECTOR.into(), path);
            let value = answer.ok().and_then(|body| serde_json::from_slice::<Value>(&body).ok());
            match value {
                Some(value) if enough(&value) => return Ok(value),
                _ if began.elapsed() > PATIENCE => {
                    let waited = format!("the collector's {path} was not as awaited in a minute");
                    return Err(LabError::Wrong(waited));
                }
                _ => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }

    /// Returns the collector's process id.
    pub fn collector_id(&mut self) -> u32 {
        self.collector.process().id()
    }
}

/// Prepares a volunteer's folder: settings, consent, lists.
pub fn prepare_agent(
    space: &Space,
    programs: &Programs,
    settings: &Settings<'_>,
    state: &Path,
    key: &str,
) -> Result<(), LabError> {
    let has_ipv4 = space.run(|| {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.connect(COLLECTOR)
    })?;
    let collector = match has_ipv4 {
        Ok(()) => COLLECTOR.to_string(),
        Err(_) => format!("{COLLECTOR_HOST}:{}", COLLECTOR.port()),
    };
    write_agent_settings(settings, state, key, &collector)?;
    let shown = quiet(space, programs.agent(state), ["--json", "consent", "show"])?;
    let statement = statement_id(&shown.stdout)
        .ok_or_else(|| LabError::Wrong("the agent shows no statement id".to_owned()))?;
    let accept = ["consent", "accept", "--statement", &statement, "--sharing", "send"];
    quiet(space, programs.agent(state), accept)?;
    quiet(space, programs.agent(state), ["lists", "update"])?;
    Ok(())
}

/// Runs a program in `space` and returns what it printed; an exit code other than 0 is an error
/// that holds its last words.
pub fn quiet<const N: usize>(
    space: &Space,
    mut command: Command,
    arguments: [&str; N],
) -> Result<Output, LabError> {
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    let told = format!("{:?}", command.get_args().collect::<Vec<&OsStr>>());
    let output = space.spawn(command)?.output()?;
    if output.status.success() {
        return Ok(output);
    }
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(LabError::Wrong(format!("{told} ended with {}: {words}", output.status)))
}

/// Fetches a page over plain HTTP from within `space`; anything but status 200 is an error.
pub fn get(space: &Space, from: SocketAddr, path: &str) -> Result<Vec<u8>, LabError> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {from}\r\nConnection: close\r\n\r\n");
    let fetch = move || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&from, Duration::from_secs(5))?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        stream.take(MOST_BYTES).read_to_end(&mut answer)?;
        Ok(answer)
    };
    let answer = space.run(fetch)?.map_err(LabError::failed(format!("fetching {path}")))?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = answer.split_at(end.map_or(answer.len(), |end| end + 4));
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    if !head.starts_with("http/1.1 200") {
        let first = head.lines().next().unwrap_or_default().to_owned();
        return Err(LabError::Wrong(format!("{path} answered {first:?}")));
    }
    if head.contains("transfer-encoding: chunked") {
        return Ok(unchunked(body));
    }
    Ok(body.to_vec())
}

/// Joins the chunks of a body (RFC 9112 §7.1); what is damaged ends it.
fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = rest.get(..end).and_then(|line| std::str::from_utf8(line).ok());
        let size = size.and_then(|line| usize::from_str_radix(line.trim(), 16).ok());
        let Some(size @ 1..) = size else { break };
        let chunk = rest.get(end + 2..end + 2 + size);
        body.extend_from_slice(chunk.unwrap_or_default());
        rest = rest.get(end + 4 + size..).unwrap_or_default();
    }
    body
}

fn start_control(
    world: &Space,
    programs: &Programs,
    settings: &Settings<'_>,
    place: &ControlPlace,
) -> Result<Running, LabError> {
    let mut command = programs.agent(&settings.dir.join(place.name));
    command.args(["control", "--listen", &place.api.to_string()]);
    command.args(["--beacon-tls", &format!("{}:443", place.beacon)]);
    command.args(["--beacon-http", &format!("{}:80", place.beacon), "--every-s", "3600"]);
    if place.tells_who_asks() {
        command.args(["--whoami", &format!("{WHOAMI_SERVER}:53")]);
        command.args(["--whoami-zone", WHOAMI_ZONE, "--whoami-server", WHOAMI_HOST]);
    }
    world.spawn(logged(command, &settings.dir.join(format!("{}.log", place.name)))?)
}

/// Writes a control's settings and key, and returns its credential.
fn write_control_state(
    settings: &Settings<'_>,
    place: &ControlPlace,
    key: &str,
) -> Result<String, LabError> {
    let state = settings.dir.join(place.name);
    write_agent_settings(settings, &state, key, &COLLECTOR.to_string())?;
    // A lab's key needs no secrecy; it must only differ between the controls.
    let secret = *record::Digest::of(place.name.as_bytes()).0.first_chunk().unwrap_or(&[0; 32]);
    fs::create_dir_all(state.join("keys")).map_err(LabError::failed("making a control's keys"))?;
    write(&state.join("keys/control.key"), &hex::encode(secret))?;
    Ok(hex::encode(SigningKey::from_bytes(&secret).verifying_key().to_bytes()))
}

fn write_agent_settings(
    settings: &Settings<'_>,
    state: &Path,
    key: &str,
    collector: &str,
) -> Result<(), LabError> {
    fs::create_dir_all(state).map_err(LabError::failed("making an agent's folder"))?;
    let text = format!(
        "collector_url = \"http://{collector}/\"\ncollector_key = \"{key}\"\nextra_roots = {:?}\n\
         prefixes = {:?}\n{AGENT_LIMITS}",
        settings.roots,
        settings.lists.join(PREFIXES),
    );
    write(&state.join("agent.toml"), &text)
}

/// Returns whether the snapshot holds something seen by every control.
fn has_controls(signed: &Value) -> bool {
    let body = signed.get("body").and_then(Value::as_str).unwrap_or_default();
    let snapshot: Value = serde_json::from_str(body).unwrap_or_default();
    let count = |key: &str| snapshot.get(key).and_then(Value::as_array).map_or(0, Vec::len);
    let wanted = count("targets") * CONTROLS.len();
    wanted > 0 && count("recent") >= wanted
}

fn statement_id(shown: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(shown).ok()?;
    let data = value.get("data").unwrap_or(&value);
    data.get("statement").or_else(|| data.get("id")).and_then(Value::as_str).map(str::to_owned)
}

fn logged(mut command: Command, log: &Path) -> Result<Command, LabError> {
    let doing = || format!("writing {}", log.display());
    let file = fs::File::create(log).map_err(LabError::failed(doing()))?;
    let twin = file.try_clone().map_err(LabError::failed(doing()))?;
    command.stdout(file).stderr(twin);
    Ok(command)
}

fn write(path: &Path, text: &str) -> Result<(), LabError> {
    fs::write(path, text).map_err(LabError::failed(format!("writing {}", path.display())))
}

/// The lab's paths are short and its censors forget fast: shorter limits give the same answers.
const AGENT_LIMITS: &str = "[limits]\ntargets_at_once = 24\ntarget_deadline_s = 120\n\
    connect_timeout_ms = 4000\nhandshake_timeout_ms = 4000\nfetch_timeout_ms = 6000\n\
    dns_timeout_ms = 3000\ndns_window_ms = 400\nblock_spacing_ms = 300\nblock_residual_ms = 7000\nload_timeout_ms = 10000\n";

const COLLECTOR_LIMITS: &str = "";

const AGENT: &str = "qoljetim";
const COLLECTOR_PROGRAM: &str = "qoljetim-collector";
const PATIENCE: Duration = Duration::from_secs(60);
const MOST_BYTES: u64 = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_body_is_joined() {
        assert_eq!(unchunked(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), b"abcde");
        assert_eq!(unchunked(b"zz\r\nabc"), b"");
    }

    #[test]
    fn a_statement_is_found_in_either_shape() {
        assert_eq!(statement_id(br#"{"data":{"statement":"en-1"}}"#).as_deref(), Some("en-1"));
        assert_eq!(statement_id(br#"{"id":"en-1"}"#).as_deref(), Some("en-1"));
        assert_eq!(statement_id(b"x"), None);
    }
}
