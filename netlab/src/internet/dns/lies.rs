//! What a provider's resolver answers against the truth, while its lies are switched on.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{Name, RData, Record, RecordType};

use record::Host;

use super::{Question, Reply, Speaker, name_of};
use crate::LabError;

/// One lie about a name and all names below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lie {
    /// Answers with a false address, and denies every other type of record.
    Forge {
        /// The name.
        name: Host,
        /// The false address.
        address: Ipv4Addr,
    },
    /// Answers that the name does not exist.
    Deny {
        /// The name.
        name: Host,
    },
    /// Answers with a failure.
    Fail {
        /// The name.
        name: Host,
        /// The failure.
        code: ResponseCode,
    },
}

/// Lies with their switch.
#[derive(Clone, Debug)]
pub(in crate::internet) struct Lies {
    told: Vec<(Name, Result<Ipv4Addr, ResponseCode>)>,
    on: Arc<AtomicBool>,
}

impl Lies {
    /// Makes lies that are told while `on` is set.
    pub(in crate::internet) fn new(lies: &[Lie], on: Arc<AtomicBool>) -> Result<Self, LabError> {
        let told = lies.iter().map(|lie| match lie {
            Lie::Forge { name, address } => Ok((name_of(name)?, Ok(*address))),
            Lie::Deny { name } => Ok((name_of(name)?, Err(ResponseCode::NXDomain))),
            Lie::Fail { name, code } => Ok((name_of(name)?, Err(*code))),
        });
        Ok(Self { told: told.collect::<Result<_, LabError>>()?, on })
    }

    /// Returns the lie that is told to `question`, where there is one.
    pub(in crate::internet) fn tell(&self, question: &Question) -> Option<Reply> {
        if !self.on.load(Ordering::Relaxed) {
            return None;
        }
        let (_, told) = self.told.iter().find(|(name, _)| name.zone_of(&question.name))?;
        let address = match told {
            Ok(address) => address,
            Err(code) => return Some(Reply::empty(*code, Speaker::Resolver)),
        };
        let mut reply = Reply::empty(ResponseCode::NoError, Speaker::Resolver);
        if question.kind == RecordType::A {
            let data = RData::A(A(*address));
            reply.answers.push(Record::from_rdata(question.name.clone(), TTL_SECONDS, data));
        }
        Some(reply)
    }
}

const TTL_SECONDS: u32 = 60;
