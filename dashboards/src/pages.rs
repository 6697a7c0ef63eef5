//! The pages, one file each.

mod error;
mod evidence;
mod measurement;
mod methods;
mod not_found;
mod overview;
mod provider;
mod site;

pub use error::error;
pub use evidence::evidence;
pub use measurement::measurement;
pub use methods::methods;
pub use not_found::not_found;
pub use overview::overview;
pub use provider::provider;
pub use site::site;

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The matrix does not hold one cell for each pair of site and provider.
    #[error("the matrix has {cells} cells for {sites} sites and {providers} providers")]
    Cells {
        /// The cells.
        cells: usize,
        /// The sites.
        sites: usize,
        /// The providers.
        providers: usize,
    },
    /// The template could not be written.
    #[error("the page's template could not be filled in")]
    Template(#[from] askama::Error),
}
