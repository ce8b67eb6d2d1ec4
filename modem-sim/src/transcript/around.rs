//! The `%` lines about what surrounds the modem, and about what happens to it.

use std::time::Duration;

use super::duration;
use crate::{DeviceServer, Fault, Hang, Happening, Image, Operator, Options, PsmGrant, Recovery, Signal};

/// Makes a change of [`Options`]; `None` when the name is another's, `false` when the value makes no sense.
pub(super) fn apply(name: &str, value: &str, options: &mut Options) -> Option<bool> {
    let around = &mut options.surroundings;
    let done = match name {
        "plmn" => {
            around.plmn = value.to_owned();
            Some(())
        }
        "neighbour" | "forbidden" => value.split_once(' ').map(|(numeric, name_of)| {
            around.neighbours.push(Operator {
                name: name_of.to_owned(),
                numeric: numeric.to_owned(),
                allowed: name == "neighbour",
            });
        }),
        "signal" => signal(value).map(|signal| around.signal = signal),
        "time-zone" => value.parse().ok().map(|zone| around.time_zone = zone),
        "no-network-time" => {
            around.tells_time = false;
            Some(())
        }
        "time" => {
            crate::credential::moment(value).map(|seconds| options.time = Some(Duration::from_secs(seconds)))
        }
        "reject-cause" => value.parse().ok().map(|cause| around.reject_cause = cause),
        "scan-time" => duration(value).ok().map(|time| around.scan_time = time),
        "echo-ttl" => value.parse().ok().map(|ttl| around.echo_ttl = ttl),
        "iccid" => {
            options.iccid = value.to_owned();
            Some(())
        }
        "own-number" => {
            around.own_number = value.to_owned();
            Some(())
        }
        "service-centre" => {
            around.service_centre = value.to_owned();
            Some(())
        }
        "message-places" => value.split_once(' ').and_then(|(me, sm)| {
            around.message_places = [me.parse().ok()?, sm.parse().ok()?];
            Some(())
        }),
        "takes-no-messages" => {
            around.takes_messages = false;
            Some(())
        }
        "image" | "damaged-image" => image(value).map(|image| {
            around.images.push(Image { damaged: name == "damaged-image", ..image });
        }),
        "band" => value.parse().ok().map(|band| around.band = band),
        "device-server" => {
            let image = image(value);
            let right = value.is_empty() || image.is_some();
            right.then(|| around.device_server = Some(DeviceServer { image }))
        }
        "install-time" => duration(value).ok().map(|time| around.install_time = time),
        "download-rate" => value.parse().ok().map(|rate| around.download_rate = rate),
        "file-space" => value.parse().ok().map(|space| around.file_space = space),
        "psm" => psm(value).map(|grant| around.psm = grant),
        "waits-for-power-key" => {
            options.supply.starts_by_itself = false;
            Some(())
        }
        "no-restoration-point" => {
            options.supply.restoration_point = false;
            Some(())
        }
        "hang" => hang(value).map(|hang| options.hangs.push(hang)),
        _ => return None,
    };
    Some(done.is_some())
}

/// `-77 -91 -10`
fn signal(text: &str) -> Option<Signal> {
    let words: Vec<_> = text.split_whitespace().collect();
    let [rssi, rsrp, rsrq] = words.as_slice() else { return None };
    Some(Signal { rssi: rssi.parse().ok()?, rsrp: rsrp.parse().ok()?, rsrq: rsrq.parse().ok()? })
}

/// `URL SIZE FROM VERSION`, or `= BYTES FROM VERSION` for one that the host has; `-` suits every version.
fn image(text: &str) -> Option<Image> {
    let words: Vec<_> = text.split(' ').collect();
    let [url, size, from, version] = words.as_slice() else { return None };
    let (url, bytes) = match *url {
        "=" => (String::new(), size.as_bytes().to_vec()),
        url => (url.to_owned(), vec![0; size.parse().ok()?]),
    };
    let from = if *from == "-" { String::new() } else { (*from).to_owned() };
    Some(Image { url, bytes, from, version: (*version).to_owned(), damaged: false })
}

/// `refused`, or `00000101 00010010`: T3324 and T3412 extended.
fn psm(text: &str) -> Option<PsmGrant> {
    let coded = |bits| u8::from_str_radix(bits, 2).ok();
    match text.split_once(' ') {
        Some((active, tau)) => Some(PsmGrant::Fixed(coded(active)?, coded(tau)?)),
        None => (text == "refused").then_some(PsmGrant::Refused),
    }
}

/// `reset-pin 6 +COPS`: what brings it back, bytes of the answer, start of the command.
fn hang(text: &str) -> Option<Hang> {
    let mut words = text.splitn(3, ' ');
    let until = recovery(words.next()?)?;
    let after = words.next()?.parse().ok()?;
    let command = words.next().unwrap_or_default().to_owned();
    Some(Hang { command, skip: 0, after, until })
}

fn recovery(word: &str) -> Option<Recovery> {
    Some(match word {
        "command" => Recovery::Command,
        "radio" => Recovery::Radio,
        "restart" => Recovery::Restart,
        "reset-pin" => Recovery::ResetPin,
        "power-key" => Recovery::PowerKey,
        "supply" => Recovery::Supply,
        _ => return None,
    })
}

/// Something that happens around the modem; `None` when the word is another's.
pub(super) fn happening(word: &str, rest: &str) -> Option<Result<Happening, String>> {
    let what = match (word, rest) {
        ("reboot", "") => Some(Happening::Reboot),
        ("sim", "out") => Some(Happening::SimOut),
        ("sim", "in") => Some(Happening::SimIn),
        ("sim", "fails") => Some(Happening::SimFails),
        ("sim", "works") => Some(Happening::SimWorks),
        ("power", "off") => Some(Happening::PowerOff),
        ("power", "on") => Some(Happening::PowerOn),
        ("brown-out", time) => duration(time).ok().map(Happening::BrownOut),
        ("reception", text) => signal(text).map(Happening::Signal),
        ("context-ends", cid) => cid.parse().ok().map(Happening::ContextEnds),
        ("fault", "sockets") => Some(Happening::Fault(Fault::Sockets)),
        ("fault", "context") => Some(Happening::Fault(Fault::Context)),
        ("fault", rest) => rest.split_once(' ').and_then(|(what, until)| {
            let until = recovery(until)?;
            match what {
                "deaf" => Some(Happening::Fault(Fault::Deaf(until))),
                "registration" => Some(Happening::Fault(Fault::Registration(until))),
                _ => None,
            }
        }),
        ("power-on" | "reset" | "dtr" | "rts", "on" | "off") => {
            let on = rest == "on";
            Some(match word {
                "power-on" => Happening::PowerOnPin(on),
                "reset" => Happening::ResetPin(on),
                "dtr" => Happening::Dtr(on),
                _ => Happening::Rts(on),
            })
        }
        ("reboot" | "sim" | "power" | "power-on" | "reset" | "dtr" | "rts", _) => None,
        _ => return None,
    };
    Some(what.ok_or_else(|| format!("'{word} {rest}' makes no sense")))
}
