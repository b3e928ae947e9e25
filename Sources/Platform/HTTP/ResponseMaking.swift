import CMicrohttpd

/// Bodies of this size and more are copied block by block while they are sent, instead of at once.
private let largeBody = 64 << 10

/// The library's form of an answer; the caller destroys it. Nil where memory is short.
func makeResponse(_ response: HTTPResponse, for connection: Connection) -> OpaquePointer? {
    let made =
        if response.body.count < largeBody {
            response.body.withUnsafeBytes {
                MHD_create_response_from_buffer(
                    $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
            }
        } else {
            MHD_create_response_from_callback(
                UInt64(response.body.count), largeBody, readBody,
                Unmanaged.passRetained(BodyReader(response.body, connection)).toOpaque(), releaseBody)
        }
    guard let made else { return nil }
    for (name, value) in response.headers { _ = MHD_add_response_header(made, name, value) }
    return made
}

/// A body on its way to a client that may read it slowly.
private final class BodyReader: Sendable {
    let body: [UInt8]
    let connection: Connection
    let started = coarseNow()

    init(_ body: [UInt8], _ connection: Connection) {
        self.body = body
        self.connection = connection
    }

    func read(from position: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let start = Int(exactly: position), start < body.count else { return -1 }
        guard connection.expectReading(start, since: started) else { return -2 }
        let count = min(buffer.count, body.count - start)
        buffer.copyBytes(from: body[start..<start + count])
        return count
    }
}

/// -1: the end; -2: an error, which closes the connection.
private func readBody(
    context: UnsafeMutableRawPointer?, position: UInt64, buffer: UnsafeMutablePointer<CChar>?, capacity: Int
) -> Int {
    guard let context, let buffer else { return -2 }
    return Unmanaged<BodyReader>.fromOpaque(context).takeUnretainedValue()
        .read(from: position, into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
}

private func releaseBody(context: UnsafeMutableRawPointer?) {
    if let context { Unmanaged<BodyReader>.fromOpaque(context).release() }
}
