//! Schemas of everything that bodies contain, from the tables of `notice::wire`.

use notice::wire::{self, Call, Table};
use serde_json::{Value, json};
use utoipa::openapi::schema::{
    AdditionalProperties, AnyOfBuilder, ArrayBuilder, Object, ObjectBuilder, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr, Schema};

use crate::words::{self, Row};

type Any = RefOr<Schema>;

/// Greatest integer in JSON.
const GREATEST: i64 = (1 << 53) - 1;
/// Objects that clients send, in which absent members have defaults and unknown ones are refused.
const SENT: [&str; 3] = ["viewer", "filter", "draft"];
/// Members of a draft that it says only once.
const NOT_PATCHED: [&str; 1] = ["idempotency_key"];

pub(crate) fn reference(name: &str) -> Any {
    Ref::from_schema_name(name).into()
}

pub(crate) fn object() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Object)
}

pub(crate) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

pub(crate) fn boolean() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

pub(crate) fn integer(least: i64, most: i64) -> ObjectBuilder {
    let number = ObjectBuilder::new().schema_type(Type::Integer);
    number.minimum(Some(least)).maximum(Some(most))
}

pub(crate) fn anything() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::AnyValue)
}

pub(crate) fn list(of: impl Into<Any>) -> ArrayBuilder {
    ArrayBuilder::new().items(of.into())
}

fn null() -> Any {
    ObjectBuilder::new().schema_type(Type::Null).into()
}

pub(crate) fn either(of: impl IntoIterator<Item = Any>) -> AnyOfBuilder {
    of.into_iter()
        .fold(AnyOfBuilder::new(), |either, one| either.item(one))
}

fn or_null(one: Any) -> Any {
    either([one, null()]).into()
}

/// Most common forms of a BCP 47 tag.
const LOCALE: &str = "^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-[A-Za-z]{2}|-[0-9]{3})?$";
/// Latest time, the end of the year 9999, in Unix milliseconds.
const LATEST: i64 = notice::limits::TIME_MS;

fn map(of: impl Into<Any>) -> ObjectBuilder {
    object().additional_properties(Some(AdditionalProperties::RefOr(of.into())))
}

/// Returns the schema of a type of docs/json.md, in what a client sends or receives.
pub(crate) fn of(kind: &str, is_sent: bool) -> Any {
    if let Some(inner) = kind.strip_suffix('?') {
        return or_null(of(inner, is_sent));
    }
    if let Some(inner) = kind.strip_prefix('[') {
        return list(of(inner.trim_end_matches(']'), is_sent)).into();
    }
    match kind {
        "boolean" => boolean().into(),
        "i32" => integer(i32::MIN.into(), i32::MAX.into()).into(),
        "u32" => integer(0, u32::MAX.into()).into(),
        "i64" => integer(-GREATEST, GREATEST).into(),
        "u64" => integer(0, GREATEST).into(),
        "text" => text().into(),
        "locale" => text().into(),
        "epoch" => text().pattern(Some("^[0-9a-f]{32}$")).into(),
        "time" if is_sent => reference("time"),
        "time" => integer(-GREATEST, GREATEST).into(),
        "object" => object()
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into(),
        "json" => anything().into(),
        "hit" => list(integer(0, u32::MAX.into()))
            .min_items(Some(6))
            .max_items(Some(6))
            .into(),
        name => reference(name),
    }
}

/// Returns the meaning of a member, or else its name in words.
fn meaning(row: Option<&Row>, name: &str) -> String {
    let told = row.map_or("", |row| row.meaning.as_str());
    match told {
        "" => name.replace('_', " "),
        told => told.to_owned(),
    }
}

/// Adds a description to a schema, and a default that is not null.
fn described(schema: Any, about: &str, default: Option<&Value>) -> Any {
    let default = default.filter(|default| !default.is_null()).cloned();
    match schema {
        RefOr::T(Schema::Object(object)) => ObjectBuilder::from(object)
            .description(Some(about))
            .default(default)
            .into(),
        RefOr::T(Schema::Array(array)) => ArrayBuilder::from(array)
            .description(Some(about))
            .default(default)
            .into(),
        RefOr::T(Schema::AnyOf(any)) => AnyOfBuilder::from(any)
            .description(Some(about))
            .default(default)
            .into(),
        RefOr::Ref(mut reference) => {
            reference.description = about.to_owned();
            reference.into()
        }
        other => other,
    }
}

/// Returns the object of a table.
fn table(table: &Table, rows: Option<&Vec<Row>>, is_sent: bool) -> ObjectBuilder {
    let row = |name: &str| rows.and_then(|rows| rows.iter().find(|row| row.name == name));
    let mut schema = object();
    for member in &table.members {
        let about = meaning(row(member.name), member.name);
        let mut value = of(&member.kind, is_sent);
        if is_sent && member.default.is_some() && !member.kind.ends_with('?') {
            value = or_null(value);
        }
        schema = schema.property(
            member.name,
            described(value, &about, member.default.as_ref()),
        );
        if member.default.is_none() || !is_sent {
            schema = schema.required(member.name);
        }
    }
    match is_sent {
        true => schema.additional_properties(Some(AdditionalProperties::FreeForm(false))),
        false => schema,
    }
}

