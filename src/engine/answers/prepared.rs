//! Queries that are ready to be asked: whatever can be refused without the board has been.

use crate::error::Result;
use crate::query::Query;
use crate::search::SearchQuery;

/// A query whose search text has been parsed, before any lock of the board is taken.
pub(crate) struct Prepared<'a> {
    pub(crate) query: &'a Query,
    /// None if nothing is searched for.
    pub(crate) search: Option<SearchQuery>,
}

impl Query {
    /// Prepares a query whose limits have been checked.
    ///
    /// # Errors
    /// `invalid_field` for malformed search text.
    pub(crate) fn prepare(&self) -> Result<Prepared<'_>> {
        let search = SearchQuery::parse(&self.filter.q).map_err(|e| e.within("filter"))?;
        Ok(Prepared {
            query: self,
            search: (!search.is_empty()).then_some(search),
        })
    }
}
