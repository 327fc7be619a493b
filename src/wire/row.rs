//! Types that travel in another shape than they have in memory.

/// The shape in which a `T` travels.
pub(crate) trait Row<T>: Sized {
    /// The shape of a value.
    fn of(value: &T) -> Self;
    /// The value of a shape.
    ///
    /// # Errors
    /// `invalid_field` for a shape that no value has.
    fn back(self) -> crate::error::Result<T>;
}

/// Types that travel as the rows of a table.
macro_rules! travels_as {
    ($($type:ty: $row:ty,)*) => {$(
        impl $crate::wire::value::Wire for $type {
            fn kind() -> String {
                <$row>::kind()
            }

            fn write(&self) -> serde_json::Value {
                <$row as $crate::wire::row::Row<Self>>::of(self).write()
            }

            fn read(value: &serde_json::Value) -> $crate::error::Result<Self> {
                $crate::wire::row::Row::<Self>::back(<$row>::read(value)?)
            }
        }

        impl $crate::wire::value::Packed for $type {
            fn put<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                <$row as $crate::wire::row::Row<Self>>::of(self).put(to)
            }

            fn take<'de, D: serde::Deserializer<'de>>(
                from: D,
            ) -> std::result::Result<Self, D::Error> {
                let row = <$row>::take(from)?;
                $crate::wire::row::Row::<Self>::back(row).map_err(serde::de::Error::custom)
            }
        }
    )*};
}
pub(crate) use travels_as;
