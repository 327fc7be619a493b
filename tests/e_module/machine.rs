//! Runs programs: routines, the few commands of the language that the module uses, and components of a window.

use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::expression::{Expression, Value};
use crate::library::library;
use crate::program::{Declared, Program, Routine, Statement};

/// 是钮 and 否钮: what 信息框 gives.
const YES: i32 = 6;
pub(crate) const NO: i32 = 7;

/// A component of a window.
#[derive(Default)]
pub(crate) struct Component {
    pub(crate) properties: BTreeMap<String, Value>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// A program that runs.
pub(crate) struct Machine {
    routines: Rc<BTreeMap<String, Routine>>,
    variables: Scope,
    pub(crate) components: BTreeMap<String, Component>,
    /// The title and the text of each 信息框 that was opened.
    pub(crate) boxes: Vec<(String, String)>,
    /// What the reader clicks in the next ones; else 是.
    pub(crate) clicks: VecDeque<i32>,
    /// The event that comes while a 信息框 is open.
    pub(crate) while_open: Option<String>,
    /// What 取运行目录 gives.
    pub(crate) folder: String,
}

type Scope = BTreeMap<String, Value>;

/// How a block is left.
enum Flow {
    Next,
    Leave,
    Return(Value),
}

impl Machine {
    /// A program of several texts, in a window with these components.
    pub(crate) fn new(texts: &[&str], components: &[&str]) -> Self {
        let (mut routines, mut variables) = (BTreeMap::new(), Scope::new());
        for text in texts {
            let program = Program::read(text);
            routines.extend(program.routines);
            let defaults = program
                .variables
                .iter()
                .map(|v| (v.name.clone(), v.default()));
            variables.extend(defaults);
        }
        let mut all = BTreeMap::new();
        for name in components {
            variables.insert((*name).to_owned(), Value::Component((*name).to_owned()));
            all.insert((*name).to_owned(), Component::default());
        }
        Self {
            routines: Rc::new(routines),
            variables,
            components: all,
            boxes: Vec::new(),
            clicks: VecDeque::new(),
            while_open: None,
            folder: String::new(),
        }
    }

    /// Calls a routine or a command.
    pub(crate) fn call(&mut self, name: &str, arguments: &[Value]) -> Value {
        self.call_by_reference(name, arguments).0
    }

    /// Calls a routine; what it gives, and what is in its parameters afterwards.
    pub(crate) fn call_by_reference(
        &mut self,
        name: &str,
        arguments: &[Value],
    ) -> (Value, Vec<Value>) {
        let routines = Rc::clone(&self.routines);
        match routines.get(name) {
            Some(routine) => self.run_routine(routine, arguments),
            None => {
                let given = library().call(name, arguments);
                (
                    given.unwrap_or_else(|| panic!("nothing is named {name}")),
                    Vec::new(),
                )
            }
        }
    }

    fn run_routine(&mut self, routine: &Routine, arguments: &[Value]) -> (Value, Vec<Value>) {
        let name = &routine.declared.name;
        assert!(arguments.len() <= routine.parameters.len(), "{name}");
        let mut scope = Scope::new();
        for (place, parameter) in routine.parameters.iter().enumerate() {
            let value = match arguments.get(place) {
                None | Some(Value::Nothing) => {
                    assert!(
                        parameter.flags.contains("可空"),
                        "{name}: {}",
                        parameter.name
                    );
                    parameter.default()
                }
                Some(value) => value.clone(),
            };
            parameter.check(&value);
            scope.insert(parameter.name.clone(), value);
        }
        let locals = routine.locals.iter();
        scope.extend(locals.map(|local| (local.name.clone(), local.default())));
        let given = match self.run(&routine.body, &mut scope) {
            Flow::Return(value) => value,
            _ => Value::Nothing,
        };
        routine.declared.check(&given);
        let after = |parameter: &Declared| scope[&parameter.name].clone();
        (given, routine.parameters.iter().map(after).collect())
    }

    fn run(&mut self, statements: &[Statement], scope: &mut Scope) -> Flow {
        for statement in statements {
            match self.run_one(statement, scope) {
                Flow::Next => {}
                other => return other,
            }
        }
        Flow::Next
    }

