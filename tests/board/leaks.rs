//! Single ways in which something hidden could show, each of which did once.

use notice::{Draft, ErrorKind, Mark, Query, Reference, Viewer};
use serde_json::json;

use crate::support::{Desk, NOW, for_role, kind, of};

const SECRET: &str = "zqsecret";

#[test]
fn the_reason_of_a_second_retraction_stays_with_those_who_could_see_it() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.retract(id, "first");
    desk.restore(id);
    desk.update(
        id,
        json!({"audience": [{"attribute": "role", "op": "in", "values": ["boss"]}]}),
    );
    desk.retract(id, SECRET);
    let told = format!("{:?}", desk.events(0, &of("ann")));
    assert!(!told.contains(SECRET), "{told}");
    assert_eq!(
        desk.events(1, &of("ann"))[0].id,
        id,
        "the first retraction is told of"
    );
}

#[test]
fn what_was_taken_back_before_its_start_was_never_there_for_a_viewer() {
    let desk = Desk::new();
    let id = desk.publish(Draft::new("en", SECRET).visible(NOW + 100, None));
    let gone = desk.publish(Draft::new("en", SECRET).visible(NOW + 100, None));
    desk.at(50);
    desk.retract(id, SECRET);
    desk.purge(gone);
    desk.at(200);
    assert!(desk.events(0, &of("ann")).is_empty());
    assert!(desk.events(2, &of("ann")).is_empty());
    assert_eq!(
        kind(desk.board.explain(id, &of("ann"))),
        ErrorKind::NotFound
    );
    let viewer = Viewer::new("ann");
    assert_eq!(
        kind(desk.board.mark(&viewer, &[id], Mark::Read)),
        ErrorKind::NotFound
    );
    assert!(desk.board.explain(id, &Query::editor()).is_ok());
}

#[test]
fn a_replacer_that_was_taken_back_before_its_start_is_not_told_of() {
    let desk = Desk::new();
    let old = desk.title("old");
    let new = Draft::new("en", SECRET).visible(NOW + 100, None);
    let new = desk.publish(new.replaces(Reference::Id(old)));
    assert!(desk.events(1, &of("ann")).is_empty());
    desk.at(50);
    desk.retract(new, SECRET);
    desk.at(200);
    assert!(desk.events(1, &of("ann")).is_empty());
    desk.restore(new);
    let ids: Vec<i64> = desk.events(1, &of("ann")).iter().map(|e| e.id).collect();
    assert!(ids.contains(&old) && ids.contains(&new));
}

#[test]
fn the_start_of_a_hidden_replacer_is_no_time_to_ask_again() {
    let desk = Desk::new();
    let old = desk.title("old");
    let hidden = for_role("new", "boss").visible(NOW + 100, None);
    desk.publish(hidden.replaces(Reference::Id(old)));
    assert_eq!(desk.page(&of("ann")).count.next_change_at, None);
    let mut boss = of("ann");
    boss.viewer = boss.viewer.with("role", "boss");
    assert_eq!(desk.page(&boss).count.next_change_at, Some(NOW + 100));
}

#[test]
fn a_clock_that_was_set_back_hides_no_retraction_of_what_was_seen() {
    let desk = Desk::new();
    desk.at(100);
    let id = desk.publish(Draft::new("en", "a").visible(NOW + 95, None));
    let since = desk.revision();
    assert_eq!(desk.ids(&of("ann")), [id]);
    desk.at(90);
    desk.retract(id, "");
    desk.at(100);
    assert_eq!(desk.events(since, &of("ann")).len(), 1);
}

#[test]
fn an_item_says_nothing_of_who_else_was_meant() {
    let desk = Desk::new();
    let draft = Draft::from_text(notice::Text::new("en", "hello"))
        .text(notice::Text::new("de", "geheim"))
        .audience("role", notice::Operator::In, ["boss", "secret-role"]);
    let id = desk.publish(draft);
    let query = Query::new(Viewer::new("ann").with("role", "boss"));
    let changes = notice::ChangeQuery::since(0, query.clone());
    let event = desk.board.changes(&changes).unwrap().events.remove(0);
    let page = desk.page(&query);
    for item in [
        desk.board.get(id, &query).unwrap(),
        page.items[0].clone(),
        event.item.unwrap(),
    ] {
        assert!(item.record().is_none());
        let shown = format!("{item:?}");
        assert!(shown.contains("hello"));
        assert!(!shown.contains("secret-role") && !shown.contains("geheim"));
    }
    let record = desk.edited(id);
    assert_eq!(record.record().unwrap().texts().len(), 2);
}
