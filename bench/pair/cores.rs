//! Which core a process may run on.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::Result;
use crate::other::failed;

/// Returns two cores on which this process may run; None if there is only one.
pub(super) fn two() -> Result<Option<[usize; 2]>> {
    let allowed = sched_getaffinity(None).map_err(failed("cores"))?;
    let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
    Ok(cores
        .next()
        .zip(cores.next())
        .map(|(one, other)| [one, other]))
}

/// This thread on one core, for as long as this lives.
pub(crate) struct Pinned {
    before: CpuSet,
}

impl Pinned {
    pub(crate) fn to(core: usize) -> Result<Self> {
        let before = sched_getaffinity(None).map_err(failed("cores"))?;
        let mut one = CpuSet::new();
        one.set(core);
        sched_setaffinity(None, &one).map_err(failed("cores"))?;
        Ok(Self { before })
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        // What cannot be undone only makes what follows slower.
        let _ = sched_setaffinity(None, &self.before);
    }
}
