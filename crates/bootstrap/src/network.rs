//! Networks, as settings name them.

use std::{fmt, net::IpAddr, str::FromStr};

use serde::{Serialize, Serializer};

/// The addresses that begin with the same bits: `10.0.0.0/8`, or a single one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Whether this address is in it. An IPv4 address is one, also where it is written as IPv6.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (own, bits, all) = number(self.address);
        let (other, other_bits, _) = number(address.to_canonical());
        bits == other_bits && (own ^ other) & (all ^ all.checked_shr(self.bits).unwrap_or(0)) == 0
    }
}

/// An address as a number, its bits, and the largest such number.
fn number(address: IpAddr) -> (u128, u32, u128) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32, u128::from(u32::MAX)),
        IpAddr::V6(address) => (u128::from(address), 128, u128::MAX),
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no address and no network such as 10.0.0.0/8 or fd00::/8");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = number(address).1;
        let bits = bits.unwrap_or(most);
        if bits > most {
            return Err(wrong());
        }
        Ok(Self { address, bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_its_addresses_and_no_others() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.1.2.3/31", "10.1.2.2", "10.1.2.4"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("192.0.2.7", "::ffff:192.0.2.7", "::ffff:192.0.2.6"),
            ("fd00::/8", "fdff::1", "fe00::1"),
            ("::1", "::1", "127.0.0.1"),
            ("0.0.0.0/0", "203.0.113.1", "::1"),
            ("::/0", "2001:db8::1", "203.0.113.1"),
        ] {
            let contains = |address: &str| network.parse::<Network>().unwrap().contains(address.parse().unwrap());
            assert!(contains(inside) && !contains(outside), "{network}");
        }
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/x", "proxy.example.org", "10.0.0.0/8/8"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
