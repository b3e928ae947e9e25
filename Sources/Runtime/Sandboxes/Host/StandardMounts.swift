import Glibc

/// What programs of a Debian-like host need to run in a sandbox; all of it read-only.
public enum StandardMounts {
    /// Programs, libraries and the parts of `/etc` without secrets.
    public static func system() -> [SandboxMount] {
        var mounts: [SandboxMount] = []
        for path in ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] {
            if let target = linkTarget(path) {
                mounts.append(.link(target: target, path: path))
            } else if SystemFile.exists(path) {
                mounts.append(.same(path))
            }
        }
        for path in settings where SystemFile.exists(path) { mounts.append(.same(path)) }
        for name in SystemFile.folders(in: "/etc").sorted() where isRuntime(name) {
            mounts.append(.same("/etc/\(name)"))
        }
        mounts += texts.map { .text($0.text, path: $0.path) }
        return mounts
    }

    /// A Python environment (what `sys.prefix` says) and the interpreter it was made from, where the host has them.
    ///
    /// The interpreter is found by the line `home = …` of `pyvenv.cfg`.
    public static func python(prefix: String) -> [SandboxMount] {
        var folders = [prefix]
        for line in (SystemFile.read(prefix + "/pyvenv.cfg") ?? "").split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmed }
            guard parts.count == 2, parts[0] == "home", let slash = parts[1].lastIndex(of: "/") else { continue }
            folders.append(String(parts[1][..<slash]))
        }
        // The outer folder first: what is below one that is mounted is there already.
        var mounted: [String] = ["/usr"]
        for folder in folders.sorted() where folder.hasPrefix("/") && folder != "/" {
            if mounted.contains(where: { folder == $0 || folder.hasPrefix($0 + "/") }) { continue }
            mounted.append(folder)
        }
        return mounted.dropFirst().map { .same($0) }
    }

    private static let settings = [
        "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
        "/etc/mime.types", "/etc/fonts", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/gai.conf",
    ]

    /// Settings of interpreters: `/etc/java-17-openjdk`, `/etc/python3.11`, …
    private static func isRuntime(_ name: String) -> Bool { name.hasPrefix("java") || name.hasPrefix("python") }

    private static let texts: [(path: String, text: String)] = [
        ("/etc/passwd", "root:x:0:0:root:/:/usr/sbin/nologin\nagent:x:1000:1000:agent:/tmp:/bin/sh\n"),
        ("/etc/group", "root:x:0:\nagent:x:1000:\n"),
        ("/etc/hosts", "127.0.0.1 localhost corral\n::1 localhost\n"),
        ("/etc/hostname", "corral\n"),
        ("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
    ]

    private static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
