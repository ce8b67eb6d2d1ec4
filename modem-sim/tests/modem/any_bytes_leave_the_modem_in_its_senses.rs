//! Random pieces of commands, payloads and noise: no panic, time goes on, and a power cycle always
//! brings the modem back.

use crate::common;

use std::time::Duration;

use common::{Rig, SERVER, running};
use modem_sim::{Model, Options, Peer, Prng, UrcTiming};

const PIECES: &[&str] = &[
    "AT",
    "at",
    "+USOCR=6",
    "+USOCR=17,",
    "+USOCO=0,\"192.0.2.1\",",
    "+USOWR=0,",
    "+USOST=1,\"192.0.2.1\",7,",
    "+USORD=0,",
    "+USORF=1,",
    "+USOCL=0",
    "+USOCTL=0,",
    "+USOLI=0,1099",
    "+USODL=0",
    "+USOCL=0,1",
    "+UDCONF=5,0,100",
    "+UDCONF=7,0,",
    "+UDNSRN=0,\"host.example\"",
    "+UPSD=0,100,1",
    "+UPSDA=0,",
    "+USOSO=0,65535,128,1,100",
    "S12=0",
    "S2=",
    "+SQNSD=1,0,7,\"192.0.2.1\"",
    ",0,0,1",
    "+SQNSD=2,1,7,\"host.example\",0,3000,1,1",
    "+SQNSSENDEXT=1,",
    "+SQNSSEND=1",
    "+SQNSRECV=1,",
    "+SQNSH=1",
    "+SQNSO=1",
    "+SQNSI",
    "+SQNSL=1,1,1099",
    "+SQNSL=2,",
    "+SQNSLUDP=3,1,1099",
    "+SQNSA=1",
    "+SQNSA=3,1",
    "+SQNSCFGEXT=1,0,0,0,1",
    "+SQNSD=3,0,7,\"192.0.2.1\",255",
    "+SQNBYPASS=\"disable\"",
    "+SQNAUTOCONNECT=",
    "^AUTOATT=0",
    "+CGATT=",
    "+BGLTEPLMN=?",
    "+SQNSIMST=1",
    "+SQNSS?",
    "+SQNSCFGEXT=1,2,1,0,0,1",
    "+CFUN=",
    "+CPIN=\"1234\"",
    "+COPS=",
    "+UDCONF=1,1",
    "E1",
    "V0",
    "S3=13",
    ";",
    "=",
    "?",
    ",",
    "\"",
    "1",
    "0",
    "7",
    "1024",
    "4294967296",
    "\r",
    "\r",
    "\r",
    "\n",
    "\x1a",
    "\x1b",
    "\x08",
    "+++",
    "+USECMNG=0,0,\"a\",3",
    "+SQNSNVW=\"certificate\",1,5",
    "+IPR=9600",
    "^RESET",
    "Z",
    "-----BEGIN ",
    "+USOSO=0,1,2,3",
    "+CEREG=",
    "+CGDCONT=1",
    "+CGACT=1,1",
    "+USECPRF=1",
    "+SQNSPCFG=1,1,\"\",0,0,0,\"\"",
    "+CSGT=1,\"hi\"",
    "+CLCK=\"SC\",1,\"0000\"",
    "+CPWD=\"SC\",\"0000\",",
    "+CSUS=",
    "+CPINR=\"SIM*\"",
    "+USIMSTAT=1",
    "+COPS=1,2,\"00101\"",
    "+CTZR=",
    "+CCLK=\"26/01/01,12:00:00",
    "+CMER=3,0,0,2",
    "+UPING=\"192.0.2.1\",",
    "+PING=\"host.example\",",
    "+UPSV=",
    "+SQNIPSCFG=1,",
    "+SQNRICFG=",
    "+CPSMS=1,,,\"10100011\",\"00000001\"",
    "+CEDRXS=2,4,\"0101\"",
    "+CMGF=1",
    "+CMGS=\"+4411\"",
    "+CMGS=",
    "+CMGW=\"1\"",
    "+CMGR=",
    "+CMGL=\"ALL\"",
    "+CMGD=1,",
    "+CSCS=\"UCS2\"",
    "+CSMP=49,",
    "+CSCA=",
    "+CPMS=\"SM\"",
    "0011000B916407281553F80000AA0AE8329BFD4697D9EC37",
    "+UDWNFILE=\"updatePackage.bin\",3,\"FOAT\"",
    "+UFWINSTALL",
    "+ULSTFILE=",
    "+SQNSUPGRADE=\"http://a\",1,10,",
    "+SQNDMCFG=\"standard\",\"psk\",100,\"a\",\"0\"",
    "+SQNFOTACFG=\"standard\",0,2,",
    "+SQNDMST",
    "+SQNSFACTORYRESET",
    "&F",
    "+UFACTORY=2,",
    "+SQNBANDSEL=0,\"standard\",\"",
    "+SQNCTM=\"att\"",
    "+UBANDMASK=0,",
    "+UMNOPROF=100",
    "+URAT=",
];

