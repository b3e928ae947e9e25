import Foundations
import Glibc
import Reactor

/// The filter of system calls as engines take it; the launcher prints it from the table that its own filter is made of.
@Reactor
final class SeccompProfiles {
    private let launcher: String
    private var known: [Bool: String] = [:]
    private var written: Set<String> = []

    nonisolated init(launcher: String) { self.launcher = launcher }

    /// - Throws: `sandbox_unavailable` where the launcher does not print it.
    func profile(isShared: Bool) async throws(Failure) -> String {
        if let text = known[isShared] { return text }
        let file = try Descriptor.memory("profile", holding: [])
        let null = Descriptor(owning: open("/dev/null", O_RDWR | O_CLOEXEC))
        guard null.raw >= 0 else { throw Failure(.resourceExhausted, "cannot open /dev/null: \(errorText(errno))") }
        let child = try ChildProcess.spawn(
            launcher, arguments: ["seccomp-profile"] + (isShared ? ["shared"] : []), environment: [:],
            descriptors: [null.raw, file.raw, null.raw])
        await child.waitUntilEnded()
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = pread(file.raw, &bytes, bytes.count, 0)
        guard child.status == 0, count > 0, bytes.first == UInt8(ascii: "{") else {
            throw Failure(
                .sandboxUnavailable, "the filter of system calls cannot be made", next: "install Corral again")
        }
        bytes.removeLast(bytes.count - count)
        let text = String(decoding: bytes, as: UTF8.self)
        known[isShared] = text
        return text
    }

    /// The path of the same in a file, as Podman takes it.
    ///
    /// - Parameter folder: Exists, and only this server writes there.
    /// - Throws: also `failed_precondition` where the file cannot be written.
    func file(isShared: Bool, folder: String) async throws(Failure) -> String {
        let path = "\(folder)/\(isShared ? "seccomp-shared" : "seccomp").json"
        let text = try await profile(isShared: isShared)
        if !written.insert(path).inserted { return path }
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let number = file < 0 ? errno : SystemFile.write(file, text)
        if file >= 0 { close(file) }
        guard number == 0 else {
            written.remove(path)
            throw Failure(.failedPrecondition, "cannot write \(path): \(errorText(number))")
        }
        return path
    }
}
