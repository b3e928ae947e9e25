import CZstd

/// Writes zstd frames (RFC 8878). One value serves any number of frames, one after the other.
public struct ZstdCompressor: ~Copyable {
    private let context: OpaquePointer
    private var buffer: [UInt8]

    /// - Parameter level: 1 (fast) to 19 (small).
    public init(level: Int = 3) throws(ZstdError) {
        context = try Self.context(level: level)
        buffer = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
    }

    private static func context(level: Int) throws(ZstdError) -> OpaquePointer {
        guard let context = ZSTD_createCCtx() else { throw .failed("no memory") }
        do throws(ZstdError) {
            try ZstdError.check(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, CInt(level))) { .failed($0) }
            try ZstdError.check(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)) { .failed($0) }
        } catch {
            ZSTD_freeCCtx(context)
            throw error
        }
        return context
    }

    deinit { ZSTD_freeCCtx(context) }

    /// One whole frame, which tells its content's size.
    public mutating func frame(_ content: [UInt8]) throws(ZstdError) -> [UInt8] {
        let bound = ZSTD_compressBound(content.count)
        var written = 0
        let frame = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            written = content.withUnsafeBytes {
                ZSTD_compress2(context, output.baseAddress, bound, $0.baseAddress, $0.count)
            }
            count = ZSTD_isError(written) != 0 ? 0 : written
        }
        try ZstdError.check(written) { .failed($0) }
        return frame
    }

    /// Adds to the current frame; what comes out of it goes to `sink` in pieces.
    public mutating func write<Problem: Error>(
        _ content: [UInt8], sink: (ArraySlice<UInt8>) throws(Problem) -> Void
    ) throws { try stream(content, ZSTD_e_continue, sink) }

    /// Ends the current frame; the next `write` begins another one.
    public mutating func finish<Problem: Error>(sink: (ArraySlice<UInt8>) throws(Problem) -> Void) throws {
        try stream([], ZSTD_e_end, sink)
    }

    private mutating func stream<Problem: Error>(
        _ content: [UInt8], _ mode: ZSTD_EndDirective, _ sink: (ArraySlice<UInt8>) throws(Problem) -> Void
    ) throws {
        var consumed = 0
        while true {
            var produced = 0
            let rest = content.withUnsafeBytes { input in
                buffer.withUnsafeMutableBytes { output in
                    var from = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: consumed)
                    var into = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                    let rest = ZSTD_compressStream2(context, &into, &from, mode)
                    (consumed, produced) = (from.pos, into.pos)
                    return rest
                }
            }
            try ZstdError.check(rest) { .failed($0) }
            if produced > 0 { try sink(buffer[..<produced]) }
            if mode == ZSTD_e_end ? rest == 0 : consumed == content.count { return }
        }
    }
}

@available(*, unavailable) extension ZstdCompressor: Sendable {}
