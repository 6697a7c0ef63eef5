//! The answers of the interface, field by field.

use crate::api::openapi::shapes::Shape;

/// Every object.
pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "Matrix",
        told: "Provider × site, one day.",
        fields: &[
            ("day", "integer", "The Kazakh calendar day."),
            ("closed", "boolean", "Whether it was graded for good; before that it is provisional."),
            (
                "providers",
                "[Provider]",
                "The providers that were measured, in the order of columns.",
            ),
            ("sites", "[Site]", "The sites, in the order of rows."),
            ("cells", "[Cell]", "The cells, row by row."),
            ("tested", "integer", "How many values the day's e-BH steps weighed together."),
        ],
    },
    Shape {
        name: "Provider",
        told: "A provider as readers know it.",
        fields: &[
            ("id", "string", "Its stable id."),
            ("names", "Names", "Its names."),
            ("kind", "NetworkKind", "What kind of networks it runs."),
            ("networks", "[integer]", "The numbers of its networks (AS)."),
            (
                "volunteers",
                "string",
                "Volunteers heard on the day, as coarsely as it is published.",
            ),
        ],
    },
    Shape {
        name: "Names",
        told: "A name in three languages.",
        fields: &[
            ("kk", "string", "In Kazakh."),
            ("ru", "string", "In Russian."),
            ("en", "string", "In English."),
        ],
    },
    Shape {
        name: "Site",
        told: "A site as readers know it.",
        fields: &[
            ("target", "string", "Its address."),
            ("slug", "string", "Its name in addresses of this interface."),
            ("category", "string", "Its category's id."),
            ("endpoint", "?Endpoint", "What it serves, where it is no page but a serving host."),
        ],
    },
    Shape {
        name: "Endpoint",
        told: "A serving host of a messenger or platform.",
        fields: &[
            ("platform", "string", "The platform's name."),
            ("serves", "Serves", "What the host is for."),
        ],
    },
    Shape {
        name: "Cell",
        told: "One provider × site cell of one day.",
        fields: &[
            ("provider", "string", "The provider's id."),
            ("target", "string", "The target."),
            ("word", "Word", "The public word."),
            ("grade", "Grade", "The grade behind the word."),
            ("layer", "?Layer", "The layer at which access fails, where it does."),
            ("rule", "?string", "The rule that most failing measurements rest on."),
            ("screens", "integer", "Screens that count: n."),
            ("failed", "integer", "Screens of them that failed: k."),
            ("share", "?Interval", "Share of failing screens; null below three lines."),
            ("agents", "integer", "Volunteers that contributed."),
            ("void", "integer", "Measurements set aside."),
            ("networks", "(integer, integer)", "Networks with this grade, of those measured."),
        ],
    },
    Shape {
        name: "Interval",
        told: "A share with its clustered 95 % interval.",
        fields: &[
            ("share", "number", "The share, 0 to 1."),
            ("low", "number", "The lower end."),
            ("high", "number", "The upper end."),
        ],
    },
    Shape {
        name: "Evidence",
        told: "Everything about one provider and site on one day.",
        fields: &[
            ("cell", "Cell", "The cell."),
            ("provider", "Provider", "The provider."),
            ("site", "Site", "The site."),
            ("day", "integer", "The day."),
            ("closed", "boolean", "Whether the day was graded for good."),
            ("networks", "[NetworkEvidence]", "One row a network."),
            ("steps", "[Step]", "How the steps went: agents beside controls."),
            ("alternatives", "[Alternative]", "Other explanations, with what was checked."),
            ("artefacts", "[Artefact]", "Listed authorities' certificates that were shown."),
            ("measurements", "[Row]", "The measurements behind it, newest first, at most 200."),
            ("strip", "[(integer, Word)]", "The words of the last 30 days, oldest first."),
        ],
    },
    Shape {
        name: "NetworkEvidence",
        told: "The statistics of one network's cell.",
        fields: &[
            ("asn", "integer", "The network's number."),
            ("grade", "Grade", "Its grade."),
            ("site_e", "[number]", "E-values on the site's address, 0, 1 and 2 lines set aside."),
            ("beacon_e", "[number]", "E-values on the project's beacon, 0, 1 and 2 set aside."),
            ("bar", "number", "The bar that an e-value had to pass on that day."),
            ("f_star", "?integer", "The most lines that can be set aside with the claim standing."),
            (
                "upper",
                "?number",
                "If reachable: upper 95 % bound of the share of restricted lines.",
            ),
            ("agents", "integer", "Agents that contributed."),
            ("prefixes", "integer", "Different prefixes among them."),
            ("abroad", "integer", "Countries in which a control reached the site."),
            ("site_blocks", "integer", "Confirm blocks on the site's address."),
            ("beacon_blocks", "integer", "Confirm blocks on the beacon."),
        ],
    },
    Shape {
        name: "Step",
        told: "How often claims about one layer were good or not.",
        fields: &[
            ("layer", "Layer", "The layer."),
            ("agents_ok", "integer", "Agents' claims of ok."),
            ("agents_failed", "integer", "Agents' other claims."),
            ("controls_ok", "integer", "Controls' claims of ok."),
            ("controls_failed", "integer", "Controls' other claims."),
        ],
    },
    Shape {
        name: "Alternative",
        told: "Something else that it could be.",
        fields: &[
            ("id", "string", "site_down, site_refuses, own_line or own_software."),
            ("finding", "string", "excluded, possible or unknown."),
            ("n", "integer", "How many checks stand behind it."),
        ],
    },
    Shape {
        name: "Artefact",
        told: "A certificate of a listed interception authority.",
        fields: &[
            ("sha256", "string", "SHA-256 of the certificate."),
            ("subject", "string", "Its subject."),
            ("issuer", "string", "Its issuer."),
            ("authority", "string", "The authority's id."),
            ("agents", "integer", "Agents that were shown it."),
        ],
    },
    Shape {
        name: "Row",
        told: "One measurement in a list.",
        fields: &[
            ("id", "string", "Its name: SHA-256 of its record's bytes."),
            ("target", "string", "What was tested."),
            ("asn", "?integer", "Its network."),
            ("provider", "?string", "Its provider."),
            ("hour", "integer", "Its hour; of a record whose clock is wrong, that of its arrival."),
            ("control", "boolean", "Whether a control made it."),
            ("state", "State", "What was concluded."),
            ("layer", "?Layer", "The layer, where the conclusion is about one."),
            ("rule", "string", "The rule."),
            ("counted", "boolean", "Whether it counts."),
        ],
    },
    Shape {
        name: "Measurements",
        told: "One page of a list.",
        fields: &[
            ("measurements", "[Row]", "The rows."),
            ("next", "?string", "What `after` must be for the next page; null on the last."),
        ],
    },
    Shape {
        name: "Measurement",
        told: "One measurement, whole.",
        fields: &[
            ("row", "Row", "Its line in lists."),
            ("record", "Record", "The record as it was received."),
            ("verdict", "Verdict", "What was concluded, every layer."),
            ("reach", "?Reach", "How far away names fare differently; null where nothing tells."),
            ("batch", "(string, integer)", "The batch it came in, and that batch's place."),
            ("bytes", "integer", "Bytes of the record."),
        ],
    },
    Shape {
        name: "Reach",
        told: "How many hops away what treats the site's name otherwise than a neutral one sits.",
        fields: &[
            ("within", "integer", "At most."),
            ("beyond", "integer", "More than that; 0 where nothing tells."),
            ("server", "?integer", "How many hops away the server is, where that is known."),
            ("network", "?integer", "The network of the router there, where it is known."),
            ("place", "ReachPlace", "Where that is, seen from the provider."),
        ],
    },
    Shape {
        name: "Record",
        told: "A record in the format qoljetim/1, which the crate `record` describes.",
        fields: &[],
    },
    Shape {
        name: "Verdict",
        told: "The headline and every layer's claim. In `because` stand places in the record's `seen`.",
        fields: &[
            ("state", "State", "The headline."),
            ("rule", "string", "The rule that made it."),
            ("because", "[integer]", "The observations it rests on."),
            ("layers", "[Claim]", "One claim a layer."),
        ],
    },
    Shape {
        name: "Claim",
        told: "What is claimed about one layer.",
        fields: &[
            ("layer", "Layer", "The layer."),
            ("state", "State", "What is claimed."),
            ("rule", "string", "The rule."),
            ("because", "[integer]", "The observations it rests on."),
        ],
    },
    Shape {
        name: "Days",
        told: "The days with measurements.",
        fields: &[("days", "[Day]", "Oldest first.")],
    },
    Shape {
        name: "Day",
        told: "How one day stands.",
        fields: &[
            ("day", "integer", "The day."),
            ("date", "string", "The day as people write it."),
            ("closed", "boolean", "Whether it was graded for good."),
            ("revision", "?integer", "0 the first and only test at 5 %; later ones second looks."),
            ("hour", "?integer", "When it was graded so."),
            ("through", "?integer", "The last batch that counts in it."),
            ("more_since", "boolean", "Whether more has come that counts in the next look only."),
        ],
    },
    Shape {
        name: "Providers",
        told: "Every provider, measured or not.",
        fields: &[
            ("day", "integer", "The day of the counts of volunteers."),
            ("providers", "[Provider]", "The providers."),
        ],
    },
    Shape {
        name: "Targets",
        told: "The lists as they are now.",
        fields: &[
            ("targets", "[Target]", "What is tested."),
            ("categories", "[Category]", "What sorts there are."),
        ],
    },
    Shape {
        name: "Target",
        told: "One row of a list. `source`, `note` and `endpoint` stand where there are any.",
        fields: &[
            ("slug", "string", "Its name in addresses of this interface."),
            ("target", "string", "What is tested."),
            ("category", "string", "Its category's id."),
            ("tier", "string", "everyday or sensitive."),
            ("added", "integer", "The day it was added."),
        ],
    },
    Shape {
        name: "Category",
        told: "A sort of targets.",
        fields: &[
            ("id", "string", "Its id."),
            ("names", "Names", "Its names."),
            ("tier", "string", "The least tier that a target of it may have."),
        ],
    },
    Shape {
        name: "Batches",
        told: "How many batches there are and what came of them.",
        fields: &[
            ("batches", "integer", "Batches kept."),
            ("opened", "integer", "Batches opened or set aside."),
            ("quarantined", "{integer}", "Batches set aside, by reason."),
            ("measurements", "integer", "Agents' measurements, each once."),
            ("controls", "integer", "Controls' measurements, each once."),
            ("rejected", "{integer}", "Records not taken, by reason."),
        ],
    },
    Shape {
        name: "Signed",
        told: "A JSON text with its signature (Ed25519) over purpose and text.",
        fields: &[
            ("purpose", "string", "What the text is: receipt or snapshot."),
            ("body", "string", "The text."),
            ("key", "string", "Who signed."),
            ("signature", "string", "The signature."),
        ],
    },
    Shape {
        name: "Network",
        told: "The asker's network.",
        fields: &[
            ("asn", "?integer", "Its number."),
            ("provider", "?string", "Its provider's id."),
            ("names", "?Names", "Its provider's names."),
            ("kind", "?NetworkKind", "What kind of network it is."),
        ],
    },
    Shape {
        name: "Health",
        told: "What is still to do.",
        fields: &[
            ("batches", "integer", "Batches kept."),
            ("to_open", "integer", "Batches to open."),
            ("to_judge", "integer", "Cells to judge."),
            ("to_grade", "integer", "Days to grade."),
        ],
    },
    Shape {
        name: "Problem",
        told: "Why a question was not answered (RFC 9457).",
        fields: &[
            ("type", "string", "about:blank."),
            ("title", "string", "What kind of problem."),
            ("status", "integer", "The HTTP status."),
            ("detail", "string", "What happened, and what to do."),
        ],
    },
    Shape { name: "Anything", told: "Any JSON object.", fields: &[] },
];
