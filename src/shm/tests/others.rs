//! Files of other users, files that others can write to, and links: an error each.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;

use super::super::{Folder, Writer};
use super::damage::{kind_of_attaching, left};
use super::{Place, SMALL};
use crate::error::ErrorKind;

/// Whether this user may give files away.
fn is_root(path: &Path) -> bool {
    fs::metadata(path).unwrap().uid() == 0
}

#[test]
fn files_of_others_and_files_that_others_can_write_are_refused() {
    let place = Place::new();
    let _reader = left(&place);
    let refused = |what: &str| {
        assert_eq!(kind_of_attaching(&place), ErrorKind::Unauthorized, "{what}");
        let error = Writer::open(&place.folder, "board", SMALL).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized, "{what}");
        assert!(Folder::at(&place.path).is_ok());
    };
    for ending in ["ring", "bell"] {
        let path = place.file(ending);
        fs::set_permissions(&path, PermissionsExt::from_mode(0o622)).unwrap();
        refused(ending);
        fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        if is_root(&path) {
            chown(&path, Some(1), None).unwrap();
            refused(ending);
            chown(&path, Some(0), None).unwrap();
        }
    }
    place.reader();
    fs::set_permissions(&place.path, PermissionsExt::from_mode(0o777)).unwrap();
    let error = Folder::at(&place.path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    fs::set_permissions(&place.path, PermissionsExt::from_mode(0o700)).unwrap();
    if is_root(&place.path) {
        chown(&place.path, Some(1), None).unwrap();
        let error = Folder::at(&place.path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        assert!(error.to_string().contains("user 1"), "{error}");
        chown(&place.path, Some(0), None).unwrap();
    }
}

#[test]
fn links_are_no_segments() {
    let place = Place::new();
    let _reader = left(&place);
    fs::rename(place.file("ring"), place.path.join("elsewhere")).unwrap();
    symlink(place.path.join("elsewhere"), place.file("ring")).unwrap();
    assert_eq!(kind_of_attaching(&place), ErrorKind::Io);
}
