import Foundations
import Glibc
import Pictures

/// A film that frames are added to.
protocol Recording: AnyObject {
    func add(_ picture: Picture) async throws(Failure)
    /// Writes what is not written yet; the path, or nil where no frame was added.
    func finish() async throws(Failure) -> String?
}

/// Refuses a file that could not be written in the end.
func checkWritable(_ path: String, option: String) throws(Failure) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var status = stat()
    let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    guard !path.isEmpty, !isFolder, access(folder, W_OK) == 0 else {
        let reason = isFolder ? "it is a folder" : String(cString: strerror(errno))
        throw Failure(
            .invalidArgument, "\(option): \(path) cannot be written: \(reason)",
            next: "name a file in a folder of yours")
    }
}

/// An animated GIF, written when it ends.
final class GIFRecording: Recording {
    private let path: String
    private let delay: Duration
    private var animation: GIFAnimation?

    init(path: String, delay: Duration) throws(Failure) {
        try checkWritable(path, option: "--gif")
        self.path = path
        self.delay = delay
    }

    func add(_ picture: Picture) async throws(Failure) {
        if animation == nil { animation = try GIFAnimation(width: picture.width, height: picture.height) }
        try animation?.append(picture, delay: delay)
    }

    func finish() async throws(Failure) -> String? {
        guard let animation = animation.take() else { return nil }
        try write(animation.finish())
        return path
    }

    private func write(_ bytes: [UInt8]) throws(Failure) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        defer { if file >= 0 { close(file) } }
        var rest = bytes[...]
        while file >= 0, !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count <= 0 { break }
            rest = rest.dropFirst(count)
        }
        guard rest.isEmpty else {
            throw Failure(.failedPrecondition, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }
}
