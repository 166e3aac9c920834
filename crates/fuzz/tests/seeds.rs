//! The first inputs: the golden files, and what devices and offices really send.
//!
//! Made by `LIANDU_GOLDEN=add`, which writes those that are missing and changes none.

use std::fs;
use std::path::Path;

use liandu_core::admission::Definition;
use liandu_core::campaign::{CHINA_JSON, HEBEI_JSON};
use liandu_core::id::{PersonId, Position};
use liandu_core::protocol::bundle::{Bundle, SignedReceipts};
use liandu_core::protocol::envelope::{Addressee, Cover, Envelope};
use liandu_core::protocol::frame::ToServer;
use liandu_core::protocol::message::{Push, Tier};
use liandu_core::protocol::packed::Packed;
use liandu_core::protocol::update::{Chunk, Receipt, RecordPush, RecordVerdicts};
use liandu_core::record::RawChange;
use liandu_core::record::kind::Kind;
use liandu_core::seal::Seal;
use liandu_fuzz::world::{
    DEPLOYMENT, NOW, RECORD, Writer, actor, creation, device, history, key, scope, set, typing,
};
use liandu_server::journal::{Journal, Options, SimDisk};
use rust_xlsxwriter::Workbook;

use crate::corpus;

type Seeds = Vec<(&'static str, String, Vec<u8>)>;

fn golden(folder: &str) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(folder);
    let mut files = Vec::new();
    for item in fs::read_dir(root).unwrap() {
        let path = item.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        files.push((
            name,
            data_encoding::HEXLOWER
                .decode(text.trim().as_bytes())
                .unwrap(),
        ));
    }
    files.sort();
    files
}

/// Kind, length and content of a chunk, as `mended` reads them.
fn bare(chunk: &[u8]) -> Vec<u8> {
    let mut at = 9;
    while chunk[at] & 0x80 != 0 {
        at += 1;
    }
    let content = &chunk[at + 1..];
    let mut bytes = vec![chunk[8]];
    bytes.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
    bytes.extend(content);
    bytes
}

fn bare_all(changes: &[RawChange]) -> Vec<u8> {
    changes
        .iter()
        .flat_map(|change| bare(&change.bytes))
        .collect()
}

/// A representative's record with every sort of edit.
fn worked_on() -> Writer {
    let mut writer = Writer::new(1);
    writer.edit(&creation());
    writer.edit(&set("f/village", "东村"));
    writer.edit(&typing("description", 1, 1, "头"));
    writer.event("withdraw", &[("reason", "重复")]);
    writer
}

fn pushed() -> RecordPush {
    let writer = worked_on();
    let changes = writer.doc.raw_all();
    let last = changes.last().unwrap();
    RecordPush {
        record: RECORD,
        kind: Kind::Problem.into(),
        scope: Some(scope()),
        seals: vec![Seal::sign(
            &key(1),
            &DEPLOYMENT,
            &RECORD,
            last.actor,
            last.seq,
            last.hash,
        )],
        chunk: Chunk::Changes(changes.into_iter().map(|change| change.bytes).collect()),
    }
}

fn protocol(seeds: &mut Seeds) {
    for (name, bytes) in golden("core/tests/golden/protocol") {
        match name.as_str() {
            "v1-bundle" | "v1-envelope" => seeds.push(("bundles", name, bytes)),
            _ if bytes[0] == 0x82 => seeds.push(("frames", name, bytes)),
            _ => {}
        }
    }
    let push = pushed();
    let records = Packed::pack(std::slice::from_ref(&push)).unwrap();
    let mut frames = Vec::new();
    for batch in 1..=3 {
        let records = records.clone();
        let frame = ToServer::from(Push { batch, records }).encode().unwrap();
        frames.extend(u16::try_from(frame.len()).unwrap().to_be_bytes());
        frames.extend(frame);
    }
    seeds.push(("frames", "three-pushes".to_owned(), frames));
    let whole = RecordPush {
        chunk: Chunk::Doc(history().save()),
        ..push.clone()
    };
    let list = minicbor::to_vec([&push, &whole]).unwrap();
    seeds.push(("batches", "changes-and-document".to_owned(), list));
    seeds.push((
        "batches",
        "one".to_owned(),
        minicbor::to_vec([&push]).unwrap(),
    ));
    seeds.push((
        "seals",
        "right".to_owned(),
        minicbor::to_vec(&push.seals[0]).unwrap(),
    ));
    seeds.push(("seals", "nothing-changed".to_owned(), vec![0; 8]));
    seeds.push(("bundles", "pushes".to_owned(), bundle(&push)));
    seeds.push(("bundles", "closed".to_owned(), envelope(&push)));
}

