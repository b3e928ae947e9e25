import Digest
import Foundations
import Sessions

/// The keys that a server knows, in memory.
struct KeyTable<Entry: Sendable>: Sendable {
    private var byID: [String: (digest: Digest32, entry: Entry)] = [:]
    /// Of keys that name no id.
    private var byDigest: [Digest32: Entry] = [:]
    /// Of the store, as far as it was read.
    private(set) var change: Int64 = 0

    mutating func add(file key: AccessKey, _ entry: Entry) { byDigest[key.digest] = entry }

    func entry(_ id: String) -> Entry? { byID[id]?.entry }

    mutating func add(_ key: AccessKey, _ entry: Entry) { byID[key.id] = (key.digest, entry) }

    mutating func advance(to change: Int64) { self.change = max(self.change, change) }

    /// Finds a key by its public id, and compares digests in constant time. The time that it takes tells whether an id is
    /// known, and nothing about a key.
    func find(_ token: String) -> Entry? {
        let digest = SHA256.hash(token)
        if let id = AccessToken.id(in: token), let found = byID[id] {
            return found.digest.equalsInConstantTime(digest) ? found.entry : nil
        }
        return byDigest[digest]
    }
}
