//! Sites with something about them that is no provider's doing.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use record::{Host, Target};

use super::{Row, site};
use crate::internet::authority::Flaw;
use crate::internet::spec::{Behaviour, Handshake, Refusal, Scheme, Site};
use crate::internet::{BLOCK_PAGE, BLOCK_PAGE_NAME};

/// Returns sites that are faulty in ways that everybody knows, and some that are merely old.
pub(super) fn faulty() -> Vec<Site> {
    let base = |row: Row| site(&row, false);
    let behaving = |row, behaviour| Site { behaviour, ..base(row) };
    let flawed = |row, flaw| Site { flaw, ..base(row) };
    let plain_http = |row| Site { scheme: Scheme::Http, ..base(row) };
    let elsewhere: Target =
        "https://bizdin-talap.test/".parse().expect("the text is an address with a host");
    let outer: Host = "bet-perde.test".parse().expect("the text is a host name");
    vec![
        Site {
            http3: true,
            ech: Some(outer),
            ..base(("jasyryn-hat.test", "Jasyryn hat: letters", "social", &[75]))
        },
        plain_http(("eski-gazet.test", "Eski gazet: archive", "news", &[61])),
        plain_http(("auyl-habary.test", "Aýyl habary: village news", "regional_news", &[62])),
        plain_http(("jyr-jinaq.test", "Jyr jınaq: poems", "society", &[62])),
        Site {
            scheme: Scheme::Http,
            behaviour: Behaviour::RefusesNear(Refusal::Challenge(503)),
            ..base(("ashyq-surau.test", "Ashyq suraý", "services", &[113]))
        },
        behaving(
            ("ashyq-hat.test", "Ashyq hat: open letters", "petition", &[63]),
            Behaviour::Redirect(elsewhere),
        ),
        behaving(("bilet-kassa.test", "Bılet kassa", "services", &[64]), Behaviour::Status(403)),
        behaving(("kezek-kut.test", "Kezek kút", "services", &[65]), Behaviour::Status(429)),
        behaving(("murahat-lab.test", "Muraǵat", "society", &[66]), Behaviour::Status(451)),
        behaving(("jabyq-esik.test", "Jabyq esik", "news", &[67]), Behaviour::Refused),
        behaving(("unsiz-dala.test", "Únsiz dala", "news", &[68]), Behaviour::Silent),
        behaving(
            ("jai-jukteu.test", "Jaı júkteý", "video", &[69]),
            Behaviour::Slow(Duration::from_millis(1500)),
        ),
        flawed(("otken-kun.test", "Ótken kún", "society", &[71]), Flaw::Expired),
        flawed(("basqa-esim.test", "Basqa esim", "society", &[72]), Flaw::WrongName),
        flawed(("oz-qolym.test", "Óz qolym", "society", &[73]), Flaw::SelfSigned),
        flawed(("jarty-tizbek.test", "Jarty tizbek", "society", &[74]), Flaw::NoIntermediate),
    ]
}

/// Returns sites whose servers behave in ways that are easily taken for interference.
pub(super) fn peculiar() -> Vec<Site> {
    let own = |row: Row| site(&row, false);
    let mut sites: Vec<Site> = BEHAVING
        .iter()
        .map(|(row, behaviour)| Site { behaviour: behaviour.clone(), ..own(*row) })
        .collect();
    sites.extend(
        HANDSHAKES.iter().map(|(row, handshake)| Site { handshake: *handshake, ..own(*row) }),
    );
    let name = |text: &str| -> Host { text.parse().expect("the text is a host name") };
    sites.extend([
        Site {
            flaw: Flaw::LongChain,
            ..own(("uzyn-tizbek.test", "Uzyn tizbek", "society", &[110]))
        },
        Site {
            nearby: addresses(&[98]),
            ..own(("jaqyn-tarat.test", "Jaqyn tarat: films", "video", &[97]))
        },
        Site {
            dead: addresses(&[103, 104, 105, 106]),
            ..own(("alty-esik.test", "Alty esik: six doors", "society", &[101, 102]))
        },
        Site {
            addresses: vec![Ipv4Addr::LOCALHOST.into()],
            behaviour: Behaviour::Elsewhere,
            ..own(("oz-uiim.test", "Óz úıim", "society", &[]))
        },
        Site {
            alias: Some(name("mekenjai-joq.bult-tarat.test")),
            behaviour: Behaviour::Elsewhere,
            ..own(("mekenjai-joq.test", "Mekenjaı joq", "society", &[]))
        },
        Site {
            alias: Some(name(BLOCK_PAGE_NAME)),
            via: vec![name("tizbek-lagap.bult-tarat.test"), name("edge.bult-tarat.test")],
            addresses: vec![BLOCK_PAGE.into()],
            behaviour: Behaviour::Elsewhere,
            ..own(("tizbek-lagap.test", "Tizbek laǵap", "society", &[]))
        },
    ]);
    sites
}

