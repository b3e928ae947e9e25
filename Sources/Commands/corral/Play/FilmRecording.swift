import Foundations
import Glibc
import Pictures
import Reactor

/// An MP4 that `ffmpeg` makes of the frames.
final class FilmRecording: Recording {
    private struct Encoder {
        let process: ChildProcess
        /// Its standard input; closing it ends the film.
        let input: CInt
        /// What it complains about.
        let complaints: CInt
        let width: Int
        let height: Int
    }

    private let path: String
    private let program: String
    private let framesPerSecond: Double
    private var encoder: Encoder?

    /// - Throws: `failedPrecondition` where `ffmpeg` is not installed.
    init(path: String, framesPerSecond: Double) throws(Failure) {
        try checkWritable(path, option: "--mp4")
        let folders = (environmentVariables()["PATH"] ?? "").split(separator: ":")
        guard let program = folders.map({ "\($0)/ffmpeg" }).first(where: isExecutable) else {
            throw Failure(
                .failedPrecondition, "--mp4 needs ffmpeg, which is not on PATH",
                next: "install it (apt-get install ffmpeg), or record with --gif")
        }
        self.path = path
        self.program = program
        self.framesPerSecond = framesPerSecond
    }

    func add(_ picture: Picture) async throws(Failure) {
        let encoder = try await running(picture)
        guard (picture.width, picture.height) == (encoder.width, encoder.height) else {
            throw Failure(.failedPrecondition, "the frames differ in size, and those of a film do not")
        }
        let input = encoder.input
        let isWritten = await offload {
            var rest = picture.rgb[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
        guard isWritten else {
            _ = try await finish()
            return
        }
    }

    func finish() async throws(Failure) -> String? {
        guard let encoder else { return nil }
        self.encoder = nil
        close(encoder.input)
        defer { close(encoder.complaints) }
        await encoder.process.waitUntilEnded()
        guard await encoder.process.status == 0 else {
            throw Failure(
                .failedPrecondition, "ffmpeg could not write \(path): \(Self.text(encoder.complaints))",
                next: "record with --gif instead")
        }
        return path
    }

    private func running(_ picture: Picture) async throws(Failure) -> Encoder {
        if let encoder { return encoder }
        let pair = try Descriptor.socketPair()
        let complaints = try Descriptor.memory("ffmpeg", holding: [])
        let null = Descriptor(owning: open("/dev/null", O_WRONLY | O_CLOEXEC))
        let arguments = [
            "-y", "-loglevel", "error", "-f", "rawvideo", "-pixel_format", "rgb24", "-video_size",
            "\(picture.width)x\(picture.height)", "-framerate", "\(framesPerSecond)", "-i", "pipe:0", "-an",
            // Players want even sides and this pixel format.
            "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", "-f", "mp4", "file:\(path)",
        ]
        let process = try await ChildProcess.spawn(
            program, arguments: arguments, environment: environmentVariables(),
            descriptors: [pair.second.raw, null.raw, complaints.raw])
        let made = Encoder(
            process: process, input: dup(pair.first.raw), complaints: dup(complaints.raw), width: picture.width,
            height: picture.height)
        encoder = made
        return made
    }

    private static func text(_ descriptor: CInt) -> String {
        var bytes = [UInt8](repeating: 0, count: 2000)
        let count = max(0, pread(descriptor, &bytes, bytes.count, 0))
        let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
        return lines.isEmpty ? "it gave no reason" : lines.joined(separator: "; ")
    }
}
