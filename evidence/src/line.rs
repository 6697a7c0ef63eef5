//! Agents that may be one: those who share a prefix, directly or through others.

/// Returns the groups of agents, each an id with its buckets, that are connected through shared
/// buckets: their positions, each group and the list of groups in ascending order.
///
/// A group counts as one line: its agents' e-values are averaged (a mean of e-values is an
/// e-value under any dependence: Vovk and Wang 2021), so many credentials behind one prefix weigh
/// no more than one. Agents without any bucket cannot be told apart and form one group.
pub(crate) fn lines(agents: &[(&str, &[u16])]) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..agents.len()).collect();
    for (a, one) in agents.iter().enumerate() {
        for (b, other) in agents.iter().enumerate().take(a) {
            if one.0 == other.0 || share_a_bucket(one.1, other.1) {
                join(&mut root, a, b);
            }
        }
    }
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); agents.len()];
    for agent in 0..agents.len() {
        groups[find(&root, agent)].push(agent);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn share_a_bucket(a: &[u16], b: &[u16]) -> bool {
    (a.is_empty() && b.is_empty()) || a.iter().any(|bucket| b.contains(bucket))
}

/// Joins two groups; the smaller position stands for both.
fn join(root: &mut [usize], a: usize, b: usize) {
    let (a, b) = (find(root, a), find(root, b));
    root[a.max(b)] = a.min(b);
}

fn find(root: &[usize], mut at: usize) -> usize {
    while root[at] != at {
        at = root[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_joined_through_a_third() {
        let agents: [(&str, &[u16]); 5] =
            [("a", &[1]), ("b", &[2]), ("c", &[7]), ("d", &[1, 2]), ("e", &[8, 9])];

        assert_eq!(lines(&agents), [vec![0, 1, 3], vec![2], vec![4]]);
    }

    #[test]
    fn agents_whose_prefix_is_unknown_are_one_line() {
        let agents: [(&str, &[u16]); 3] = [("a", &[]), ("b", &[4]), ("c", &[])];

        assert_eq!(lines(&agents), [vec![0, 2], vec![1]]);
    }

    #[test]
    fn an_agent_that_is_listed_twice_is_one_line() {
        assert_eq!(lines(&[("a", &[1]), ("a", &[2])]), [vec![0, 1]]);
    }
}