fn addresses(last: &[u8]) -> Vec<IpAddr> {
    last.iter().map(|last| Ipv4Addr::new(203, 0, 113, *last).into()).collect()
}

const BEHAVING: &[(Row, Behaviour)] = &[
    (
        ("alys-jurt.test", "Alys jurt: films of far lands", "video", &[81]),
        Behaviour::RefusesNear(Refusal::Page),
    ),
    (
        ("jabyq-shekara.test", "Jabyq shekara", "services", &[82]),
        Behaviour::RefusesNear(Refusal::Close),
    ),
    (("tosqauyl-lab.test", "Tosqaýyl", "services", &[83]), Behaviour::RefusesNear(Refusal::Alert)),
    (
        ("jabyq-bolim.test", "Jabyq bólim", "services", &[111]),
        Behaviour::RefusesNear(Refusal::Close),
    ),
    (("ashyq-bolim.test", "Ashyq bólim", "services", &[111]), Behaviour::Normal),
    (
        ("adam-emes.test", "Adam emes", "services", &[84]),
        Behaviour::RefusesNear(Refusal::Challenge(200)),
    ),
    (
        ("robot-surau.test", "Robot suraý", "services", &[85]),
        Behaviour::RefusesNear(Refusal::Challenge(403)),
    ),
    (
        ("kute-tur.test", "Kúte tur", "services", &[86]),
        Behaviour::RefusesNear(Refusal::Challenge(503)),
    ),
    (
        ("synyq-siltegish.test", "Synyq siltegish", "society", &[87]),
        Behaviour::Sends(302, "https://"),
    ),
    (
        ("ainalma-jol.test", "Aınalma jol", "society", &[88]),
        Behaviour::Sends(302, "https://ainalma-jol.test/"),
    ),
    (("uzyn-jol.test", "Uzyn jol", "society", &[89]), Behaviour::Winding(8)),
    (
        ("ekinshi-bet.test", "Ekinshi bet", "society", &[90]),
        Behaviour::Sends(303, "https://bizdin-talap.test/"),
    ),
    (
        ("besinshi-bet.test", "Besinshi bet", "society", &[114]),
        Behaviour::Sends(302, "http://eski-gazet.test/"),
    ),
    (("ushinshi-bet.test", "Úshinshi bet", "society", &[91]), Behaviour::Sends(307, "/bet")),
    (
        ("tortinshi-bet.test", "Tórtinshi bet", "society", &[92]),
        Behaviour::Sends(308, "https://tortinshi-bet.test/bet"),
    ),
    (("zor-bet.test", "Zor bet: the whole archive", "society", &[93]), Behaviour::Large(5 << 20)),
    (("toqtap-qaldy.test", "Toqtap qaldy", "society", &[94]), Behaviour::Stalls(10_000)),
    (("bos-bet.test", "Bos bet", "society", &[95]), Behaviour::Empty),
    (("tanymal-bet.test", "Tanymal bet", "society", &[96]), Behaviour::ListedPage),
];

const HANDSHAKES: &[(Row, Handshake)] = &[
    (("qatal-esik.test", "Qatal esik", "society", &[107]), Handshake::AlertsUnknown),
    (("julqyp-qatar.test", "Julqyp qatar", "society", &[108]), Handshake::ResetsUnknown),
    (("eski-kilt.test", "Eski kilt", "society", &[109]), Handshake::OnlyTls12),
];
