import Foundations
import Glibc
import Reactor

/// The user and group ids outside that sandboxes run under: two for each, one for pid 1 and one for the command.
struct IdentityPool: Sendable {
    struct Identities: Sendable, Hashable {
        let keeper: UInt32
        let command: UInt32
        fileprivate let slot: UInt32
    }

    /// Whether the set-uid helpers of the host must write the maps.
    let usesHelpers: Bool
    private let first: UInt32
    private let stride: UInt32
    private let distance: UInt32
    private let count: UInt32
    private var next: UInt32
    private var taken: Set<UInt32> = []
    /// What other servers of this user hold; nil where there are none.
    private let others: ByteLocks?

    /// For root: ids from 0x70000000, which no system hands out to users, in steps of 65536.
    init(server: UInt32, others: ByteLocks? = nil) {
        self.others = others
        (first, stride, distance, count, usesHelpers) = (0x7000_0000, 0x1_0000, 1000, 4095, false)
        next = server % count
    }

    /// For an ordinary user: ids of his own subordinate range.
    ///
    /// - Parameter range: The first id and how many there are; at least two.
    init(subordinate range: (first: UInt32, count: UInt32), others: ByteLocks? = nil) {
        self.others = others
        (first, stride, distance, count, usesHelpers) = (range.first, 2, 1, range.count / 2, true)
        next = 0
    }

    /// - Throws: `resourceExhausted` when all are in use, by this server or others of the same user.
    mutating func claim() throws(Failure) -> Identities {
        for _ in 0..<count {
            let slot = next
            next = (next + 1) % count
            let keeper = first + slot * stride
            guard !taken.contains(slot), others?.claim(keeper) ?? true else { continue }
            taken.insert(slot)
            return Identities(keeper: keeper, command: keeper + distance, slot: slot)
        }
        throw Failure(
            .resourceExhausted, "all \(count) user ids for sandboxes are in use",
            next: "close sessions, or give the user a larger range in /etc/subuid and /etc/subgid")
    }

    mutating func release(_ identities: Identities) {
        taken.remove(identities.slot)
        others?.release(identities.keeper)
    }
}

extension IdentityPool {
    /// The pool of the user who runs this process.
    ///
    /// - Throws: `sandboxUnavailable` naming what an ordinary user lacks.
    static func ofThisUser(server: UInt32) throws(Failure) -> IdentityPool {
        if geteuid() == 0 { return IdentityPool(server: server, others: try claims()) }
        for program in ["/usr/bin/newuidmap", "/usr/bin/newgidmap"] where access(program, X_OK) != 0 {
            throw Failure(
                .sandboxUnavailable, "\(program) is missing, which an ordinary user needs for sandboxes",
                next: "install the package uidmap, or run the server as root")
        }
        var names = [String(geteuid())]
        if let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name { names.append(String(cString: name)) }
        let users = ranges(in: SystemFile.read("/etc/subuid") ?? "", of: names)
        let groups = ranges(in: SystemFile.read("/etc/subgid") ?? "", of: names)
        guard let range = common(users, groups) else {
            throw Failure(
                .sandboxUnavailable, "the user has no range of ids that is in both /etc/subuid and /etc/subgid",
                next: "run: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER")
        }
        return IdentityPool(subordinate: range, others: try claims())
    }

    /// The file in which all servers of this user claim ids: two that shared one could signal each other's sandboxes.
    private static func claims() throws(Failure) -> ByteLocks {
        let user = geteuid()
        let runtime = user == 0 ? "/run" : "/run/user/\(user)"
        for folder in [runtime + "/corral", "/tmp/corral-\(user)"] {
            mkdir(folder, 0o700)
            var status = stat()
            // Nobody else may have made it, or be able to.
            guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == user,
                status.st_mode & 0o022 == 0, let claims = ByteLocks(folder + "/ids")
            else { continue }
            return claims
        }
        throw Failure(
            .sandboxUnavailable, "the ids of sandboxes cannot be claimed: neither \(runtime) nor /tmp can be written",
            next: "make /tmp/corral-\(user) a folder of the server's user, with mode 0700")
    }

    /// Lines of `user:first:count`.
    static func ranges(in text: String, of names: [String]) -> [Range<UInt32>] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":")
            guard parts.count == 3, names.contains(String(parts[0])), let first = UInt32(parts[1]),
                let count = UInt32(parts[2])
            else { return nil }
            let (end, overflow) = first.addingReportingOverflow(count)
            return overflow ? nil : first..<end
        }
    }

    private static func common(_ users: [Range<UInt32>], _ groups: [Range<UInt32>]) -> (first: UInt32, count: UInt32)? {
        for user in users {
            for group in groups {
                let shared = user.clamped(to: group)
                if shared.count >= 2 { return (shared.lowerBound, UInt32(shared.count)) }
            }
        }
        return nil
    }
}
