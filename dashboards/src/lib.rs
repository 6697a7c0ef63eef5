//! Pages, tables and words: data and language in, HTML out. Pure.

mod badge;
mod category;
mod cell;
mod claim;
mod format;
mod html;
mod interval;
mod keys;
mod link;
mod page;
mod slug;
mod steps;
mod strip;
mod table;
mod words;

pub mod model;
pub mod pages;

pub use format::{Pattern, date, decimal, percent, share};
pub use keys::Key;
pub use pages::PageError;
pub(crate) use slug::site_name;
pub use slug::{find, slug};
pub use words::{Language, Value};

/// The style sheet of every page, served as `/assets/site.css`.
pub const SITE_CSS: &str = include_str!("../web/site.css");
