import Foundations

extension BlobStore {
    /// Copies blobs into another store; what is there already is left as it is. Blocks.
    ///
    /// - Throws: What `get` throws: a damaged blob is never copied.
    public func copy(_ digests: some Sequence<String>, to other: BlobStore) throws(Failure) {
        for digest in digests where !other.has(digest) { try other.put(try get(digest)) }
    }

    /// Removes blobs that were stored longer ago than `age` seconds: younger ones may be about to be published. Blocks.
    ///
    /// - Returns: How many.
    public func remove(_ digests: [String], olderThan age: Int, now: Timestamp) -> Int {
        var count = 0
        for digest in digests {
            guard let stored = storedAt(digest), Int(now.microseconds / 1_000_000) - stored > age else { continue }
            remove(digest)
            count += 1
        }
        return count
    }
}
