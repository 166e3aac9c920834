//! Who belongs to the stand-in office, what it tells them of each other, and what they carry to it.

use liandu_core::id::{CampaignId, DeviceId, PersonId, Position, RecordId};
use liandu_core::log::{LogEntry, Revoked};
use liandu_core::protocol::bundle::{Bundle, SignedReceipts};
use liandu_core::protocol::envelope::Envelope;
use liandu_core::protocol::frame::ToDevice;
use liandu_core::protocol::message::{
    Authority, Carried, Carry, Enrol, Enrolled, Numbered, Numbers, Outcome, Tier,
};
use liandu_core::protocol::update::RecordVerdicts;
use liandu_core::seal::EnrolmentCertificate;

use super::{NOW, Office, scope};

impl Office {
    /// Those that have one; a server from before there were any says nothing.
    pub(super) fn numbers(&mut self, records: &[RecordId]) -> Vec<ToDevice> {
        self.numbers_asked += 1;
        let Some(known) = &self.numbers else {
            return Vec::new();
        };
        let numbered = |record: &RecordId| {
            Some(Numbered {
                record: *record,
                county: scope().region,
                campaign: CampaignId::new("hebei-6plus1").unwrap(),
                n: *known.get(record)?,
            })
        };
        let numbers = records.iter().filter_map(numbered).collect();
        vec![Numbers { numbers }.into()]
    }

    pub(super) fn enrol(&mut self, enrol: Enrol) -> Vec<ToDevice> {
        let person = PersonId::new(&enrol.invitation).unwrap();
        let enrolled = LogEntry::Enrolled(liandu_core::log::Enrolled {
            device: enrol.device,
            key: enrol.key.0,
            person: person.clone(),
            code_hash: [0; 32],
            time: NOW,
        });
        self.state(&enrolled);
        self.devices
            .insert(enrol.device, (enrol.key, person.clone()));
        let certificate = EnrolmentCertificate::sign(
            &self.authority,
            self.deployment,
            enrol.device,
            enrol.key,
            person.clone(),
            NOW,
        );
        vec![
            Enrolled {
                person,
                name: "张三".to_owned(),
                scopes: vec![scope()],
                server_key: self.server.public(),
                certificate,
                deployment: self.deployment,
            }
            .into(),
        ]
    }

    fn state(&mut self, entry: &LogEntry) {
        let statement = entry.encode_signed(&self.deployment, &self.authority);
        self.statements.push(statement);
    }

    /// Shuts a device out, or all of a person's; devices hear of it with their next hello.
    pub(crate) fn revoke(&mut self, device: Option<DeviceId>, person: Option<&str>) {
        let revoked = Revoked {
            device,
            person: person.map(|code| PersonId::new(code).unwrap()),
            reason: "lost".to_owned(),
            user: "clerk".to_owned(),
            time: NOW,
        };
        self.state(&LogEntry::Revoked(revoked));
    }

    pub(super) fn last_statement(&self) -> Position {
        Position(self.statements.len() as u64)
    }

    /// What a device does not know yet of the others.
    pub(super) fn statements_after(&self, after: Position) -> Option<ToDevice> {
        let after = usize::try_from(after.0).unwrap();
        let statements = self.statements.get(after..)?.to_vec();
        let position = self.last_statement();
        (!statements.is_empty()).then(|| {
            ToDevice::from(Authority {
                position,
                statements,
            })
        })
    }

    /// What is inside a file for the office.
    pub(crate) fn opened(&self, file: &[u8]) -> Vec<Bundle> {
        Envelope::decode(file).unwrap().open(&self.server).unwrap()
    }

    /// Opens what was carried and admits it, as the real server does.
    pub(super) fn deliver(&mut self, carry: &Carry) -> Carried {
        self.delivered += 1;
        let number = carry.number;
        let Ok(bundle) = carry.part.open(&carry.cover, &self.server) else {
            return Carried {
                number,
                outcome: Outcome::Unreadable,
                receipts: Vec::new(),
            };
        };
        let (pushes, _) = Bundle::records(&bundle.pushes[0]).unwrap();
        let verdicts: Vec<RecordVerdicts> = pushes.iter().map(|push| self.admit(push)).collect();
        let position = Position(self.position);
        let (key, deployment) = (&self.server, &self.deployment);
        let tier = Tier::Fsynced;
        let receipts = SignedReceipts::sign(key, deployment, position, NOW, tier, &verdicts);
        Carried {
            number,
            outcome: Outcome::Taken,
            receipts: receipts.unwrap(),
        }
    }
}
