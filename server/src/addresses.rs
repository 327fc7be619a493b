//! How many connections each address has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use notice::locks::Mutex;

/// Connections of each address at this moment.
pub(crate) struct Addresses {
    most: usize,
    /// Guards the addresses that have connections; held only to count.
    open: Mutex<HashMap<IpAddr, Present>>,
}

/// Connections of an address.
#[derive(Default)]
struct Present {
    connections: usize,
    /// Whether one was refused since the first of these.
    is_told: bool,
}

/// A connection, as long as it counts.
pub(crate) struct Counted {
    addresses: Arc<Addresses>,
    place: IpAddr,
}

/// An address has as many connections as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crowded {
    pub(crate) most: usize,
    /// Whether this is the first that is refused since the address was without connections.
    pub(crate) is_first: bool,
}

impl Addresses {
    /// Allows each address `most` connections at once, at least one.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most: most.max(1),
            open: Mutex::default(),
        })
    }

    /// Counts a connection until the result is dropped.
    ///
    /// # Errors
    /// `Crowded` for one too many, which does not count.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr) -> Result<Counted, Crowded> {
        let place = place(address);
        let mut open = self.open.lock();
        let present = open.entry(place).or_default();
        if present.connections >= self.most {
            let is_first = !std::mem::replace(&mut present.is_told, true);
            let most = self.most;
            return Err(Crowded { most, is_first });
        }
        present.connections += 1;
        drop(open);
        Ok(Counted {
            addresses: Arc::clone(self),
            place,
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.addresses.open.lock();
        if let Some(present) = open.get_mut(&self.place) {
            present.connections -= 1;
            if present.connections == 0 {
                open.remove(&self.place);
            }
        }
    }
}

/// Returns the address that counts. One client of IPv6 has a whole network of 64 bits to itself (RFC 4291, section 2.5.4).
fn place(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            Ipv6Addr::from(network).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    #[test]
    fn an_address_has_so_many_connections_and_others_have_theirs() {
        let addresses = Addresses::new(2);
        let enter = |address| addresses.enter(at(address));
        let crowded = |is_first| Some(Crowded { most: 2, is_first });
        let first = enter("192.0.2.1").ok().unwrap();
        let second = enter("::ffff:192.0.2.1").ok().unwrap();
        assert_eq!(enter("192.0.2.1").err(), crowded(true));
        assert_eq!(enter("192.0.2.1").err(), crowded(false));
        let other = enter("192.0.2.2").ok().unwrap();
        drop(first);
        let third = enter("192.0.2.1").ok().unwrap();
        assert_eq!(enter("192.0.2.1").err(), crowded(false));
        // Nothing is remembered of an address that has gone, and a crowd that comes later is news.
        drop((second, third, other));
        assert!(addresses.open.lock().is_empty());
        let crowd = [enter("192.0.2.1").ok(), enter("192.0.2.1").ok()];
        assert_eq!(enter("192.0.2.1").err(), crowded(true));
        drop(crowd);
    }

    #[test]
    fn addresses_of_one_network_of_ipv6_are_one_client() {
        let addresses = Addresses::new(1);
        let enter = |address| addresses.enter(at(address));
        let one = enter("2001:db8:0:1::1").ok().unwrap();
        assert!(enter("2001:db8:0:1:ffff:ffff:ffff:ffff").is_err());
        assert!(enter("2001:db8:0:2::1").is_ok());
        drop(one);
        assert!(enter("2001:db8:0:1::2").is_ok());
    }

    #[test]
    fn one_connection_is_always_allowed() {
        assert!(Addresses::new(0).enter(at("192.0.2.1")).is_ok());
    }
}
