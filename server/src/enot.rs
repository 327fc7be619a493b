//! ENOT frames: calls and answers in binary, several in progress on one connection.

use std::io;
use std::sync::Arc;

use notice::wire::feed::{self, Follow};
use notice::wire::frames::{BODY_BYTES, Inbox, Kind as Frame, Message};
use notice::wire::{self, Answer, Call, memory};
use notice::{ErrorKind, Guarded, Result, Role};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::account::Account;
use crate::conversation::{self, Conversation, Received};
use crate::desk::{Desk, execute, is_quick};
use crate::fault::{fault, invalid};
use crate::follow::Stream;
use crate::limits::{Limits, READER_BYTES};
use crate::metrics::{Code, Kind, Metrics, Protocol, waits};
use crate::outbox::Outbox;
use crate::session::Session;

/// Version of the conversation: hello, calls, answers.
const PROTOCOL: u64 = 1;

/// A connection between its hello and its end.
pub(crate) struct Spoken<S> {
    pub(crate) conversation: Conversation<S>,
    /// Whether the hello was accepted.
    is_welcome: bool,
    /// Whether the client follows the board.
    is_following: bool,
    /// Bytes of the ring that is handed over; 0 if none is.
    pub(crate) memory_bytes: usize,
    /// Counts the client among those who were handed the board's memory.
    #[cfg(target_os = "linux")]
    pub(crate) holding: Option<crate::metrics::Holding>,
}

/// Serves a connection whose first bytes are `first`.
pub(crate) async fn serve<S>(
    stream: S,
    first: Vec<u8>,
    session: Session,
    limits: &Limits,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let mut inbox = Inbox::default();
    inbox.set_limit(READER_BYTES);
    let speak = |conversation| Spoken {
        conversation,
        is_welcome: false,
        is_following: false,
        memory_bytes: limits.memory_bytes,
        #[cfg(target_os = "linux")]
        holding: None,
    };
    conversation::hold(stream, first, session, limits, inbox, speak).await
}

impl Received for Inbox {
    fn receive(&mut self, bytes: &[u8]) {
        Inbox::receive(self, bytes);
    }

    fn is_partial(&self) -> bool {
        !self.is_empty()
    }
}

impl<S: AsyncRead + AsyncWrite + Send + 'static> conversation::Protocol for Spoken<S> {
    type Received = Inbox;
    type Stream = S;

    fn conversation(&mut self) -> &mut Conversation<S> {
        &mut self.conversation
    }

    async fn take(&mut self, inbox: &mut Inbox) -> io::Result<bool> {
        loop {
            let (kind, goes_on) = match inbox.next() {
                Ok(Some(message)) => (message.kind, self.receive(&message).await),
                Ok(None) => return Ok(true),
                // Where the next frame begins is unknown.
                Err(_) => return Ok(false),
            };
            if !goes_on {
                return Ok(false);
            }
            if kind == Frame::Hello {
                let board = self.conversation.session.board();
                if board.is_ok_and(|board| board.principal().role() >= Role::Service) {
                    inbox.set_limit(BODY_BYTES);
                }
            }
            if self.conversation.is_full() {
                self.conversation.send().await?;
            }
        }
    }

    async fn take_last(&mut self, _: &mut Inbox) {
        // Half a message is none.
    }

    fn goodbye() -> Vec<u8> {
        let mut bytes = Vec::new();
        // It is short.
        let _ = Message::new(0, Frame::Goodbye, b"".as_slice()).write(&mut bytes);
        bytes
    }
}

