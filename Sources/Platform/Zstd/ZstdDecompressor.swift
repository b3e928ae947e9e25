import CZstd

/// Reads zstd frames (RFC 8878) with bounded memory. One value serves any number of frames, one after the other.
public struct ZstdDecompressor: ~Copyable {
    private let context: OpaquePointer
    private var buffer: [UInt8]

    /// - Parameter windowLog: Frames whose window is larger than 2 to this power, in bytes, are refused.
    public init(windowLog: Int = 24) throws(ZstdError) {
        context = try Self.context(windowLog: windowLog)
        buffer = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
    }

    private static func context(windowLog: Int) throws(ZstdError) -> OpaquePointer {
        guard let context = ZSTD_createDCtx() else { throw .failed("no memory") }
        do throws(ZstdError) {
            try ZstdError.check(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, CInt(windowLog))) { .failed($0) }
        } catch {
            ZSTD_freeDCtx(context)
            throw error
        }
        return context
    }

    deinit { ZSTD_freeDCtx(context) }

    /// The content of frames that have so many bytes together, in one piece of memory.
    ///
    /// - Throws: `corrupt`, and `incomplete` where they have others.
    public static func content(of frames: ArraySlice<UInt8>, count: Int) throws(ZstdError) -> [UInt8] {
        guard let context = ZSTD_createDCtx() else { throw .failed("no memory") }
        defer { ZSTD_freeDCtx(context) }
        let told = frames.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        // Before anything is reserved for what a few bytes may promise.
        guard told == UInt64(count) else { throw .incomplete }
        var status = 0
        let content = [UInt8](unsafeUninitializedCapacity: count) { output, filled in
            status = frames.withUnsafeBytes {
                ZSTD_decompressDCtx(context, output.baseAddress, count, $0.baseAddress, $0.count)
            }
            filled = ZSTD_isError(status) != 0 ? 0 : status
        }
        try ZstdError.check(status) { .corrupt($0) }
        guard content.count == count else { throw .incomplete }
        return content
    }

    /// The content of whole frames.
    ///
    /// - Parameter limit: The most bytes of content.
    /// - Throws: `corrupt`, `incomplete`, and `tooLarge` before more than the limit is kept.
    public mutating func content(of frames: ArraySlice<UInt8>, limit: Int) throws(ZstdError) -> [UInt8] {
        var content: [UInt8] = []
        do {
            try read(frames) { (piece) throws(ZstdError) in
                guard piece.count <= limit - content.count else { throw .tooLarge(limit: limit) }
                content.append(contentsOf: piece)
            }
        } catch {
            reset()
            throw error as? ZstdError ?? .failed("\(error)")
        }
        guard isBetweenFrames else {
            reset()
            throw .incomplete
        }
        return content
    }

    /// Whether what was read so far ends with a frame.
    public private(set) var isBetweenFrames = true

    /// Reads a piece of frames; their content goes to `sink` in pieces of at most 128 KiB.
    public mutating func read<Problem: Error>(
        _ piece: ArraySlice<UInt8>, sink: (ArraySlice<UInt8>) throws(Problem) -> Void
    ) throws {
        var consumed = 0
        var isFull = false
        while consumed < piece.count || isFull {
            var produced = 0
            let rest = piece.withUnsafeBytes { input in
                buffer.withUnsafeMutableBytes { output in
                    var from = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: consumed)
                    var into = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                    let rest = ZSTD_decompressStream(context, &into, &from)
                    (consumed, produced) = (from.pos, into.pos)
                    return rest
                }
            }
            try ZstdError.check(rest) { .corrupt($0) }
            isBetweenFrames = rest == 0
            isFull = produced == buffer.count && rest != 0
            if produced > 0 { try sink(buffer[..<produced]) }
        }
    }

    private mutating func reset() {
        _ = ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        isBetweenFrames = true
    }
}

@available(*, unavailable) extension ZstdDecompressor: Sendable {}