fn torture(model: Model, seed: u64) -> String {
    let mut prng = Prng::new(seed);
    let options = Options {
        urc_timing: UrcTiming::Mixed(seed),
        stale_sockets: (seed % 8) as u8,
        stale_packet_data: true,
        abortable: seed % 2 == 1,
        noise: Some(Duration::from_millis(1700)),
        bypass: Some(seed % 8 == 7),
        tx_queue_limit: Some(20).filter(|_| seed.is_multiple_of(5)),
        flow_control: seed % 4 != 3,
        auto_answer_online: !seed.is_multiple_of(3),
        listen_ends_on_refusal: seed % 3 == 1,
        ..running()
    };
    let mut rig = Rig::new(model, options);
    rig.net.host("host.example", &[SERVER.into()]);
    rig.net.on(SERVER, 7, Peer::Echo);
    rig.net.on(SERVER, 1, Peer::Chargen(9000, seed));
    rig.net.on(SERVER, 0, Peer::SendThenClose(b"bye".to_vec()));
    let mut printed = String::new();
    for _ in 0..400 {
        match prng.below(20) {
            0 => {
                let len = prng.below(40) as usize;
                let noise = prng.bytes(len);
                rig.send(&noise);
            }
            1 => rig.pass_ms(prng.below(3000)),
            3 => {
                rig.net.dial(1099, (SERVER, 40_000).into(), Peer::Echo);
                rig.net.push_datagram((SERVER, 40_000).into(), 1099, b"hello");
            }
            2 => {
                for conn in rig.net.connections() {
                    match prng.below(4) {
                        0 => rig.net.close(conn.id),
                        1 => rig.net.reset(conn.id),
                        2 => rig.net.set_reading(conn.id, false),
                        _ => rig.net.send(conn.id, b"data"),
                    }
                }
            }
            _ => rig.send(PIECES[prng.below(PIECES.len() as u64) as usize].as_bytes()),
        }
        rig.pass_ms(prng.below(60));
        printed.push_str(&rig.printed());
    }
    let now = rig.now;
    rig.modem.power(now, false);
    assert_eq!(rig.modem.open_sockets(), []);
    rig.modem.power(now, true);
    rig.pass_ms(6000);
    // LENA-R8 measures the speed with the first line.
    rig.send(b"AT\r");
    rig.pass_ms(200);
    rig.got.clear();
    rig.send(b"AT\r");
    rig.wait_for(b"\r\nOK\r\n");
    printed
}

#[test]
fn ublox() {
    for seed in 0..300 {
        torture(Model::SaraR5, seed);
    }
    for &model in Model::KNOWN.iter().filter(|model| model.is_ublox()) {
        for seed in 0..60 {
            torture(model, seed);
        }
    }
}

#[test]
fn sequans() {
    for seed in 0..300 {
        torture(Model::Ryz014a, seed);
    }
    for seed in 0..60 {
        torture(Model::Gm02s, seed);
        torture(Model::Cassiopeia, seed);
    }
}

#[test]
fn twice_the_same() {
    for &model in Model::ALL {
        for seed in 0..20 {
            let first = torture(model, seed);
            assert!(!first.is_empty());
            assert_eq!(first, torture(model, seed));
        }
    }
}