impl<S: AsyncRead + AsyncWrite + Send + 'static> Spoken<S> {
    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.conversation.session
    }

    /// Answers a message. Returns false when the connection must end.
    async fn receive(&mut self, message: &Message<'_>) -> bool {
        let request = message.request;
        match message.kind {
            Frame::Hello => match self.greet(request, &message.body) {
                Ok(welcome) => {
                    self.is_welcome = true;
                    self.say(request, Frame::Welcome, welcome.to_string().as_bytes());
                    true
                }
                Err(error) => {
                    self.answer(request, Err(error));
                    false
                }
            },
            _ if !self.is_welcome => {
                let (en, zh) = ("begin with a hello", "请先发送 hello");
                self.answer(request, Err(invalid("frame.kind", "", en, zh)));
                false
            }
            Frame::Call => self.call(request, &message.body).await,
            Frame::Ping => {
                self.say(request, Frame::Pong, &message.body);
                true
            }
            Frame::Follow => self.follow(request, &message.body).await,
            #[cfg(target_os = "linux")]
            Frame::Memory => self.hand_over(request, &message.body).await,
            // No client asks for what is not among the features.
            #[cfg(not(target_os = "linux"))]
            Frame::Memory => false,
            // The server sends no pings, and only it welcomes, answers, feeds, hands over and says goodbye.
            Frame::Welcome
            | Frame::Answer
            | Frame::Pong
            | Frame::Feed
            | Frame::Goodbye
            | Frame::Handed => false,
        }
    }

    /// Answers a hello, and accounts for it.
    fn greet(&self, request: u32, body: &[u8]) -> Result<Value> {
        let account = Account::new(Protocol::Enot, Kind::HELLO, false);
        let welcome = self.hello(body);
        self.close(account, request, self.session().role(), Code::of(&welcome));
        welcome
    }

    /// Checks a hello, and returns the welcome. Unknown members are passed over, because a newer client may have
    /// more to say.
    fn hello(&self, body: &[u8]) -> Result<Value> {
        let hello = wire::parse(body)?;
        let versions = hello.get("versions").and_then(Value::as_array);
        if !versions.is_some_and(|versions| versions.contains(&json!(PROTOCOL))) {
            let value = hello
                .get("versions")
                .map_or(String::new(), Value::to_string);
            let en = format!("must be a list with {PROTOCOL}, the version of this server");
            let zh = format!("必须是包含 {PROTOCOL} 的列表，即本服务器支持的版本");
            return Err(invalid("versions", &value, en, zh));
        }
        match hello.get("token") {
            None | Some(Value::Null) => {}
            Some(Value::String(token)) => self.session().present(token)?,
            Some(_) => {
                return Err(invalid("token", "", "must be a text", "必须是文本"));
            }
        }
        let board = self.session().board()?;
        let mut features = vec![feed::FEATURE];
        if self.memory_bytes > 0 && self.session().can_hand_over() {
            features.push(memory::FEATURE);
        }
        Ok(json!({
            "version": PROTOCOL,
            "server": concat!("libnotice/", env!("CARGO_PKG_VERSION")),
            "role": board.principal().role().name(),
            "features": features,
        }))
    }

    /// Answers a call, at once or from a task of its own.
    async fn call(&mut self, request: u32, body: &[u8]) -> bool {
        let mut account = Account::new(Protocol::Enot, Kind::UNKNOWN, false);
        let call = Call::from_bytes(body);
        if let Ok(call) = &call {
            (account.kind, account.waits) = (Kind::of(call), waits(call));
        }
        let (board, call) = match call.and_then(|call| Ok((self.session().board_for_call()?, call)))
        {
            Ok(call) => call,
            Err(error) => {
                self.close(account, request, None, Code(Some(error.kind())));
                self.answer(request, Err(error));
                return true;
            }
        };
        if is_quick(&call) {
            let answer = execute(&board, call);
            let role = board.principal().role();
            self.close(account, request, Some(role), Code::of(&answer));
            self.answer(request, answer);
            return true;
        }
        let Some(place) = self.conversation.place().await else {
            return false;
        };
        let outbox = Arc::clone(&self.conversation.outbox);
        let (desk, client) = (Arc::clone(&self.session().desk), self.session().client);
        tokio::spawn(async move {
            let role = Some(board.principal().role());
            let close = move |metrics: &Metrics, code| {
                account.close(metrics, &client, &request, role, code);
            };
            finish(request, call, board, desk, outbox, close).await;
            // Behind everything that holds the board: who waits for the place may close the board.
            drop(place);
        });
        true
    }

    pub(crate) fn close(&self, account: Account, request: u32, role: Option<Role>, code: Code) {
        let Session { desk, client, .. } = &**self.session();
        account.close(&desk.metrics, client, &request, role, code);
    }

    /// Begins a stream for a follower.
    async fn follow(&mut self, request: u32, body: &[u8]) -> bool {
        let account = Account::new(Protocol::Enot, Kind::FOLLOW, false);
        let follow = self.check_follow(body);
        self.close(account, request, self.session().role(), Code::of(&follow));
        let follow = match follow {
            Ok(follow) => follow,
            Err(error) => {
                self.answer(request, Err(error));
                return true;
            }
        };
        self.is_following = true;
        let Some(place) = self.conversation.place().await else {
            return false;
        };
        let stream = Stream {
            session: Arc::clone(self.session()),
            outbox: Arc::clone(&self.conversation.outbox),
            request,
        };
        let desk = Arc::clone(&self.session().desk);
        tokio::spawn(async move {
            let serve = async {
                if let Err(error) = stream.serve(follow).await {
                    let mut bytes = Vec::new();
                    write_answer(&desk, request, Err(error), &mut bytes);
                    let _ = stream.outbox.send(&bytes).await;
                }
            };
            tokio::select! {
                () = serve => {}
                () = desk.stop.closed() => {}
            }
            drop((stream, place));
        });
        true
    }

    fn check_follow(&self, body: &[u8]) -> Result<Follow> {
        let follow = Follow::from_bytes(body)?;
        if self.is_following {
            let (en, zh) = (
                "one connection follows once; open another one",
                "每个连接只能跟随一次；请另开连接",
            );
            return Err(fault(ErrorKind::BadState, en, zh));
        }
        self.session().board()?.check_following()?;
        Ok(follow)
    }

    pub(crate) fn answer(&mut self, request: u32, answer: Result<Answer>) {
        let desk = &self.conversation.session.desk;
        write_answer(desk, request, answer, &mut self.conversation.ready);
    }

    fn say(&mut self, request: u32, kind: Frame, body: &[u8]) {
        // A pong is as long as its ping, and a welcome is short.
        let _ = Message::new(request, kind, body).write(&mut self.conversation.ready);
    }
}

