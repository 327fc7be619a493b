//! The answer to a client of ENOT that asks for the board's memory.

use std::io;
use std::sync::Arc;

use notice::wire::frames::{Kind as Frame, Message};
use notice::wire::memory::Parts;
use notice::{ErrorKind, Result};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::account::Account;
use crate::enot::Spoken;
use crate::fault::fault;
use crate::memory::{Memory, Passed};
use crate::metrics::{Code, Kind, Protocol};
use crate::passing::Pass;

impl<S: AsyncRead + AsyncWrite + Send + 'static> Spoken<S> {
    /// Hands the board's memory over. Returns false when the connection must end.
    pub(crate) async fn hand_over(&mut self, request: u32, body: &[u8]) -> bool {
        let account = Account::new(Protocol::Enot, Kind::MEMORY, false);
        let parts = self.wanted_parts(body).await;
        self.close(account, request, self.session().role(), Code::of(&parts));
        match parts {
            Ok((pass, parts)) => self.pass_on(request, &pass, parts).await.is_ok(),
            Err(error) => {
                self.answer(request, Err(error));
                true
            }
        }
    }

    async fn wanted_parts(&mut self, body: &[u8]) -> Result<(Pass, Vec<Passed>)> {
        let wanted = Parts::from_bytes(body)?;
        let session = Arc::clone(self.session());
        let Some(pass) = session.pass().filter(|_| self.memory_bytes > 0) else {
            let (en, zh) = (
                "no memory is handed over here: it is on Unix sockets without TLS, unless the operator forbids it; write \
                 follow=1",
                "此处不移交共享内存：仅在管理员未禁用时通过未加密的 Unix 套接字移交；请改用 follow=1",
            );
            return Err(fault(ErrorKind::Unsupported, en, zh));
        };
        session.board_for_call()?.check_following()?;
        let ring_bytes = self.memory_bytes;
        let passed = Memory::hand_over(&session.desk, &session, &wanted, ring_bytes).await?;
        if self.holding.is_none() {
            self.holding = Some(session.desk.metrics.hand_over());
        }
        Ok((pass.clone(), passed))
    }

    /// Sends the descriptors beside the message that names them.
    async fn pass_on(&mut self, request: u32, pass: &Pass, parts: Vec<Passed>) -> io::Result<()> {
        let names = Parts::new(parts.iter().map(|(part, _)| *part)).to_bytes();
        let descriptors = parts
            .into_iter()
            .map(|(_, descriptor)| descriptor)
            .collect();
        let mut bytes = Vec::new();
        // It is short.
        let _ = Message::new(request, Frame::Handed, names).write(&mut bytes);
        self.conversation.send().await?;
        let outbox = &self.conversation.outbox;
        outbox.send_with(&bytes, || pass.put(descriptors)).await
    }
}
