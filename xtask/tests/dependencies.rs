//! docs/dependencies.md, which every dependency must be in.

use std::path::Path;

#[test]
fn each_dependency_has_its_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let reasons = std::fs::read_to_string(root.join("docs/dependencies.md")).unwrap();
    let (_, rest) = manifest.split_once("[workspace.dependencies]\n").unwrap();
    let names: Vec<&str> = rest
        .lines()
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .filter(|name| !["notice", "notice-conformance", "notice-server"].contains(name))
        .collect();
    assert!(names.contains(&"serde_json"), "{names:?}");
    for name in names {
        assert!(
            reasons.contains(&format!("\n| `{name}` | ")),
            "{name} has no reason"
        );
    }
}
