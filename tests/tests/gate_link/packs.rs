//! Packs: made at the desk, loaded over the link, and what the gate then does.

use card_fixtures::authority::{Authority, CrlOptions, Name, Signer};
use card_fixtures::curve::Curve;
use card_fixtures::plug::pn532::Modulation;
use card_fixtures::time::Time;
use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::Certificate;
use soat::pki::revocation::digest;
use soat_firmware::gate::Notice;
use soat_firmware::gate::decision::Decision;

use super::*;

const POLICY: &str = "zone_minutes = 420\n\n[settings]\npulse_ms = 1000\n\n[schedules]\nweekend = [\"sat,sun 06:00-20:00\"]\nnight = [\"daily 22:00-05:00\"]\n";

/// Packs the holder of the card, in the schedule of a weekend.
pub fn pack(site: &Site, version: &str, arguments: &[&str]) -> Finished {
    fs::write(site.path("policy.toml"), POLICY).unwrap();
    fs::write(site.path("people.csv"), format!("person,schedule,facility,card\n{NUMBER},weekend,17,4711\n")).unwrap();
    let _ = fs::remove_file(site.path("pack.bin"));
    let given = [
        "gate",
        "pack",
        "--site",
        "site.toml",
        "--signing-key",
        "operator.key",
        "--policy",
        "policy.toml",
        "--people",
        "people.csv",
        "--version",
        version,
        "--ends",
        "90d",
        "--output",
        "pack.bin",
        "--now",
        NOW_TEXT,
        "--demonstration",
    ];
    site.run(&[&given[..], arguments].concat())
}

fn decision(site: &Site) -> Decision {
    site.gate.at(|device| {
        device.notices.clear();
        device.world.lay(genuine(), Modulation::TypeA);
        device.world.scan(&format!("{CODE}\r\n"));
    });
    let decided = |notice: &Notice| if let Notice::Decided(decision) = notice { Some(decision.clone()) } else { None };
    assert!(site.gate.until(move |device| device.notices.iter().any(|notice| decided(notice).is_some())));
    let decision = site.gate.at(move |device| {
        device.world.take();
        device.notices.iter().find_map(decided)
    });
    // Two searches without a card.
    std::thread::sleep(std::time::Duration::from_secs(2));
    decision.unwrap()
}

#[test]
fn gate_link_a_pack_of_the_desk_opens_the_gate_for_whom_it_names() {
    let site = Site::provisioned(1).trusting();
    let made = pack(&site, "1", &["--json"]);
    assert_eq!(made.code, 0, "{made:?}");
    let told = &json(&made)["pack"];
    assert_eq!((&told["people"], &told["version"], &told["site"]), (&1.into(), &1.into(), &"cổng bắc".into()));
    let bytes = fs::read(site.path("pack.bin")).unwrap();
    assert!(!bytes.windows(NUMBER.len()).any(|window| window == NUMBER.as_bytes()), "a number stands in the pack");
    let shown = site.run(&["gate", "pack", "--show", "pack.bin", "--operator", "operator.key.pub"]);
    assert_eq!(shown.code, 0, "{shown:?}");
    assert!(shown.stdout.contains("-----SS 06:00-20:00"), "{shown:?}");

    let loaded = site.at_gate(&["load", "pack.bin"]);
    assert_eq!(loaded.code, 0, "{loaded:?}");
    let status = site.at_gate(&["status", "--json"]);
    assert_eq!((status.code, &json(&status)["status"]["pack"]["version"]), (0, &1.into()));
    assert!(matches!(decision(&site), Decision::Admitted { .. }));
    assert_eq!(site.gate.at(|device| device.world.openings()), 1);

    // The next one leaves this person out of hours.
    let made = pack(&site, "2", &[]);
    assert_eq!(made.code, 0, "{made:?}");
    fs::write(site.path("people.csv"), format!("person,schedule\n{NUMBER},night\n")).unwrap();
    fs::remove_file(site.path("pack.bin")).unwrap();
    let made = site.run(&[
        "gate",
        "pack",
        "--site",
        "site.toml",
        "--signing-key",
        "operator.key",
        "--policy",
        "policy.toml",
        "--people",
        "people.csv",
        "--version",
        "2",
        "--ends",
        "2026-12-31",
        "--output",
        "pack.bin",
        "--now",
        NOW_TEXT,
        "--demonstration",
    ]);
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(site.at_gate(&["load", "pack.bin"]).code, 0);
    let Decision::Refused(refusal) = decision(&site) else { panic!("it opened") };
    assert_eq!(refusal.code(), "gate.outside_schedule");
}

