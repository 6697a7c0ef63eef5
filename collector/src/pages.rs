//! Routes to the pages of the crate `dashboards`.
