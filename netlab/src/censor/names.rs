//! A censor's list of names.

use std::collections::BTreeSet;

use record::Host;

/// Names, each with all names below it.
#[derive(Clone, Debug)]
pub enum Names {
    /// These.
    Listed(BTreeSet<String>),
    /// Every name there is.
    All,
}

impl Names {
    /// Makes a list.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a Host>) -> Self {
        Self::Listed(names.into_iter().map(|name| name.as_str().to_owned()).collect())
    }

    /// Returns whether `name`, in lower case, is listed or is below a listed one.
    pub fn cover(&self, name: &str) -> bool {
        let Self::Listed(listed) = self else { return true };
        let mut rest = Some(name);
        while let Some(name) = rest {
            if listed.contains(name) {
                return true;
            }
            rest = name.split_once('.').map(|(_, parent)| parent);
        }
        false
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn a_listed_name_covers_what_is_below_it() {
        let names = names(&["listed.test"]);

        assert!(names.cover("listed.test") && names.cover("www.listed.test"));
        assert!(!names.cover("unlisted.test") && !names.cover("test") && !names.cover(""));
        assert!(Names::All.cover("any.test"));
    }

    pub(in crate::censor) fn names(names: &[&str]) -> Names {
        Names::new(&names.iter().map(|name| name.parse().unwrap()).collect::<Vec<Host>>())
    }
}
