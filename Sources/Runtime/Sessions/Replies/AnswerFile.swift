import Foundations
import Glibc
import Reactor
import Spaces
import Workers

/// The bytes of one answer in a file: observation, info, arrays, without gaps. The rest of it stays in memory.
struct AnswerFile: Sendable {
    private let path: String
    /// The answer without its bytes.
    private let frame: CallAnswer
    private let observation: Int
    private let info: Int
    private let tensors: [Place]

    private struct Place: Sendable {
        let pointer: String
        let isOfRows: Bool
        let dtype: DType
        let shape: [Int]
        let count: Int

        init(_ pointer: String, _ tensor: Tensor, isOfRows: Bool) {
            (self.pointer, self.isOfRows) = (pointer, isOfRows)
            (dtype, shape, count) = (tensor.dtype, tensor.shape, tensor.bytes.count)
        }
    }

    /// Nil where the file cannot be written; then none is left.
    init?(writing answer: CallAnswer, to path: String) {
        self.path = path
        let reply = answer.reply
        (observation, info) = (reply.observation.count, reply.info.count)
        let own = reply.tensors.map { (Place($0.key, $0.value, isOfRows: false), $0.value) }
        let all = own + (reply.rows?.tensors ?? [:]).map { (Place($0.key, $0.value, isOfRows: true), $0.value) }
        tensors = all.map(\.0)
        frame = answer.with(observation: [], tensors: [:], rows: [:], info: [])
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        let parts = [reply.observation, reply.info] + all.map { ArraySlice($0.1.bytes) }
        let isWhole = parts.allSatisfy { Self.write($0, to: file) }
        guard close(file) == 0, isWhole else {
            unlink(path)
            return nil
        }
    }

    /// - Throws: `internal` where the file is not as it was written.
    func read() throws(Failure) -> CallAnswer {
        let expected = tensors.reduce(observation + info) { $0 + $1.count }
        guard let bytes = Self.bytes(of: path, count: expected) else {
            throw Failure(
                .internal, "the answer that was kept for a retry cannot be read back",
                next: "look at the disk of the data directory; go on with the next call")
        }
        var place = observation + info
        var found: [String: Tensor] = [:]
        var ofRows: [String: Tensor] = [:]
        for tensor in tensors {
            let read = try Tensor(
                dtype: tensor.dtype, shape: tensor.shape, bytes: Array(bytes[place..<place + tensor.count]))
            if tensor.isOfRows { ofRows[tensor.pointer] = read } else { found[tensor.pointer] = read }
            place += tensor.count
        }
        return frame.with(
            observation: bytes[..<observation], tensors: found, rows: ofRows,
            info: bytes[observation..<observation + info])
    }

    func remove() { unlink(path) }

    private static func write(_ bytes: ArraySlice<UInt8>, to file: CInt) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Nil unless the file has exactly so many bytes.
    private static func bytes(of path: String, count: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        // One more, to see that there is no more.
        var bytes = [UInt8](repeating: 0, count: count + 1)
        var filled = 0
        while filled <= count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(file, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
            }
            if got < 0 && errno == EINTR { continue }
            if got <= 0 { break }
            filled += got
        }
        guard filled == count else { return nil }
        bytes.removeLast()
        return bytes
    }
}

extension CallAnswer {
    fileprivate func with(
        observation: ArraySlice<UInt8>, tensors: [String: Tensor], rows: [String: Tensor], info: ArraySlice<UInt8>
    ) -> CallAnswer {
        var changed = StepReply(
            observation: observation, tensors: tensors, reward: reply.reward, terminated: reply.terminated,
            truncated: reply.truncated, info: info, agent: reply.agent)
        if reply.rows != nil { changed.rows = RowResults(tensors: rows, canonical: []) }
        return CallAnswer(kind: kind, index: index, episode: episode, reply: changed, space: space)
    }
}
