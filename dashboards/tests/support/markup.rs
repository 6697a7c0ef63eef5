//! A strict reader of the HTML that this crate writes.

use std::collections::BTreeSet;

/// Returns everything that is wrong with a page's markup.
pub(crate) fn faults(page: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut ids = BTreeSet::new();
    let mut targets = BTreeSet::new();
    for tag in tags(page) {
        let Some(tag) = tag.strip_prefix('/') else {
            let (name, attributes) = read(tag, &mut faults);
            if !VOID.contains(&name) && name != "!doctype" {
                open.push(name);
            }
            for (key, value) in attributes {
                match key {
                    "id" if !ids.insert(value) => faults.push(format!("id {value} stands twice")),
                    "href" => {
                        if let Some(id) = value.strip_prefix('#') {
                            targets.insert(id);
                        }
                    }
                    _ => {}
                }
            }
            continue;
        };
        if open.pop() != Some(tag) {
            faults.push(format!("</{tag}> closes something else"));
        }
    }
    faults.extend(open.iter().map(|name| format!("<{name}> is never closed")));
    faults.extend(targets.difference(&ids).map(|id| format!("#{id} leads nowhere")));
    faults
}

/// Returns every value of the attribute `wanted`.
pub(crate) fn attributes<'a>(page: &'a str, wanted: &str) -> Vec<&'a str> {
    let read = |tag| read(tag, &mut Vec::new()).1;
    let all = tags(page).into_iter().filter(|tag| !tag.starts_with('/')).flat_map(read);
    all.filter(|(key, _)| *key == wanted).map(|(_, value)| value).collect()
}

/// Returns the names of all elements.
pub(crate) fn elements(page: &str) -> BTreeSet<&str> {
    tags(page).into_iter().filter_map(|tag| tag.split_whitespace().next()).collect()
}

/// Returns what stands between `<` and `>`; values are quoted and escaped, so none holds either.
fn tags(page: &str) -> Vec<&str> {
    page.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag).collect()
}

type Attribute<'a> = (&'a str, &'a str);

fn read<'a>(tag: &'a str, faults: &mut Vec<String>) -> (&'a str, Vec<Attribute<'a>>) {
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let mut attributes = Vec::new();
    if name == "!doctype" {
        return (name, attributes);
    }
    while !rest.trim().is_empty() {
        let quoted = rest.trim_start().split_once("=\"");
        let Some((key, (value, after))) =
            quoted.and_then(|(key, rest)| Some((key, rest.split_once('"')?)))
        else {
            faults.push(format!("<{tag}> has an attribute without quotes"));
            break;
        };
        attributes.push((key, value));
        rest = after;
    }
    (name, attributes)
}

const VOID: [&str; 4] = ["meta", "link", "br", "img"];
