import AccessKeys
import Digest
import Foundations
import Sessions

extension KeyRing {
    /// Callers by the keys that they show.
    public convenience init(_ callers: [String: Caller]) throws {
        let keys = try callers.map { token, caller in
            AccessKey(
                id: token, digest: SHA256.hash(token),
                wish: try KeyWish(
                    caller: caller.id, tenant: caller.tenant, grants: caller.grants,
                    actsForTenant: caller.actsForTenant), createdAt: .now, createdBy: "test")
        }
        self.init(file: keys, logger: .silent)
    }
}
