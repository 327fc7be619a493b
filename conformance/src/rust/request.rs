//! Requests of the suite as values of the crate.

use notice::{
    Draft, Error, Filter, Importance, Locale, Operation, Order, Phase, Query, Severity, TimeRange,
    View, Viewer,
};
use serde_json::Value;

pub(super) fn operation(name: &str, args: &Value) -> Result<Operation, Error> {
    let if_version = number(&args["if_version"]);
    Ok(match name {
        "publish" => Operation::Publish(Box::new(Draft::from_value(args)?)),
        "update" => Operation::Update {
            id: id(args),
            patch: args["patch"].clone(),
            if_version,
            change: args["change"]
                .as_str()
                .map(Importance::from_name)
                .transpose()?,
        },
        "retract" => Operation::Retract {
            id: id(args),
            reason: text(&args["reason"]),
            if_version,
        },
        "restore" => Operation::Restore {
            id: id(args),
            if_version,
        },
        "purge" => Operation::Purge { id: id(args) },
        other => panic!("{other:?} is no change of a board"),
    })
}

pub(super) fn query(args: &Value) -> Result<Query, Error> {
    let mut query = Query::new(viewer(&args["viewer"])?);
    if let Some(view) = args["view"].as_str() {
        query.view = View::from_name(view)?;
    }
    if let Some(order) = args["order"].as_str() {
        query.order = Order::from_name(order)?;
    }
    query.filter = filter(&args["filter"])?;
    query.limit = number(&args["limit"]).unwrap_or(query.limit);
    query.cursor = args["cursor"].as_str().map(str::to_owned);
    Ok(query)
}

pub(super) fn viewer(args: &Value) -> Result<Viewer, Error> {
    let mut viewer = Viewer::new(text(&args["user"])).locales(texts(&args["locales"]))?;
    for (name, values) in args["attributes"].as_object().into_iter().flatten() {
        let values = match values {
            Value::String(one) => vec![one.clone()],
            many => texts(many),
        };
        viewer.attributes.insert(name.clone(), values);
    }
    viewer.now = args["now"].as_i64();
    Ok(viewer)
}

pub(super) fn filter(args: &Value) -> Result<Filter, Error> {
    let range = |name: &str| {
        let bound = |n: usize| args[name][n].as_i64().filter(|time| *time != 0);
        TimeRange::new(bound(0), bound(1))
    };
    let mut filter = Filter::new()
        .channels(texts(&args["channels"]))
        .categories(texts(&args["categories"]))
        .tags_any(texts(&args["tags_any"]))
        .tags_all(texts(&args["tags_all"]))
        .tags_none(texts(&args["tags_none"]))
        .severity_at_least(
            args["severity_at_least"]
                .as_str()
                .map(Severity::from_name)
                .transpose()?,
        )
        .pinned(args["pinned"].as_bool())
        .ids(integers(&args["ids"]))
        .keys(texts(&args["keys"]))
        .phase(
            args["phase"]
                .as_str()
                .map_or(Ok(Phase::Active), Phase::from_name)?,
        )
        .starts(range("starts"))
        .ends(range("ends"))
        .published(range("published"))
        .updated(range("updated"))
        .changed_since(args["changed_since"].as_i64())
        .has_locale(args["has_locale"].as_str().map(Locale::parse).transpose()?)
        .unread_only(args["unread_only"] == true)
        .pending_only(args["pending_only"] == true)
        .unacknowledged_only(args["unacknowledged_only"] == true)
        .q(text(&args["q"]));
    filter.author = args["author"].as_str().map(str::to_owned);
    filter.external_id = args["external_id"].as_str().map(str::to_owned);
    Ok(filter)
}

pub(super) fn id(args: &Value) -> i64 {
    args["id"].as_i64().expect("an id")
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(super) fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

pub(super) fn integers(value: &Value) -> Vec<i64> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_i64)
        .collect()
}

pub(super) fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}