    fn run_one(&mut self, statement: &Statement, scope: &mut Scope) -> Flow {
        match statement {
            Statement::Assign(name, expression) => {
                let value = self.evaluate(expression, scope);
                self.set(name, value, scope);
            }
            Statement::Call(expression) => {
                self.evaluate(expression, scope);
            }
            Statement::If(condition, then, other) => {
                let is_so = self.evaluate(condition, scope).truth();
                return self.run(if is_so { then } else { other }, scope);
            }
            Statement::Times(count, counter, inner) => {
                for n in 1..=self.evaluate(count, scope).number() {
                    self.set(counter, Value::Number(n), scope);
                    match self.run(inner, scope) {
                        Flow::Next => {}
                        Flow::Leave => break,
                        other => return other,
                    }
                }
            }
            Statement::While(condition, inner) => {
                while self.evaluate(condition, scope).truth() {
                    match self.run(inner, scope) {
                        Flow::Next => {}
                        Flow::Leave => break,
                        other => return other,
                    }
                }
            }
            Statement::Return(value) => {
                let value = value.as_ref().map(|value| self.evaluate(value, scope));
                return Flow::Return(value.unwrap_or(Value::Nothing));
            }
            Statement::Leave => return Flow::Leave,
        }
        Flow::Next
    }

    /// Puts a value into a variable of its type, or into a property.
    fn set(&mut self, name: &str, value: Value, scope: &mut Scope) {
        if let Some((component, property)) = name.split_once('.') {
            let component = self.component(component, scope);
            component.properties.insert(property.to_owned(), value);
            return;
        }
        let variable = match scope.get_mut(name) {
            Some(variable) => variable,
            None => self.variables.get_mut(name).expect(name),
        };
        let is_alike = std::mem::discriminant(variable) == std::mem::discriminant(&value);
        assert!(is_alike, "{name} is {variable:?}: {value:?}");
        *variable = value;
    }

    fn get(&mut self, name: &str, scope: &Scope) -> Value {
        if let Some((component, property)) = name.split_once('.') {
            return self.component(component, scope).properties[property].clone();
        }
        let value = scope.get(name).or_else(|| self.variables.get(name));
        value.expect(name).clone()
    }

    fn component(&mut self, name: &str, scope: &Scope) -> &mut Component {
        match self.get(name, scope) {
            Value::Component(name) => self.components.get_mut(&name).unwrap(),
            other => panic!("{name} is {other:?}"),
        }
    }

    fn evaluate(&mut self, expression: &Expression, scope: &mut Scope) -> Value {
        match expression {
            Expression::Value(value) => value.clone(),
            Expression::Constant(name) => constant(name),
            Expression::Name(name) => self.get(name, scope),
            Expression::Member(name, place) => {
                let place = usize::try_from(self.evaluate(place, scope).number()).unwrap();
                Value::Text(self.get(name, scope).texts()[place - 1].clone())
            }
            Expression::Binary(sign, sides) => {
                let [left, right] = &**sides;
                let (left, right) = (self.evaluate(left, scope), self.evaluate(right, scope));
                binary(*sign, &left, &right)
            }
            Expression::Call(name, arguments) => self.evaluate_call(name, arguments, scope),
        }
    }

    fn evaluate_call(&mut self, name: &str, arguments: &[Expression], scope: &mut Scope) -> Value {
        let values: Vec<Value> = arguments
            .iter()
            .map(|argument| self.evaluate(argument, scope))
            .collect();
        if let Some((component, method)) = name.split_once('.') {
            return method_of(self.component(component, scope), method, &values);
        }
        if let Some((value, changed)) = self.command(name, &values) {
            if let (Some(array), Some(Expression::Name(variable))) = (changed, arguments.first()) {
                self.set(variable, array, scope);
            }
            return value;
        }
        let (given, after) = self.call_by_reference(name, &values);
        let routines = Rc::clone(&self.routines);
        let parameters = routines.get(name).map_or(&[][..], |r| &r.parameters);
        for ((parameter, value), argument) in parameters.iter().zip(after).zip(arguments) {
            if let (true, Expression::Name(variable)) = (parameter.flags.contains("参考"), argument)
            {
                self.set(variable, value, scope);
            }
        }
        given
    }

