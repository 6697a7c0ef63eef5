//! Pages, tables and words: data and language in, HTML out. Pure.

pub mod model;