/// Returns the arguments of a call, without those that are said elsewhere.
pub(crate) fn arguments(call: &str, without: &[&str]) -> ObjectBuilder {
    let (_, mut found) = Call::list()
        .into_iter()
        .find(|(_, table)| table.name == call)
        .unwrap();
    found
        .members
        .retain(|member| !without.contains(&member.name));
    let words = words::tables();
    table(
        &found,
        words.get(&("Calls".to_owned(), call.to_owned())),
        true,
    )
    .description(Some(format!("Arguments of {call}")))
}

/// Returns all schemas by name.
pub(crate) fn all() -> Vec<(String, Any)> {
    let words = words::tables();
    let mut all: Vec<(String, Any)> = Vec::new();
    for one in wire::tables() {
        let rows = words.get(&("Objects".to_owned(), one.name.to_owned()));
        let schema = table(&one, rows, SENT.contains(&one.name));
        let about = format!("A {} of docs/json.md", one.name);
        let mut schema = schema.description(Some(about)).build();
        if one.name == "draft" {
            let given = &words[&("Objects".to_owned(), "record".to_owned())];
            all.push(("patch".to_owned(), patch(&schema)));
            all.push(("record".to_owned(), record(&one, rows, given)));
            add_given(&mut schema, given);
        }
        all.push((one.name.to_owned(), schema.into()));
    }
    for (name, values) in wire::names() {
        let values = values.into_iter().map(|(_, value)| value);
        let about = format!("A name of docs/json.md: {name}");
        let schema = text().enum_values(Some(values)).description(Some(about));
        all.push((name.to_owned(), schema.into()));
    }
    all.extend(small());
    all
}

/// Lets a draft repeat what the board gave, as a record that was read does.
fn add_given(draft: &mut Object, given: &[Row]) {
    for row in given {
        let about = format!(
            "{}; given by the board, and may be repeated",
            meaning(Some(row), &row.name)
        );
        if let RefOr::T(Schema::Object(mut object)) = described(of(&row.kind, false), &about, None)
        {
            object.read_only = Some(true);
            draft.properties.insert(row.name.clone(), object.into());
        }
    }
}

/// A merge patch: members as of a draft, each of which may be null.
fn patch(draft: &Object) -> Any {
    let mut patch = draft.clone();
    for name in NOT_PATCHED {
        patch.properties.remove(name);
    }
    patch.required.clear();
    for value in patch.properties.values_mut() {
        if let RefOr::T(Schema::AnyOf(any)) = value {
            any.default = None;
        }
    }
    let about = "by locale; null removes a text, and absent members of one stay as they are";
    let texts = or_null(map(or_null(reference("text_patch"))).into());
    patch
        .properties
        .insert("texts".to_owned(), described(texts, about, None));
    patch.description = Some("A JSON merge patch (RFC 7396) of a draft".to_owned());
    patch.into()
}

/// A whole announcement: what the board gives, and the members of a draft that are not at their default.
fn record(draft: &Table, rows: Option<&Vec<Row>>, given: &[Row]) -> Any {
    let mut schema = object().description(Some("A whole announcement, as an editor reads it"));
    for row in given {
        let about = meaning(Some(row), &row.name);
        schema = schema.property(&row.name, described(of(&row.kind, false), &about, None));
        if !row.name.starts_with("retract") {
            schema = schema.required(&row.name);
        }
    }
    let renewed = described(of("i64", false), "when it became news again", None);
    schema = schema.property("renewed_at", renewed);
    let body = table(draft, rows, false).build();
    for (name, value) in body.properties {
        if name != "state" {
            schema = schema.property(name, value);
        }
    }
    schema.required("texts").into()
}

