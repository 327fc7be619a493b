//! Programs of the E language in text form.

use std::collections::BTreeMap;

use crate::expression::{Expression, Parser, Value};

/// Something that has a name, a type and flags.
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) type_name: String,
    /// Of a parameter 参考, 可空 and 数组.
    pub(crate) flags: String,
    is_array: bool,
}

impl Declared {
    /// `name, type, flags, "size of an array", remark`
    fn read(slots: &str) -> Self {
        let slots: Vec<&str> = slots.split(',').map(str::trim).collect();
        let slot = |n: usize| slots.get(n).copied().unwrap_or_default().to_owned();
        Self {
            name: slot(0),
            type_name: slot(1),
            flags: slot(2),
            is_array: slot(3) == "\"0\"",
        }
    }

    /// What a variable holds before anything is put into it.
    pub(crate) fn default(&self) -> Value {
        match self.type_name.as_str() {
            _ if self.is_array => Value::Texts(Vec::new()),
            "整数型" => Value::Number(0),
            "文本型" => Value::Text(String::new()),
            "逻辑型" => Value::Truth(false),
            other => panic!("{} is of the type {other}", self.name),
        }
    }

    /// Refuses a value of another type.
    pub(crate) fn check(&self, value: &Value) {
        let is_it = match value {
            Value::Number(_) => self.type_name == "整数型",
            Value::Text(_) => self.type_name == "文本型",
            Value::Truth(_) => self.type_name == "逻辑型",
            Value::Texts(_) => self.type_name == "文本型" && self.flags.contains("数组"),
            Value::Component(_) => {
                ["列表框", "超级列表框", "标签"].contains(&self.type_name.as_str())
            }
            Value::Nothing => self.type_name.is_empty(),
        };
        assert!(is_it, "{} is {}: {value:?}", self.name, self.type_name);
    }
}

/// 子程序.
pub(crate) struct Routine {
    pub(crate) declared: Declared,
    pub(crate) parameters: Vec<Declared>,
    pub(crate) locals: Vec<Declared>,
    pub(crate) body: Vec<Statement>,
}

/// A statement, or a block of them.
pub(crate) enum Statement {
    Assign(String, Expression),
    Call(Expression),
    If(Expression, Vec<Statement>, Vec<Statement>),
    Times(Expression, String, Vec<Statement>),
    While(Expression, Vec<Statement>),
    Return(Option<Expression>),
    Leave,
}

/// What a text declares.
#[derive(Default)]
pub(crate) struct Program {
    pub(crate) routines: BTreeMap<String, Routine>,
    pub(crate) variables: Vec<Declared>,
}

impl Program {
    pub(crate) fn read(text: &str) -> Self {
        let mut program = Self::default();
        let mut lines = text.lines().map(str::trim).peekable();
        while let Some(line) = lines.next() {
            let (word, slots) = line.split_once(' ').unwrap_or_default();
            match word {
                ".程序集变量" => program.variables.push(Declared::read(slots)),
                ".子程序" => {
                    let mut routine = Routine {
                        declared: Declared::read(slots),
                        parameters: Vec::new(),
                        locals: Vec::new(),
                        body: Vec::new(),
                    };
                    let mut code = Vec::new();
                    while let Some(line) = lines.next_if(|line| !line.starts_with(".子程序 ")) {
                        match line.split_once(' ').unwrap_or_default() {
                            (".参数", slots) => routine.parameters.push(Declared::read(slots)),
                            (".局部变量", slots) => routine.locals.push(Declared::read(slots)),
                            _ if line.is_empty() => {}
                            _ => code.push(line),
                        }
                    }
                    let mut code = code.into_iter();
                    routine.body = block(&mut code).0;
                    let name = routine.declared.name.clone();
                    program.routines.insert(name, routine);
                }
                _ => {}
            }
        }
        program
    }
}

/// Statements up to a line that ends the block, and the word of that line; "" at the end.
fn block<'a>(lines: &mut impl Iterator<Item = &'a str>) -> (Vec<Statement>, &'a str) {
    let mut statements = Vec::new();
    while let Some(line) = lines.next() {
        let Some(rest) = line.strip_prefix('.') else {
            statements.push(statement(line));
            continue;
        };
        let mut parser = Parser::new(rest);
        let word = parser.name();
        let begins = ["如果真", "如果", "计次循环首", "判断循环首"].contains(&word);
        if !begins {
            return (statements, word);
        }
        assert!(parser.eat('('), "{line}");
        let mut arguments = parser.arguments();
        parser.must_end();
        let (inner, end) = block(lines);
        let last = arguments.pop().expect(line);
        statements.push(match (word, end, last) {
            ("如果真", "如果真结束", condition) => {
                Statement::If(condition, inner, Vec::new())
            }
            ("如果", "否则", condition) => {
                let (other, end) = block(lines);
                assert_eq!(end, "如果结束");
                Statement::If(condition, inner, other)
            }
            ("计次循环首", "计次循环尾", Expression::Name(counter)) => {
                Statement::Times(arguments.pop().expect(line), counter, inner)
            }
            ("判断循环首", "判断循环尾", condition) => Statement::While(condition, inner),
            _ => panic!("{line} ends with {end}"),
        });
        assert!(arguments.is_empty(), "{line}");
    }
    (statements, "")
}

fn statement(line: &str) -> Statement {
    let mut parser = Parser::new(line);
    let name = parser.name().to_owned();
    let statement = if parser.eat('＝') {
        Statement::Assign(name, parser.expression())
    } else {
        assert!(parser.eat('('), "{line}");
        let mut arguments = parser.arguments();
        match name.as_str() {
            "返回" => Statement::Return(arguments.pop()),
            "跳出循环" => Statement::Leave,
            _ => Statement::Call(Expression::Call(name, arguments)),
        }
    };
    parser.must_end();
    statement
}
