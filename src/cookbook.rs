//! Recipes. Each one compiles and runs as a test of this documentation.
//!
//! - [A first board](#a-first-board)
//! - [A board in a file](#a-board-in-a-file)
//! - [Publishing in two languages, for some readers](#publishing-in-two-languages-for-some-readers)
//! - [A page and an unread badge](#a-page-and-an-unread-badge)
//! - [Popups](#popups)
//! - [Marking as read](#marking-as-read)
//! - [Following a board](#following-a-board)
//! - [Knowing when to ask again](#knowing-when-to-ask-again)
//! - [Scheduling and retracting](#scheduling-and-retracting)
//! - [Changing some fields](#changing-some-fields)
//! - [Publishing safely over an unreliable
//!   connection](#publishing-safely-over-an-unreliable-connection)
//! - [Backup and restore](#backup-and-restore)
//! - [Async programs](#async-programs)
//! - [JSON in and out](#json-in-and-out)
//! - [Serving a board to other programs](#serving-a-board-to-other-programs)
//! - [Tests with a clock](#tests-with-a-clock)
//!
//! # A first board
//!
//! A board in memory needs no setup, and ends with its last handle.
//!
//! ```
//! use notice::{Draft, Query, Viewer};
//!
//! let board = notice::open("mem:")?;
//! board.publish(&Draft::new("en", "Maintenance tonight"))?;
//!
//! let page = board.query(&Query::new(Viewer::new("alice")))?;
//! assert_eq!(page.items[0].text().title, "Maintenance tonight");
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # A board in a file
//!
//! A call returns when its change is on disk. One process at a time can have the file open. Close
//! the board to see an error of the last write; dropping it closes it silently.
//!
//! ```
//! use notice::{Draft, Query, Viewer};
//!
//! # let name = format!("notice-cookbook-file-{}", std::process::id());
//! # let folder = std::env::temp_dir().join(name);
//! # std::fs::create_dir_all(&folder).unwrap();
//! # let path = folder.join("board.notice");
//! # let path = path.display();
//! let board = notice::open(&format!("file:{path}"))?;
//! board.publish(&Draft::new("en", "Maintenance tonight"))?;
//! board.close()?;
//! drop(board);
//!
//! let board = notice::open(&format!("file:{path}"))?;
//! assert_eq!(board.count(&Query::new(Viewer::new("alice")))?.total, Some(1));
//! # drop(board);
//! # std::fs::remove_dir_all(folder).unwrap();
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Publishing in two languages, for some readers
//!
//! All conditions of an audience must hold; within one, any value may match. A viewer who lacks the
//! attribute does not see the announcement.
//!
//! ```
//! use notice::{Draft, Operator, Query, Severity, Text, Viewer};
//!
//! let board = notice::open("mem:")?;
//! board.publish(
//!     &Draft::from_text(Text::new("en", "Update to 3.4.1").body("It fixes SA-2026-014."))
//!         .text(Text::new("zh-CN", "请升级到 3.4.1").body("修复 SA-2026-014。"))
//!         .severity(Severity::Critical)
//!         .audience("platform", Operator::In, ["windows", "linux"])
//!         .audience("app_version", Operator::Version, ["<3.4.1"]),
//! )?;
//!
//! let li = Viewer::new("li.na")
//!     .locales(["zh-CN"])
//!     .with("platform", "linux")
//!     .with("app_version", "3.4.0");
//! let page = board.query(&Query::new(li))?;
//! assert_eq!(page.items[0].text().title, "请升级到 3.4.1");
//!
//! let updated = Viewer::new("bob").with("platform", "linux").with("app_version", "3.4.1");
//! assert_eq!(board.count(&Query::new(updated))?.total, Some(0));
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # A page and an unread badge
//!
//! One call returns the page and both counts. `next_change_at` says when the answer may change
//! through time alone, so that one timer replaces polling. `next_cursor` leads to the next page.
//!
//! ```
//! use notice::{Draft, Query, Viewer};
//!
//! let board = notice::open("mem:")?;
//! let drafts: Vec<Draft> = (1..=30).map(|n| Draft::new("en", format!("Release {n}"))).collect();
//! board.publish_all(&drafts)?;
//!
//! let query = Query::new(Viewer::new("alice")).limit(20);
//! let first = board.query(&query)?;
//! assert_eq!(first.items.len(), 20);
//! assert_eq!((first.count.total, first.count.unread), (Some(30), Some(30)));
//! assert_eq!(first.count.next_change_at, None);
//!
//! let cursor = first.next_cursor.expect("a second page");
//! let second = board.query(&query.cursor(cursor))?;
//! assert_eq!((second.items.len(), second.next_cursor), (10, None));
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Popups
//!
//! A pending announcement has not been dismissed and is within its show limit. Mark it as seen when
//! it is shown, and dismiss it when the user closes it for good.
//!
//! ```
//! use notice::{Draft, Filter, Mark, Placement, Query, Viewer};
//!
//! let board = notice::open("mem:")?;
//! board.publish(&Draft::new("en", "What is new").display(Placement::POPUP).show_limit(3))?;
//!
//! let alice = Viewer::new("alice");
//! let pending = Query::new(alice.clone()).filter(Filter::new().pending_only(true));
//! for item in board.query(&pending)?.items {
//!     // Show the window here.
//!     board.mark(&alice, &[item.id()], Mark::Seen)?;
//!     board.mark(&alice, &[item.id()], Mark::Dismiss)?;
//! }
//! assert!(board.query(&pending)?.items.is_empty());
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Marking as read
//!
//! Marking everything takes the revision of the page that the user saw, so that an announcement
//! published since then stays unread. Its cost does not depend on the number of announcements.
//!
//! ```
//! use notice::{Draft, Mark, Query, Viewer};
//!
//! let board = notice::open("mem:")?;
//! let one = board.publish(&Draft::new("en", "One"))?.id;
//! board.publish(&Draft::new("en", "Two"))?;
//! let alice = Viewer::new("alice");
//! let query = Query::new(alice.clone());
//!
//! board.mark(&alice, &[one], Mark::Read)?;
//! let page = board.query(&query)?;
//! assert_eq!(page.count.unread, Some(1));
//!
//! board.publish(&Draft::new("en", "Three"))?;
//! board.mark_all_read(&query, Some(page.count.revision))?;
//! assert_eq!(board.count(&query)?.unread, Some(1));
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Following a board
//!
//! Take the revision and the epoch from the page that filled the list, then ask for the changes
//! since. Put the item of each event into the list, or remove the id when the event has no item.
//!
//! ```
//! use notice::{ChangeQuery, Draft, ErrorKind, Query, Viewer};
//! use std::collections::BTreeMap;
//! use std::time::Duration;
//!
//! let board = notice::open("mem:")?;
//! let query = Query::new(Viewer::new("alice"));
//! let page = board.query(&query)?;
//! let mut list: BTreeMap<i64, String> = BTreeMap::new();
//! let mut changes = ChangeQuery::since(page.count.revision, query).epoch(page.count.epoch);
//!
//! let published = board.publish(&Draft::new("en", "Maintenance tonight"))?;
//! board.wait(changes.since, Duration::from_secs(1))?;
//! match board.changes(&changes) {
//!     Ok(changed) => {
//!         for event in changed.events {
//!             match event.item {
//!                 Some(item) => list.insert(event.id, item.text().title.to_owned()),
//!                 None => list.remove(&event.id),
//!             };
//!         }
//!         changes.since = changed.to_revision;
//!     }
//!     // The follower was away for too long, or the board was restored: list again.
//!     Err(error)
//!         if matches!(
//!             error.kind(),
//!             ErrorKind::Compacted | ErrorKind::EpochMismatch | ErrorKind::FutureRevision
//!         ) => {}
//!     Err(error) => return Err(error),
//! }
//! assert_eq!(list[&published.id], "Maintenance tonight");
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Knowing when to ask again
//!
//! A [`Follower`](crate::follow::Follower) decides when to ask, from the head of the board, the time
//! and `next_change_at`. It has no threads and no clock, so that it fits any event loop. Here a
//! loop calls `next` whenever its timer fires or the board changes.
//!
//! ```
//! use notice::follow::{Follower, Next, Reason};
//! use notice::{Draft, ManualClock, Options, Query, Viewer};
//! use std::sync::Arc;
//!
//! let clock = Arc::new(ManualClock::new(1_000));
//! let board = Options::new().clock(Arc::clone(&clock)).open("mem:")?;
//! board.publish(&Draft::new("en", "Lunch").visible(2_000, 3_000))?;
//!
//! let query = Query::new(Viewer::new("alice"));
//! let mut follower = Follower::new();
//! assert_eq!(follower.next(&board.head()?, 1_000), Next::Ask(Reason::First));
//! let page = board.query(&query)?;
//! follower.answered((&page.count).into());
//!
//! // Nothing to do until lunch, unless the board changes first.
//! let sleep = Next::Sleep { until: Some(2_000) };
//! assert_eq!(follower.next(&board.head()?, 1_000), sleep);
//!
//! clock.set(2_000);
//! assert_eq!(follower.next(&board.head()?, 2_000), Next::Ask(Reason::Time));
//! match board.query(&query) {
//!     Ok(page) => {
//!         let difference = follower.answered((&page.count).into());
//!         assert!(difference.any());
//!         assert_eq!(page.items[0].text().title, "Lunch");
//!     }
//!     // The follower asks again after a pause, which grows with each failure.
//!     Err(error) => follower.failed(error.kind(), 2_000),
//! }
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Scheduling and retracting
//!
//! Times are Unix milliseconds in UTC. Starts and ends need no action: a query computes them from
//! its time. Retracting hides at once; editors keep the text, and can restore it as news.
//!
//! ```
//! use notice::{Draft, Query, Viewer};
//!
//! let board = notice::open("mem:")?;
//! let (opens, closes) = (1_900_000_000_000, 1_900_000_600_000);
//! let id = board.publish(&Draft::new("en", "Sale").visible(opens, closes))?.id;
//!
//! let at = |now| Query::new(Viewer::new("alice").at(now));
//! assert_eq!(board.count(&at(opens - 1))?.total, Some(0));
//! assert_eq!(board.count(&at(opens - 1))?.next_change_at, Some(opens));
//! assert_eq!(board.count(&at(opens))?.total, Some(1));
//! assert_eq!(board.count(&at(closes))?.total, Some(0));
//!
//! board.retract(id, "the price was wrong")?;
//! assert_eq!(board.count(&at(opens))?.total, Some(0));
//! board.restore(id)?;
//! assert_eq!(board.count(&at(opens))?.total, Some(1));
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Changing some fields
//!
//! A minor change keeps the announcement read for those who have read it. `if_version` refuses the
//! change when somebody else was faster.
//!
//! ```
//! use notice::{Draft, ErrorKind, Importance, Operation, Patch};
//!
//! let board = notice::open("mem:")?;
//! let published = board.publish(&Draft::new("en", "Maintenence tonight"))?;
//! let correct = Operation::Update {
//!     id: published.id,
//!     patch: Box::new(Patch::new().title("en", "Maintenance tonight")),
//!     if_version: Some(published.version),
//!     change: Some(Importance::Minor),
//! };
//! assert_eq!(board.apply_one(correct.clone())?.version, 2);
//! assert_eq!(board.apply_one(correct).unwrap_err().kind(), ErrorKind::VersionConflict);
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Publishing safely over an unreliable connection
//!
//! With an idempotency key, a request whose answer was lost can be repeated. With a `key`,
//! publishing again updates the announcement instead of adding a second one.
//!
//! ```
//! use notice::{Draft, Outcome};
//!
//! let board = notice::open("mem:")?;
//! let draft = Draft::new("en", "Maintenance tonight").idempotency_key("request 4711");
//! let first = board.publish(&draft)?;
//! let again = board.publish(&draft)?;
//! assert_eq!((again.id, again.duplicate), (first.id, true));
//!
//! board.publish(&Draft::new("en", "Status: degraded").key("status"))?;
//! let update = board.publish(&Draft::new("en", "Status: resolved").key("status"))?;
//! assert_eq!(update.outcome, Outcome::Updated);
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Backup and restore
//!
//! A backup is taken while the board is in use, and never overwrites a file. A restored board has a
//! new epoch, so that its followers list again.
//!
//! ```
//! use notice::{Draft, Query};
//!
//! # let name = format!("notice-cookbook-backup-{}", std::process::id());
//! # let folder = std::env::temp_dir().join(name);
//! # std::fs::create_dir_all(&folder).unwrap();
//! let board = notice::open("mem:")?;
//! board.publish(&Draft::new("en", "Maintenance tonight"))?;
//! board.require_custody()?.backup(&folder.join("backup.notice"))?;
//!
//! let restored = folder.join("restored.notice");
//! notice::restore_backup(&folder.join("backup.notice"), &restored)?;
//! let copy = notice::open(&format!("file:{}", restored.display()))?;
//! assert_eq!(copy.count(&Query::editor())?.total, Some(1));
//! assert_ne!(copy.head()?.epoch, board.head()?.epoch);
//! # drop(copy);
//! # std::fs::remove_dir_all(folder).unwrap();
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Async programs
//!
//! The crate has no async API, because a query of a board in the same process takes microseconds
//! and holds no lock while it copies: call it directly. A durable write waits for the disk, so run
//! it where blocking is allowed, such as `spawn_blocking`. To wake a task when the board changes,
//! use [`Board::on_change`](crate::Board::on_change) and send on a channel from the callback. A
//! callback that blocks delays all others of the board.
//!
//! # JSON in and out
//!
//! Drafts and announcements have a JSON form, which is strict: an unknown or duplicate member is an
//! error with its path and byte offset.
//!
//! ```
//! use notice::{Draft, Language, Query};
//!
//! let board = notice::open("mem:")?;
//! let draft = Draft::from_json(br#"{
//!     "key": "maintenance/june", "severity": "warning",
//!     "starts_at": "2026-06-18T20:00:00+08:00",
//!     "texts": {"en": {"title": "Maintenance tonight"}}
//! }"#)?;
//! let id = board.publish(&draft)?.id;
//! let item = board.get(id, &Query::editor())?;
//! assert_eq!(item.record().unwrap().to_json()["key"], "maintenance/june");
//!
//! let error = Draft::from_json(br#"{"texts": {"en": {"titel": "x"}}}"#).unwrap_err();
//! assert_eq!(error.path(), Some("texts.en.titel"));
//! println!("{}", error.message(Language::Zh));
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Serving a board to other programs
//!
//! [`wire`](crate::wire) has every call and answer as JSON, for whatever transport a program uses.
//! An error is an answer too. [`Guarded`](crate::Guarded) limits a board to what one client may do;
//! here the client may only read, and sees what the public sees. docs/json.md lists every member.
//!
//! ```
//! use notice::wire::{Answer, Call, answer};
//! use notice::{Board, Draft, Guarded, Principal};
//!
//! fn serve(board: &dyn Board, request: &[u8]) -> serde_json::Value {
//!     let result = Call::from_json(request).and_then(|call| answer(board, call));
//!     Answer::from(result).to_json()
//! }
//!
//! let board = notice::open("mem:")?;
//! board.publish(&Draft::new("en", "Maintenance tonight"))?;
//! let public = Guarded::new(board, Principal::public(["app_version"]));
//!
//! let reply = serve(&public, br#"{"query": {"viewer": {"locales": ["en"]}, "limit": 20}}"#);
//! assert_eq!(reply["page"]["items"][0]["title"], "Maintenance tonight");
//!
//! let reply = serve(&public, br#"{"query": {"filter": {"tags_any": [4]}}}"#);
//! assert_eq!(reply["error"]["path"], "filter.tags_any[0]");
//!
//! let reply = serve(&public, br#"{"publish": {"texts": {"en": {"title": "Free beer"}}}}"#);
//! assert_eq!(reply["error"]["name"], "unauthorized");
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Tests with a clock
//!
//! A board reads the time from a clock that a test can set. No test needs to sleep.
//!
//! ```
//! use notice::{Draft, ManualClock, Options, Query, Viewer};
//! use std::sync::Arc;
//!
//! let clock = Arc::new(ManualClock::new(1_000));
//! let board = Options::new().clock(Arc::clone(&clock)).open("mem:")?;
//! board.publish(&Draft::new("en", "Lunch").visible(2_000, 3_000))?;
//!
//! let query = Query::new(Viewer::new("alice"));
//! assert_eq!(board.count(&query)?.total, Some(0));
//! clock.set(2_000);
//! assert_eq!(board.count(&query)?.total, Some(1));
//! # Ok::<(), notice::Error>(())
//! ```