/// Answers a call from a task of its own.
async fn finish<S: AsyncWrite>(
    request: u32,
    call: Call,
    board: Arc<Guarded>,
    desk: Arc<Desk>,
    outbox: Arc<Outbox<S>>,
    close: impl FnOnce(&Metrics, Code),
) {
    let waits = waits(&call);
    let work = async {
        let answer = desk.call(&board, call).await;
        close(&desk.metrics, Code::of(&answer));
        let mut bytes = Vec::new();
        write_answer(&desk, request, answer, &mut bytes);
        // The outbox tells the reading half what could not be sent.
        let _ = outbox.send(&bytes).await;
    };
    tokio::select! {
        () = work => {}
        () = desk.stop.closed() => {}
        () = outbox.left(), if waits => {}
    }
}

/// Appends the frames of an answer.
fn write_answer(desk: &Desk, request: u32, answer: Result<Answer>, to: &mut Vec<u8>) {
    let write = |answer: Answer, to: &mut Vec<u8>| {
        let body = desk.encode(&answer)?;
        Message::new(request, Frame::Answer, body).write(to)
    };
    let written = write(Answer::from(answer), to);
    if let Err(error) = written {
        // An answer beyond the limit is refused before anything is written. Its error is short.
        let _ = write(Answer::Error(error), to);
    }
}
