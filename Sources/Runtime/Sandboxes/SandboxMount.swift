/// Something that a sandbox has in its file system beside `/proc`, `/dev`, `/tmp` and `/scratch`.
public enum SandboxMount: Sendable, Hashable {
    /// A file or folder of the host; it stays `nosuid` and `nodev` also where it is writable.
    case bind(source: String, target: String, writable: Bool = false)
    /// A symbolic link at `path`.
    case link(target: String, path: String)
    /// A small read-only text.
    case text(String, path: String)

    /// A file or folder of the host, read-only, in the place where the host has it.
    public static func same(_ path: String) -> SandboxMount { .bind(source: path, target: path) }
}
