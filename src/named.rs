//! Enumerations whose values have a number in C and a name in JSON.

/// Generates an enumeration from a table of its values, each with its number and its name. Errors have the
/// given path.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident, $path:literal { $($(#[$vdoc:meta])* $variant:ident = $code:literal $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum $type { $($(#[$vdoc])* $variant = $code,)* }

        impl $type {
            /// All values, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the name, as in JSON.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns the number, as in C.
            pub const fn code(self) -> i32 {
                self as i32
            }

            /// Returns the value with this name.
            ///
            /// # Errors
            /// `invalid_field` for any other name.
            pub fn from_name(name: &str) -> $crate::error::Result<Self> {
                match name {
                    $($name => Ok(Self::$variant),)*
                    _ => Err($crate::error::Error::invalid($path, name, $crate::error::Bilingual::new(
                        concat!("must be one of" $(, " ", $name)*),
                        concat!("必须是以下之一：" $(, " ", $name)*),
                    ))),
                }
            }

            /// Returns the value with this number.
            ///
            /// # Errors
            /// `invalid_field` for any other number.
            pub fn from_code(code: i32) -> $crate::error::Result<Self> {
                match code {
                    $($code => Ok(Self::$variant),)*
                    _ => Err($crate::error::Error::invalid($path, &code.to_string(), $crate::error::Bilingual::new(
                        concat!("must be one of" $(, " ", $code, " (", $name, ")")*),
                        concat!("必须是以下之一：" $(, " ", $code, "（", $name, "）")*),
                    ))),
                }
            }
        }

        impl ::std::fmt::Display for $type {
            /// Returns the name, as in JSON.
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = $crate::error::Error;

            fn from_str(name: &str) -> $crate::error::Result<Self> {
                Self::from_name(name)
            }
        }

        impl ::std::convert::TryFrom<i32> for $type {
            type Error = $crate::error::Error;

            fn try_from(code: i32) -> $crate::error::Result<Self> {
                Self::from_code(code)
            }
        }
    };
}
pub(crate) use named;
