//! Backups and compaction.

use std::path::Path;

use crate::engine::Store;
use crate::engine::memory::state::State;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::query::Compaction;

impl Store {
    /// Writes a copy of the board as it is now, while it is in use.
    pub(crate) fn back_up(&self, to: &Path) -> Result<i64> {
        // A file that is not writable any more is behind memory, and may be gone.
        if let Some(storage) = self.storage()
            && self.writer.write_out().is_ok()
            && storage.fold().is_ok()
            && storage.is_readable()
        {
            match storage.copy_to(to) {
                // Data that is damaged on disk is intact in memory.
                Err(error) if error.kind() == ErrorKind::Corrupt => {}
                copied => return copied,
            }
        }
        let write_copy = self.write_copy.ok_or_else(|| {
            let reason = Bilingual::new("this build has no files", "本构建不支持文件");
            Error::new(ErrorKind::Unsupported, reason)
        })?;
        let turn = self.writer.turn();
        let mut checkpoint = self.checkpoint_with(&turn)?;
        // What cannot be read of the history is lost; all else is intact in memory.
        let _ = self.add_history(&mut checkpoint);
        drop(turn);
        let permissions = self.storage().and_then(|storage| storage.permissions());
        write_copy(&checkpoint, to, permissions)?;
        Ok(checkpoint.head.revision)
    }

    /// Shrinks the file. Writers wait; readers do not.
    pub(crate) fn compact_file(&self) -> Result<Compaction> {
        let Some(durable) = &self.writer.durable else {
            let reason = Bilingual::new("an in-memory board has no file", "内存公告板没有文件");
            return Err(Error::new(ErrorKind::Unsupported, reason));
        };
        self.writer.check_writable()?;
        let _turn = self.writer.turn();
        durable.write_out()?;
        {
            let mut state = self.memory.write();
            let State { index, feed, .. } = &mut *state;
            feed.redact(&|id| index.slot_of_id(id).is_none());
        }
        let storage = durable.storage();
        let before = storage.length();
        storage.compact()?;
        let after = storage.length();
        Ok(Compaction { before, after })
    }
}
