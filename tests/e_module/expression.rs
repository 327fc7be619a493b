//! Expressions of the E language, as much of it as the module and the guide use.

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// What a routine without a result gives, and an argument that is left out.
    Nothing,
    Number(i32),
    Text(String),
    Truth(bool),
    /// An array of texts.
    Texts(Vec<String>),
    /// A component of a window, by its name.
    Component(String),
}

impl Value {
    pub(crate) fn number(&self) -> i32 {
        match self {
            Self::Number(number) => *number,
            other => panic!("{other:?} is no 整数型"),
        }
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            other => panic!("{other:?} is no 文本型"),
        }
    }

    pub(crate) fn truth(&self) -> bool {
        match self {
            Self::Truth(truth) => *truth,
            other => panic!("{other:?} is no 逻辑型"),
        }
    }

    pub(crate) fn texts(&self) -> &[String] {
        match self {
            Self::Texts(texts) => texts,
            other => panic!("{other:?} is no 文本型 数组"),
        }
    }
}

/// An expression.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Value(Value),
    /// `#name`
    Constant(String),
    /// A variable, or a property of a component: `框.名称`.
    Name(String),
    /// `array [place]`
    Member(String, Box<Expression>),
    /// `name (argument, argument)`; one that is left out is `Value::Nothing`.
    Call(String, Vec<Expression>),
    Binary(char, Box<[Expression; 2]>),
}

/// From what binds least to what binds most.
const LEVELS: [&[char]; 5] = [
    &['或'],
    &['且'],
    &['＝', '≠', '＜', '＞', '≤', '≥'],
    &['＋', '－'],
    &['×'],
];

/// Reads a line from its beginning to its end.
pub(crate) struct Parser<'a> {
    line: &'a str,
    rest: &'a str,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(line: &'a str) -> Self {
        Self {
            line,
            rest: line.trim(),
        }
    }

    /// Takes `sign`, if it is next.
    pub(crate) fn eat(&mut self, sign: char) -> bool {
        let next = self.rest.trim_start().strip_prefix(sign);
        self.rest = next.unwrap_or(self.rest);
        next.is_some()
    }

    fn must_eat(&mut self, sign: char) {
        assert!(self.eat(sign), "{sign} is missing: {}", self.line);
    }

    pub(crate) fn must_end(&self) {
        assert_eq!(self.rest.trim(), "", "{}", self.line);
    }

    /// A name, which may have a point in it.
    pub(crate) fn name(&mut self) -> &'a str {
        let rest = self.rest.trim_start();
        let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let end = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        assert!(!name.is_empty(), "a name is missing: {}", self.line);
        self.rest = rest;
        name
    }

    pub(crate) fn expression(&mut self) -> Expression {
        self.level(0)
    }

    fn level(&mut self, level: usize) -> Expression {
        let Some(signs) = LEVELS.get(level) else {
            return self.operand();
        };
        let mut left = self.level(level + 1);
        while let Some(sign) = signs.iter().find(|sign| self.eat(**sign)) {
            left = Expression::Binary(*sign, Box::new([left, self.level(level + 1)]));
        }
        left
    }

    fn operand(&mut self) -> Expression {
        if self.eat('(') {
            let inner = self.expression();
            self.must_eat(')');
            return inner;
        }
        if self.eat('“') {
            let (literal, rest) = self.rest.split_once('”').expect(self.line);
            self.rest = rest;
            return Expression::Value(Value::Text(literal.to_owned()));
        }
        if self.eat('#') {
            return Expression::Constant(self.name().to_owned());
        }
        let name = self.name();
        if let Ok(number) = name.parse() {
            return Expression::Value(Value::Number(number));
        }
        if self.eat('[') {
            let place = self.expression();
            self.must_eat(']');
            return Expression::Member(name.to_owned(), Box::new(place));
        }
        if self.eat('(') {
            return Expression::Call(name.to_owned(), self.arguments());
        }
        match name {
            "真" => Expression::Value(Value::Truth(true)),
            "假" => Expression::Value(Value::Truth(false)),
            name => Expression::Name(name.to_owned()),
        }
    }

    /// Arguments, and the parenthesis behind them.
    pub(crate) fn arguments(&mut self) -> Vec<Expression> {
        let mut arguments = Vec::new();
        if self.eat(')') {
            return arguments;
        }
        loop {
            let is_left_out = self.rest.trim_start().starts_with([',', ')']);
            arguments.push(match is_left_out {
                true => Expression::Value(Value::Nothing),
                false => self.expression(),
            });
            if !self.eat(',') {
                self.must_eat(')');
                return arguments;
            }
        }
    }
}
