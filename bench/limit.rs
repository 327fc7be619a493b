//! How many files a process may have open.

/// Raises the limit as far as the system lets it, and returns what it is now.
pub(crate) fn raise() -> u64 {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: a valid pointer.
    unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) };
    let wanted = libc::rlimit {
        rlim_cur: WANTED.max(limit.rlim_cur),
        rlim_max: WANTED.max(limit.rlim_max),
    };
    // Only a privileged process may raise the upper limit; any may go up to it.
    // SAFETY: a valid pointer.
    if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &wanted) } != 0 {
        limit.rlim_cur = limit.rlim_max;
        // SAFETY: a valid pointer.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) };
    }
    // SAFETY: a valid pointer.
    unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) };
    limit.rlim_cur
}

/// Room for the largest load, and for what a process has open besides.
const WANTED: u64 = 65_536;
