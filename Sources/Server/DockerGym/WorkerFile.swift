import Foundations
import Glibc
import Sandboxes
import Sessions

/// The file of the host that a worker's command starts: its folder is what the sandbox shows beside volumes.
struct WorkerFile: Sendable {
    /// The command as it reads in that folder.
    let command: [String]
    /// Nil where the command names no file, or one in a volume.
    let path: String?

    var folder: String? {
        path.map { path in
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            return "/" + folder
        }
    }

    /// Finds the first word that is a file here and that the sandbox does not show anyway.
    ///
    /// - Throws: `invalid_argument` for an empty command.
    init(_ words: [String], volumes: VolumeMap) throws(Failure) {
        guard !words.isEmpty else {
            throw Failure(.invalidArgument, "the worker has no command", next: "give --worker-command WORD...")
        }
        var command = words
        for (place, word) in words.enumerated() where Self.isFile(word) {
            guard let path = resolvedPath(word) else { continue }
            if place == 0 && !word.contains("/") { continue }
            if volumes.covers(containerPath: word) || Self.isOfSystem(word) { continue }
            command[place] = (place == 0 ? "./" : "") + (path.split(separator: "/").last.map(String.init) ?? word)
            self.command = command
            self.path = path
            return
        }
        self.command = command
        path = nil
    }

    /// - Throws: `failed_precondition` where a worker of nobody's could not read the file; a server of an ordinary user
    ///   runs workers as that user.
    func requireReadable() throws(Failure) {
        guard geteuid() == 0, let path, let folder else { return }
        for (place, needed) in [(folder, S_IROTH | S_IXOTH), (path, S_IROTH)] {
            var status = stat()
            guard stat(place, &status) == 0, status.st_mode & needed != needed else { continue }
            throw Failure(
                .failedPrecondition, "\(place) cannot be read by the worker, which is not root",
                next: "chmod o+rX \(place), or mount another folder with --volume")
        }
    }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Every sandbox has these folders of the host.
    private static func isOfSystem(_ path: String) -> Bool {
        ["/usr/", "/bin/", "/lib/", "/lib64/", "/sbin/", "/etc/"].contains { path.hasPrefix($0) }
    }
}
