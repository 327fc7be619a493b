//! `notice call`.

use serde_json::Value;

use crate::desk::Desk;

#[test]
fn a_script_makes_any_call() {
    let desk = Desk::new();
    let call = |arguments: &[&str]| -> Value {
        serde_json::from_str(&desk.good(&[&["call"], arguments].concat())).unwrap()
    };
    let draft = r#"{"texts": {"en": {"title": "a"}}, "extras": {"ticket":  7}}"#;
    assert_eq!(call(&["publish", draft])["id"], 1);
    assert_eq!(call(&["stats"])["announcements"], 1);
    assert_eq!(call(&["query", r#"{"viewer": {"user": "a"}}"#])["total"], 1);
    let names = desk.good(&["call", "--list"]);
    assert!(names.lines().any(|name| name == "mark_all"), "{names}");
    for (arguments, code, part) in [
        (&["call", "nope"][..], 1, "--list"),
        (&["call", "query", "{x"], 2, "\"offset\":1"),
        (&["call", "get", r#"{"id": 9}"#], 1, "not_found"),
        (&["call", "query", r#"{"limt": 1}"#], 2, "limt"),
        (&["call", "query", "7"], 2, "invalid_field"),
    ] {
        let (got, out, complaint) = desk.run(arguments);
        assert_eq!((got, out.as_str()), (code, ""), "{complaint}");
        assert!(complaint.contains(part), "{complaint}");
        serde_json::from_str::<Value>(&complaint).unwrap();
    }
}