/// Closed to the server and to a colleague, without its SHA-256, which the target adds.
fn envelope(push: &RecordPush) -> Vec<u8> {
    let mut bundle = Bundle::new(DEPLOYMENT, device(1), NOW);
    bundle.add(std::slice::from_ref(push)).unwrap();
    let cover = Cover {
        deployment: DEPLOYMENT,
        maker: device(1),
        time: NOW,
        to: Addressee::Colleague(PersonId::new("p-2").unwrap()),
        bundles: 1,
        edits: 1,
    };
    let keys = [key(1).public(), key(2).public()];
    let mut count = 0;
    let random = || {
        count += 1;
        [count; 32]
    };
    let envelope = Envelope::close(cover, &[bundle], &keys, random).unwrap();
    let mut file = envelope.encode().unwrap();
    file.truncate(file.len() - 32);
    file
}

/// Without its SHA-256, which the target adds.
fn bundle(push: &RecordPush) -> Vec<u8> {
    let mut bundle = Bundle::new(DEPLOYMENT, device(1), NOW);
    bundle.add(std::slice::from_ref(push)).unwrap();
    let verdicts = RecordVerdicts {
        record: RECORD,
        receipts: vec![Receipt {
            actor: actor(1),
            seq_max: 3,
            position: Position(4),
        }],
        others: Vec::new(),
        missing: false,
    };
    let sheets = SignedReceipts::sign(
        &key(1),
        &DEPLOYMENT,
        Position(9),
        NOW,
        Tier::Fsynced,
        &[verdicts],
    );
    bundle.receipts = sheets.unwrap();
    let mut file = bundle.encode().unwrap();
    file.truncate(file.len() - 32);
    file
}

fn records(seeds: &mut Seeds) {
    for (name, bytes) in golden("core/tests/golden/record") {
        seeds.push(("changes", name, bare(&bytes)));
    }
    let writer = worked_on();
    seeds.push((
        "changes",
        "record-made-offline".to_owned(),
        bare_all(&writer.doc.raw_all()),
    ));
    let on_history = history().raw_all();
    seeds.push(("changes", "history".to_owned(), bare_all(&on_history)));
    let raw: Vec<u8> = on_history
        .iter()
        .flat_map(|change| change.bytes.clone())
        .collect();
    seeds.push(("changes", "history-as-it-travels".to_owned(), raw));
    let saved = history().save();
    let mut with_more = bare(&saved);
    let mut office = Writer::new(3);
    office.doc = history().clone();
    with_more.extend(bare(&office.edit(&set("f/address", "路口")).bytes));
    seeds.push(("documents", "history".to_owned(), bare(&saved)));
    seeds.push(("documents", "history-and-a-change".to_owned(), with_more));
    seeds.push(("documents", "history-as-it-travels".to_owned(), saved));
}

fn log(seeds: &mut Seeds) {
    for (name, bytes) in golden("core/tests/golden/log") {
        seeds.push(("entries", name, bytes));
    }
    let options = Options {
        segment_bytes_max: 600,
        reserve_bytes: 0,
    };
    let (mut journal, _) = Journal::open(SimDisk::new(), options).unwrap();
    for (_, bytes) in golden("core/tests/golden/log").into_iter().take(6) {
        journal.append(&bytes).unwrap();
        journal.commit().unwrap();
    }
    journal.note_durable().unwrap();
    let disk = journal.into_disk();
    let [first, second] = [1, 2].map(|n| disk.bytes(&format!("{n:010}.segment")).unwrap());
    for (name, flags, files) in [
        ("one", 0, first.clone()),
        ("one-mended", 1, first.clone()),
        ("two", 2, [first.clone(), second.clone()].concat()),
        ("two-mended", 3, [first.clone(), second].concat()),
    ] {
        let mut bytes = vec![flags];
        bytes.extend(u16::try_from(first.len()).unwrap().to_be_bytes());
        bytes.extend(files);
        seeds.push(("segments", name.to_owned(), bytes));
    }
}

