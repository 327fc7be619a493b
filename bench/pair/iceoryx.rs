//! iceoryx2: publish and subscribe, with messages that are written and read where they lie.

use std::path::Path;

use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::prelude::{
    Config, FileName, LogLevel, Node, NodeBuilder, SemanticString as _, SignalHandlingMode, ipc,
    set_log_level,
};

use super::channel::{self, Channel, Half, Side};
use crate::Result;
use crate::other::failed;

/// Messages that wait for a subscriber at most: twice as many as are on their way in a stream.
const WAITING: usize = 512;

struct Iceoryx {
    publisher: Publisher<ipc::Service, [u64], ()>,
    subscriber: Subscriber<ipc::Service, [u64], ()>,
    words: usize,
    _node: Node<ipc::Service>,
}

/// Opens one end. A publisher finds the subscribers that are there when it sends.
pub(super) fn open(folder: &Path, side: Side, words: usize) -> Result<Box<dyn Half>> {
    set_log_level(LogLevel::Error);
    let mut config = Config::default();
    let name = folder.file_name().and_then(|name| name.to_str());
    let name = super::beside(name.ok_or("a folder without a name")?);
    let prefix = FileName::new(name.as_bytes());
    config.global.prefix = prefix.map_err(|error| format!("a prefix: {error:?}"))?;
    let root = iceoryx2::prelude::Path::new(folder.as_os_str().as_encoded_bytes());
    let root = root.map_err(|error| format!("a folder: {error:?}"))?;
    config.global.set_root_path(&root);
    let node = NodeBuilder::new()
        .config(&config)
        .signal_handling_mode(SignalHandlingMode::Disabled)
        .create::<ipc::Service>()
        .map_err(failed("iceoryx2: a node"))?;
    let service = |name: &str| {
        let name = format!("{name}/{words}");
        let name = name.as_str().try_into();
        let name = name.map_err(|error| format!("iceoryx2: a name: {error:?}"))?;
        node.service_builder(&name)
            .publish_subscribe::<[u64]>()
            .max_publishers(1)
            .max_subscribers(1)
            .max_nodes(2)
            .history_size(0)
            .subscriber_max_buffer_size(WAITING)
            .open_or_create()
            .map_err(failed("iceoryx2: a service"))
    };
    let [own, others] = side.names();
    let publisher = service(own)?
        .publisher_builder()
        .initial_max_slice_len(words)
        .create()
        .map_err(failed("iceoryx2: a publisher"))?;
    let subscriber = service(others)?
        .subscriber_builder()
        .create()
        .map_err(failed("iceoryx2: a subscriber"))?;
    Ok(Box::new(Iceoryx {
        publisher,
        subscriber,
        words,
        _node: node,
    }))
}

impl Half for Iceoryx {
    fn join(self: Box<Self>) -> Result<Box<dyn Channel>> {
        Ok(self)
    }
}

impl Channel for Iceoryx {
    fn send(&mut self, number: u64) -> Result {
        let sample = self.publisher.loan_slice_uninit(self.words);
        let sample = sample.map_err(failed("iceoryx2: a loan"))?;
        let sample = sample.write_from_fn(|_| number);
        sample
            .send()
            .map(|_| ())
            .map_err(failed("iceoryx2: sending"))
    }

    fn receive(&mut self) -> Result<Option<u64>> {
        let received = self.subscriber.receive();
        match received.map_err(failed("iceoryx2: receiving"))? {
            Some(sample) => channel::number(sample.payload().iter().copied()).map(Some),
            None => Ok(None),
        }
    }
}