/// The values that have no table of their own.
fn small() -> Vec<(String, Any)> {
    let closed = || Some(AdditionalProperties::FreeForm(false));
    let strings = || list(text());
    let text_members = |title_is_required: bool| {
        let members = object()
            .property("title", text().description(Some("at most 256 characters")))
            .property(
                "summary",
                or_null(text().description(Some("at most 1000 characters")).into()),
            )
            .property(
                "body",
                or_null(text().description(Some("at most 64 KiB")).into()),
            )
            .property("format", or_null(reference("format")))
            .additional_properties(closed());
        match title_is_required {
            true => members
                .required("title")
                .description(Some("A text in one locale")),
            false => members.description(Some("Changes of a text in one locale")),
        }
    };
    let condition = object()
        .property(
            "attribute",
            text().description(Some("1 to 64 characters of [A-Za-z0-9_.:-]")),
        )
        .property("op", text().enum_values(Some(OPERATORS)))
        .property(
            "values",
            or_null(list(either([text().into(), anything_simple()])).into()),
        )
        .required("attribute")
        .required("op")
        .additional_properties(closed())
        .description(Some("What must hold of an attribute of the viewer"));
    let lists = || or_null(list(list(reference("condition"))).into());
    let alternatives = object()
        .property("any", lists())
        .property("none", lists())
        .additional_properties(closed());
    let audience =
        either([list(reference("condition")).into(), alternatives.into()]).description(Some(
            "Who may see an announcement: conditions that all hold, or alternatives and exceptions",
        ));
    let action = object()
        .property("id", text())
        .property("kind", reference("action_kind"))
        .property("label", map(text()))
        .property("value", text())
        .required("id")
        .required("kind")
        .required("label")
        .required("value")
        .additional_properties(closed())
        .description(Some(
            "Something to do, offered with an announcement; label by locale",
        ));
    let time = either([
        integer(0, LATEST).into(),
        text()
            .format(Some(utoipa::openapi::SchemaFormat::Custom(
                "date-time".into(),
            )))
            .into(),
    ])
    .description(Some(
        "Unix milliseconds, or RFC 3339 text with an offset; 0 is unset",
    ));
    let span = list(reference("time"))
        .min_items(Some(2))
        .max_items(Some(2))
        .description(Some("from, and until before; 0 is no bound"));
    let attributes = map(either([text().into(), strings().into()]))
        .description(Some("Values of each attribute of a viewer"));
    let place = either([integer(1, GREATEST).into(), text().into()])
        .description(Some("An announcement by its id or its key"));
    let display = text()
        .enum_values(Some(["list", "banner", "popup", "ticker", "badge"]))
        .description(Some("Where an announcement is shown"));
    let problem = object()
        .property(
            "type",
            text().description(Some("urn:notice:error: and the name")),
        )
        .property("title", text())
        .property("status", integer(400, 599))
        .property(
            "detail",
            text().description(Some("the whole message in English")),
        )
        .required("type")
        .required("title")
        .required("status")
        .required("detail");
    let problem = utoipa::openapi::schema::AllOfBuilder::new()
        .item(problem)
        .item(reference("error"))
        .description(Some(
            "Problem details (RFC 9457) with the members of an error",
        ));
    let list_of_public = object()
        .property(
            "format",
            integer(1, 1).description(Some("version of this shape")),
        )
        .property("epoch", of("epoch", false))
        .property("revision", of("i64", false))
        .property("announcements", list(reference("record")))
        .required("format")
        .required("epoch")
        .required("revision")
        .required("announcements")
        .description(Some("Everything that the public may read"));
    let answer = |name: &str, kind: &str, about: &str| {
        let schema = object()
            .property(name, of(kind, false))
            .required(name)
            .description(Some(about));
        Any::from(schema)
    };
    let all: [(&str, Any); 17] = [
        ("text", text_members(true).into()),
        ("text_patch", text_members(false).into()),
        (
            "texts",
            map(reference("text"))
                .property_names(Some(text().pattern(Some(LOCALE)).build()))
                .min_properties(Some(1))
                .description(Some("Texts by locale, at most 32"))
                .into(),
        ),
        ("condition", condition.into()),
        ("audience", audience.into()),
        ("action", action.into()),
        ("time", time.into()),
        ("span", span.into()),
        ("attributes", attributes.into()),
        ("reference", place.into()),
        ("display", display.into()),
        ("problem", problem.into()),
        ("public_list", list_of_public.into()),
        (
            "revision_reached",
            answer("revision", "i64", "The revision that was reached"),
        ),
        (
            "forgotten",
            answer(
                "forgotten",
                "boolean",
                "Whether anything was kept of the user",
            ),
        ),
        (
            "marked",
            answer("marked", "u64", "How many announcements were marked"),
        ),
        ("health", {
            let status = text().enum_values(Some(["ok"]));
            object()
                .property("status", status)
                .required("status")
                .description(Some("That all is well"))
                .into()
        }),
    ];
    all.map(|(name, schema)| (name.to_owned(), schema)).to_vec()
}

/// A number or a truth, which stands for its text.
fn anything_simple() -> Any {
    let types = [Type::Number, Type::Boolean]
        .into_iter()
        .collect::<SchemaType>();
    ObjectBuilder::new().schema_type(types).into()
}

/// Operators of conditions.
const OPERATORS: [&str; 13] = [
    "in",
    "not_in",
    "exists",
    "prefix",
    "glob",
    "not_glob",
    "gt",
    "ge",
    "lt",
    "le",
    "version",
    "not_version",
    "percent",
];

#[test]
fn operators_are_those_that_publishing_accepts() {
    for name in OPERATORS {
        let known = notice::Operator::from_name(name);
        assert!(!matches!(known, notice::Operator::Unknown(_)), "{name}");
    }
    assert!(json!(OPERATORS).as_array().unwrap().len() == 13);
}
