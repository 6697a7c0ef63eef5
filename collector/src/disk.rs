//! Room on the disk.

use std::path::Path;

/// Returns how many bytes are free for this program on the disk that holds `path`; none when the
/// system does not say.
pub(crate) fn free_bytes(path: &Path) -> Option<u64> {
    let room = nix::sys::statvfs::statvfs(path).ok()?;
    Some(room.blocks_available().saturating_mul(room.fragment_size()))
}
