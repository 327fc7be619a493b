//! Types whose wire shape differs from their shape in memory.

/// The wire shape of a `T`.
pub(crate) trait Row<T>: Sized {
    /// Returns the wire shape of a value.
    fn of(value: &T) -> Self;
    /// Returns the value of a wire shape.
    ///
    /// # Errors
    /// `invalid_field` for a shape without a valid value.
    fn back(self) -> crate::error::Result<T>;
}

/// Implements the wire traits of types by way of their rows.
macro_rules! travels_as {
    ($($type:ty: $row:ty,)*) => {$(
        impl $crate::wire::value::Wire for $type {
            const BEGINS_PATHS: bool = <$row>::BEGINS_PATHS;

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
                $crate::wire::row::Row::<Self>::back(row).map_err($crate::wire::kept::refuse)
            }
        }
    )*};
}
pub(crate) use travels_as;