    /// A command of the language: what it gives, and what becomes of the array that it is given first. None when
    /// it is not one of them.
    fn command(&mut self, name: &str, values: &[Value]) -> Option<(Value, Option<Value>)> {
        let given = match (name, values) {
            ("信息框", [text, _, title, Value::Nothing]) => {
                self.boxes
                    .push((title.text().to_owned(), text.text().to_owned()));
                if let Some(event) = self.while_open.clone() {
                    self.call(&event, &[]);
                }
                Value::Number(self.clicks.pop_front().unwrap_or(YES))
            }
            ("位与", [left, right]) => Value::Number(left.number() & right.number()),
            ("取数组成员数", [array]) => {
                Value::Number(array.texts().len().try_into().unwrap())
            }
            ("加入成员", [array, member]) => {
                let mut members = array.texts().to_vec();
                members.push(member.text().to_owned());
                return Some((Value::Nothing, Some(Value::Texts(members))));
            }
            ("重定义数组", [_, Value::Truth(false), Value::Number(0)]) => {
                return Some((Value::Nothing, Some(Value::Texts(Vec::new()))));
            }
            (
                "子文本替换",
                [
                    text,
                    from,
                    to,
                    Value::Nothing,
                    Value::Nothing,
                    Value::Truth(true),
                ],
            ) => Value::Text(text.text().replace(from.text(), to.text())),
            // Both count bytes of GBK; what the module looks for is ASCII at the beginning, or whether it is there.
            ("取文本左边", [text, length]) => {
                Value::Text(text.text().chars().take(length.number() as usize).collect())
            }
            ("寻找文本", [text, part, Value::Nothing, Value::Truth(false)]) => {
                let found = text.text().find(part.text());
                Value::Number(found.map_or(-1, |place| place as i32))
            }
            ("到文本", [number]) => Value::Text(number.number().to_string()),
            ("取运行目录", []) => Value::Text(self.folder.clone()),
            _ => return None,
        };
        Some((given, None))
    }
}

/// A constant that is declared, or one of the language.
fn constant(name: &str) -> Value {
    match name {
        "换行符" => Value::Text("\r\n".to_owned()),
        "引号" => Value::Text("\"".to_owned()),
        "是否钮" => Value::Number(4),
        "错误图标" => Value::Number(16),
        "信息图标" => Value::Number(64),
        "否钮" => Value::Number(NO),
        name => library().constant(name).expect(name),
    }
}

fn binary(sign: char, left: &Value, right: &Value) -> Value {
    let order = || match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (Value::Truth(left), Value::Truth(right)) => left.cmp(right),
        _ => panic!("{left:?} {sign} {right:?}"),
    };
    match (sign, left, right) {
        ('＋', Value::Text(left), Value::Text(right)) => Value::Text(format!("{left}{right}")),
        ('＋', Value::Number(left), Value::Number(right)) => Value::Number(left + right),
        ('－', Value::Number(left), Value::Number(right)) => Value::Number(left - right),
        ('×', Value::Number(left), Value::Number(right)) => Value::Number(left * right),
        ('或', Value::Truth(left), Value::Truth(right)) => Value::Truth(*left || *right),
        ('且', Value::Truth(left), Value::Truth(right)) => Value::Truth(*left && *right),
        ('＝', ..) => Value::Truth(order() == Ordering::Equal),
        ('≠', ..) => Value::Truth(order() != Ordering::Equal),
        ('＜', ..) => Value::Truth(order() == Ordering::Less),
        ('＞', ..) => Value::Truth(order() == Ordering::Greater),
        ('≤', ..) => Value::Truth(order() != Ordering::Greater),
        ('≥', ..) => Value::Truth(order() != Ordering::Less),
        _ => panic!("{left:?} {sign} {right:?}"),
    }
}

/// 列表框 and 超级列表框.
fn method_of(component: &mut Component, method: &str, values: &[Value]) -> Value {
    let rows = &mut component.rows;
    match (method, values) {
        ("清空" | "全部删除", []) => rows.clear(),
        ("加入项目", [title, Value::Nothing]) => rows.push(vec![title.text().to_owned()]),
        ("插入表项", [Value::Nothing, title, rest @ ..]) if rest.len() == 4 => {
            rows.push(vec![title.text().to_owned()]);
            return Value::Number(rows.len() as i32 - 1);
        }
        ("置标题", [row, column, text]) => {
            let row = &mut rows[row.number() as usize];
            assert_eq!(column.number() as usize, row.len());
            row.push(text.text().to_owned());
        }
        _ => panic!("{method} {values:?}"),
    }
    Value::Nothing
}
