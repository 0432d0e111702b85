//! Download links: signed, so that they need no session, and dated, so that they end.

use app::model::{Millis, RequestId};

use crate::secret::Keys;

/// The link to a request's package, valid until `expires_at`. `public_url` has no slash at its end.
pub fn link(keys: &Keys, public_url: &str, request: &RequestId, expires_at: Millis) -> String {
    let signature = keys.sign(&signed(request, expires_at));
    format!("{public_url}/downloads/{request}?expires={expires_at}&signature={signature}")
}

/// Whether we made the link with these values. Whether it has ended is for the caller to ask next.
pub fn is_ours(keys: &Keys, request: &RequestId, expires_at: Millis, signature: &str) -> bool {
    keys.is_signed(&signed(request, expires_at), signature)
}

fn signed(request: &RequestId, expires_at: Millis) -> String {
    format!("download\0{request}\0{expires_at}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_for_one_request_until_one_instant() {
        let keys = Keys::new(&std::array::from_fn(|i| i as u8 * 7)).expect("strong enough");
        let [mine, other] = ["0190-a", "0190-b"].map(|text| RequestId::parse(text).expect("an id"));
        let link = link(&keys, "https://x.example", &mine, 5);
        let signature = link
            .strip_prefix("https://x.example/downloads/0190-a?expires=5&signature=")
            .expect("has its form");
        assert!(is_ours(&keys, &mine, 5, signature));
        assert!(!is_ours(&keys, &mine, 6, signature));
        assert!(!is_ours(&keys, &other, 5, signature));
        assert!(!is_ours(&keys, &mine, 5, &signature[1..]));
        assert!(!is_ours(&keys, &mine, 5, ""));
    }
}