#[test]
fn gate_link_a_gate_takes_no_pack_that_goes_back_was_altered_or_is_of_others() {
    let site = Site::provisioned(1).trusting();
    assert_eq!(pack(&site, "5", &[]).code, 0);
    assert_eq!(site.at_gate(&["load", "pack.bin"]).code, 0);
    let refused = |site: &Site, reason: &str| {
        let loaded = site.at_gate(&["load", "pack.bin"]);
        assert_eq!(loaded.code, 4, "{loaded:?}");
        assert!(loaded.stderr.contains(reason), "{loaded:?}");
        assert_eq!(json(&site.at_gate(&["status", "--json"]))["status"]["pack"]["version"], 5);
    };
    refused(&site, "this version of the pack or a later one");
    assert_eq!(pack(&site, "4", &[]).code, 0);
    refused(&site, "this version of the pack or a later one");
    assert_eq!(pack(&site, "6", &[]).code, 0);
    let mut bytes = fs::read(site.path("pack.bin")).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(site.path("pack.bin"), &bytes).unwrap();
    refused(&site, "torn or damaged");
    let shown = site.run(&["gate", "pack", "--show", "pack.bin", "--site", "site.toml"]);
    assert_eq!(shown.code, 1, "{shown:?}");

    // The key of somebody else: the desk says so, and so does the gate.
    assert_eq!(site.run(&["key", "new", "other.key"]).code, 0);
    let signed = pack(&site, "7", &["--signing-key", "other.key"]);
    assert_eq!(signed.code, 2, "{signed:?}");
    let other = Site::provisioned(2).trusting();
    assert_eq!(pack(&other, "7", &[]).code, 0);
    fs::copy(other.path("pack.bin"), site.path("pack.bin")).unwrap();
    refused(&site, "not signed with the key");
}

#[test]
fn gate_link_a_pack_is_made_of_what_is_right_and_of_nothing_else() {
    let site = Site::provisioned(1);
    let empty = pack(&site, "1", &[]);
    assert_eq!(empty.code, 2);
    assert!(empty.stderr.contains("There are no anchors"), "{empty:?}");
    let site = site.trusting();
    let given = [
        "gate",
        "pack",
        "--site",
        "site.toml",
        "--signing-key",
        "operator.key",
        "--people",
        "people.csv",
        "--version",
        "1",
        "--output",
        "pack.bin",
        "--now",
        NOW_TEXT,
    ];
    let with = |more: &[&str]| site.run(&[&given[..], more].concat());
    fs::write(site.path("people.csv"), format!("person\n{NUMBER}\n")).unwrap();
    let refused = with(&["--ends", "90d"]);
    assert!(refused.code == 2 && refused.stderr.contains("fixture authority"), "{refused:?}");
    let refused = with(&["--ends", "2026-07-01", "--demonstration"]);
    assert!(refused.code == 2 && refused.stderr.contains("end before it begins"), "{refused:?}");
    fs::write(site.path("people.csv"), format!("person,schedule\n{NUMBER},weekend\n")).unwrap();
    let refused = with(&["--ends", "90d", "--demonstration"]);
    assert!(refused.code == 2 && refused.stderr.contains("no such schedule"), "{refused:?}");
    assert!(!refused.stderr.contains(NUMBER), "{refused:?}");
    assert!(!site.path("pack.bin").exists());
    fs::write(site.path("people.csv"), format!("person\n{NUMBER}\n")).unwrap();
    assert_eq!(with(&["--ends", "90d", "--demonstration"]).code, 0);
    let again = with(&["--ends", "90d", "--demonstration"]);
    assert!(again.code == 2 && again.stderr.contains("exists already"), "{again:?}");
}

/// Names are compared as people read them: the list of the next key, whose name is written in another way, counts for the anchor that was
/// chosen; and what the anchor signs under another name revokes under its own too.
#[test]
fn gate_link_a_pack_has_what_the_authority_revoked_under_whichever_of_its_names() {
    let own = authority(CARD).unwrap();
    let fingerprint = hex::encode(Hash::Sha256.digest(&own.csca_certificate()));
    let name = own.csca_name.clone();
    let capitals = Name { common_name: name.common_name.to_uppercase(), ..name.clone() };
    let other = Name::new(&name.country, "Fixture", "Another name");
    let next = Signer::ecdsa(Curve::named("secp256r1").unwrap(), Hash::Sha256, "the next key");
    let next = Authority { csca: next, csca_name: capitals, ..own.clone() };
    let signer = Certificate::from_der(&own.document_signer_certificate().der).unwrap();
    let options = CrlOptions {
        revoked: vec![(signer.serial.clone(), Time::midnight(2026, 7, 1))],
        this_update: Time::midnight(2026, 7, 1),
        next_update: Some(Time::midnight(2026, 9, 1)),
        ..CrlOptions::default()
    };
    let under_another = CrlOptions { issuer: Some(other), ..options.clone() };
    for (seed, list) in [(1, next.revocation_list(&options)), (2, own.revocation_list(&under_another))] {
        let site = Site::provisioned(seed).trusting();
        let der = next.csca_certificate();
        fs::write(site.path("next.der"), &der).unwrap();
        let printed = hex::encode(Hash::Sha256.digest(&der));
        let added = site.run(&["trust", "add", "next.der", "--demonstration", "--fingerprint", &printed]);
        assert_eq!(added.code, 0, "{added:?}");
        fs::write(site.path("issuer.crl"), list).unwrap();
        let imported = site.run(&["trust", "import", "issuer.crl"]);
        assert_eq!(imported.code, 0, "{imported:?}");
        let made = pack(&site, "1", &["--anchor", &fingerprint]);
        assert_eq!(made.code, 0, "{made:?}");
        let bytes = fs::read(site.path("pack.bin")).unwrap();
        let revoked = digest(&signer.issuer, &signer.serial, &RustCrypto);
        assert!(bytes.windows(revoked.len()).any(|window| window == revoked), "{seed}");
    }
}
