//! Finding things in a definition: fields, questions, codes, deadlines.
//!
//! Never changes it. Local items of regions count where they apply.

use crate::campaign::{
    Campaign, CollectionDef, DeadlineRule, DeadlineStep, Domain, FieldDef, Label, Question,
    Section, TextDef, ValueError, check,
};
use crate::id::{CollectionId, DomainId, FieldId, QuestionId, RegionCode};
use crate::record::kind::Kind;
use crate::record::path::Path;
use crate::record::value::Value;

impl Campaign {
    /// A domain by its id.
    pub fn domain(&self, id: &DomainId) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.id == *id)
    }

    /// A field of a kind: of the kind itself, of a domain, or local.
    pub fn field(&self, kind: Kind, id: &FieldId) -> Option<&FieldDef> {
        self.all_fields(kind).find(|field| field.id == *id)
    }

    /// Every field of a kind: the kind's own, then those of domains, then local ones.
    pub fn all_fields(&self, kind: Kind) -> impl Iterator<Item = &FieldDef> {
        let own = self
            .kinds
            .get(&kind)
            .into_iter()
            .flat_map(|def| &def.fields);
        let of_domains = self
            .domains
            .iter()
            .filter_map(move |domain| domain.fields.get(&kind));
        let local = self
            .local
            .iter()
            .filter_map(move |items| items.fields.get(&kind));
        own.chain(of_domains.flatten()).chain(local.flatten())
    }

    /// The fields of a form: of the kind, of the record's domain, and of regions it lies in.
    pub fn form(
        &self,
        kind: Kind,
        domain: Option<&DomainId>,
        region: &RegionCode,
    ) -> Vec<&FieldDef> {
        let own = self
            .kinds
            .get(&kind)
            .into_iter()
            .flat_map(|def| &def.fields);
        let of_domain = domain.and_then(|id| self.domain(id));
        let of_domain = of_domain
            .and_then(|domain| domain.fields.get(&kind))
            .into_iter()
            .flatten();
        let local = self
            .local
            .iter()
            .filter(|items| items.region.contains(region));
        let local = local.filter_map(|items| items.fields.get(&kind)).flatten();
        own.chain(of_domain).chain(local).collect()
    }

    /// A long text of a kind.
    pub fn text(&self, kind: Kind, id: &FieldId) -> Option<&TextDef> {
        self.kinds
            .get(&kind)?
            .texts
            .iter()
            .find(|text| text.id == *id)
    }

    /// A collection of a kind.
    pub fn collection(&self, kind: Kind, id: &CollectionId) -> Option<&CollectionDef> {
        self.kinds
            .get(&kind)?
            .collections
            .iter()
            .find(|collection| collection.id == *id)
    }

    /// A field of a collection's items.
    pub fn item_field(
        &self,
        kind: Kind,
        collection: &CollectionId,
        field: &FieldId,
    ) -> Option<&FieldDef> {
        self.collection(kind, collection)?
            .fields
            .iter()
            .find(|def| def.id == *field)
    }

    /// A question with its domain; a local one may belong to every domain (none).
    pub fn question(&self, id: &QuestionId) -> Option<(Option<&Domain>, &Question)> {
        let of_domain = self.domains.iter().find_map(|domain| {
            domain
                .checklist
                .iter()
                .find(|question| question.id == *id)
                .map(|q| (Some(domain), q))
        });
        of_domain.or_else(|| {
            let mut local = self.local.iter().flat_map(|items| &items.questions);
            local
                .find(|(_, question)| question.id == *id)
                .map(|(domain, question)| {
                    (
                        domain.as_ref().and_then(|domain| self.domain(domain)),
                        question,
                    )
                })
        })
    }

    /// What is asked on a visit of this domain in this region: the campaign's questions, then
    /// those that the region and the regions it lies in added.
    pub fn checklist(&self, domain: &DomainId, region: &RegionCode) -> Vec<&Question> {
        let common = self
            .domain(domain)
            .into_iter()
            .flat_map(|domain| &domain.checklist);
        let local = self
            .local
            .iter()
            .filter(|items| items.region.contains(region));
        let local = local.flat_map(|items| &items.questions);
        let local = local.filter(|(of, _)| of.as_ref().is_none_or(|of| of == domain));
        common.chain(local.map(|(_, question)| question)).collect()
    }

    /// The name of a code, retired ones too.
    pub fn code(&self, list: &str, code: &str) -> Option<&Label> {
        self.code_lists
            .get(list)?
            .get(code)
            .map(|entry| &entry.name)
    }

    /// The rule for a step: one for the mode and domain, else for the mode, else for the domain,
    /// else the general one.
    pub fn deadline(
        &self,
        step: DeadlineStep,
        mode: Option<&str>,
        domain: Option<&DomainId>,
    ) -> Option<&DeadlineRule> {
        let fits = |rule: &&DeadlineRule| {
            rule.step == step
                && rule.mode.as_deref().is_none_or(|of| Some(of) == mode)
                && rule.domain.as_ref().is_none_or(|of| Some(of) == domain)
        };
        let precision = |rule: &&DeadlineRule| (rule.mode.is_some(), rule.domain.is_some());
        self.deadlines.iter().filter(fits).max_by_key(precision)
    }

    /// Who writes what stands at a path: none when the definition does not know it, `Finding` for
    /// answers. The state has no section.
    pub fn section(&self, kind: Kind, path: &Path) -> Option<Section> {
        match path {
            Path::Field(id) => self.field(kind, id).map(|field| field.section),
            Path::Answer(id) => self.question(id).map(|_| Section::Finding),
            Path::Item {
                collection, field, ..
            } => {
                self.item_field(kind, collection, field)?;
                self.collection(kind, collection)
                    .map(|collection| collection.section)
            }
            Path::Text(id) => self.text(kind, id).map(|text| text.section),
            Path::State => None,
        }
    }

    /// Whether a value may stand at a path.
    pub fn check(&self, kind: Kind, path: &Path, value: &Value) -> Result<(), ValueError> {
        check::at(self, kind, path, value)
    }
}