fn workbook(cells: &[(u32, u16)]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let heads = ["问题名称", "领域", "行政区划", "发现日期"];
    let values = ["采砂坑未回填", "矿山开发", "130123", "2020-06-19"];
    for (column, (head, value)) in (0u16..).zip(heads.into_iter().zip(values)) {
        sheet.write(0, column, head).unwrap();
        sheet.write(1, column, value).unwrap();
    }
    for (row, column) in cells {
        sheet.write(*row, *column, "远").unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn tables(seeds: &mut Seeds) {
    let csv = "\u{feff}问题名称,领域,行政区划,所在村,发现日期,面积\n采砂坑未回填,矿山开发,130123,东村,2020-06-19,3.5亩\n\
               \"a,\"\"b\"\"\",mining,正定县,,2020/6/1,\n";
    seeds.push(("imports", "problems.csv".to_owned(), csv.into()));
    let groups = "code,name,region,domain\ng-1,一组,130123,mining\n";
    seeds.push(("imports", "groups.csv".to_owned(), groups.into()));
    let people = "code,name,region,level,group,role\np-1,张三,130123,县,g-1,leader\n";
    seeds.push(("imports", "people.csv".to_owned(), people.into()));
    seeds.push(("imports", "problems.xlsx".to_owned(), workbook(&[])));
    let far = workbook(&[(1_048_575, 16_383)]);
    seeds.push(("imports", "two-cells-far-apart.xlsx".to_owned(), far));
}

fn texts(seeds: &mut Seeds) {
    let example = include_str!("../../../server/liandu.example.toml");
    seeds.push(("configuration", "example.toml".to_owned(), example.into()));
    let short = "data = \"d\"\nlisten = \"127.0.0.1:1\"\n[limits]\ngrace_days = 3\n[log]\nformat = \"json\"\n";
    seeds.push(("configuration", "short.toml".to_owned(), short.into()));
    let china: &[u8] = CHINA_JSON;
    let first: serde_json::Value = serde_json::from_slice(china).unwrap();
    seeds.push((
        "configuration",
        "calendar.json".to_owned(),
        first.to_string().into(),
    ));
    let small = include_str!("small-campaign.json");
    Definition::parse(small.as_bytes()).unwrap();
    seeds.push(("configuration", "campaign.json".to_owned(), small.into()));
    let local = include_bytes!("../../../core/data/local-131000.json");
    seeds.push(("configuration", "local.json".to_owned(), local.to_vec()));
    assert!(
        HEBEI_JSON.len() > 20_000,
        "the whole campaign is too long for a corpus"
    );
}

/// Name, route, who sends it, body.
const REQUESTS: [(&str, u8, u8, &str); 15] = [
    (
        "list",
        0,
        1,
        "GET /api/records?kind=problem&q=%E9%87%87%E7%A0%82&sort=-updated&limit=5&region=130000&bbox=114,37,115,38",
    ),
    (
        "count",
        0,
        1,
        "GET /api/records/count?by=domain&conflict=open&since=2020-01-01&field.f/title=%E5%9D%91",
    ),
    ("map", 0, 1, "GET /api/map?zoom=7"),
    (
        "history",
        0,
        1,
        "GET /api/records/{id}/history?path=f/title",
    ),
    ("sign-in", 1, 0, r#"{"user":"office","password":"wrong"}"#),
    (
        "create",
        2,
        1,
        r#"{"kind":"problem","campaign":"hebei-6plus1","scope":{"region":"130123","audience":"office"},"writes":[{"path":"f/title","value":"坑"},{"path":"f/area","value":{"quantity":{"amount":"3.5","unit":"mu"}}}],"texts":{"description":"村东"}}"#,
    ),
    (
        "set",
        3,
        1,
        r#"{"edit":"set","writes":[{"path":"f/village","value":"西村"}]}"#,
    ),
    (
        "text",
        3,
        1,
        r#"{"edit":"edit-text","field":"description","splices":[{"at":0,"delete":1,"insert":"已"}]}"#,
    ),
    ("resolve", 4, 1, r#"{"path":"f/village","value":"东村"}"#),
    (
        "device",
        5,
        0,
        r#"{"device":"0101010101010101","nonce":"00","signature":"00"}"#,
    ),
    (
        "account",
        8,
        2,
        r#"{"user":"other","name":"王五","region":"130123","grants":[{"role":"leader","region":"130123"}],"password":"共同富裕河清海晏时和"}"#,
    ),
    ("invite", 12, 2, r#"{"people":["office"],"hours":24}"#),
    (
        "roster",
        13,
        2,
        "code,name,region,level\np-1,张三,130123,县\n",
    ),
    (
        "import",
        15,
        1,
        "问题名称,领域,行政区划\n坑,矿山开发,130123\n",
    ),
    ("definition", 10, 2, include_str!("small-campaign.json")),
];

fn requests(seeds: &mut Seeds) {
    for (name, route, who, body) in REQUESTS {
        let bytes = [&[route, who], body.as_bytes()].concat();
        seeds.push(("bodies", name.to_owned(), bytes));
    }
}

#[test]
fn every_first_input_is_in_the_corpus() {
    let mut seeds = Seeds::new();
    protocol(&mut seeds);
    records(&mut seeds);
    log(&mut seeds);
    tables(&mut seeds);
    texts(&mut seeds);
    requests(&mut seeds);
    let add = std::env::var("LIANDU_GOLDEN").is_ok_and(|value| value == "add");
    for (target, name, bytes) in seeds {
        let path = corpus::folder(target).join(&name);
        if add && !path.exists() {
            fs::create_dir_all(corpus::folder(target)).unwrap();
            fs::write(&path, bytes).unwrap();
        }
        assert!(
            path.exists(),
            "{} is missing: LIANDU_GOLDEN=add",
            path.display()
        );
    }
}
