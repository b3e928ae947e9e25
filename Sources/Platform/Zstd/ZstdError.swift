import CZstd

/// Why zstd could not do its work.
public enum ZstdError: Error, Equatable {
    /// The bytes are no zstd frames, or damaged; the text is the library's.
    case corrupt(String)
    /// The frames end in the middle.
    case incomplete
    /// More output than the caller allows, in bytes.
    case tooLarge(limit: Int)
    /// The library could not allocate, or was asked for what it does not do.
    case failed(String)

    static func check(_ result: Int, _ wrap: (String) -> ZstdError) throws(ZstdError) {
        guard ZSTD_isError(result) != 0 else { return }
        throw wrap(String(cString: ZSTD_getErrorName(result)))
    }
}
