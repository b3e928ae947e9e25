import CMicrohttpd
import Glibc

/// The steps of one request on its socket thread. `MHD_NO` closes the connection.
extension Exchange {
    /// The header is complete: refuse, or take the body.
    func begin(
        _ handle: OpaquePointer, method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?
    ) -> MHD_Result {
        self.method = method.map { String(cString: $0) } ?? ""
        headers = receivedHeaders(handle)
        started = coarseNow()
        isCounted = true
        let server = connection.server
        server.flight.begin()
        guard connection.expectBody(0, since: started) else { return .NO }
        let isHTTP11 = version.map { strcmp($0, "HTTP/1.0") != 0 } ?? false
        let head = RequestHead(
            method: self.method, isHTTP11: isHTTP11, headers: headers, size: corral_http_header_size(handle))
        if let refusal = head.refusal(headerLimit: server.configuration.headerLimit) { return refuse(refusal, handle) }
        guard let target else { return refuse(Refusal(400, "the request target is malformed"), handle) }
        if server.flight.isDraining { return refuse(Refusal(503, "the server is stopping"), handle) }
        let configuration = server.configuration
        bodyLimit = configuration.bodyLimitFor?(self.method, target.path) ?? configuration.bodyLimit
        if let text = headers["content-length"] {
            guard let length = Int(text), length >= 0 else {
                return refuse(Refusal(400, "the Content-Length is malformed"), handle)
            }
            guard length <= bodyLimit else { return refuse(tooLarge, handle) }
            body.reserveCapacity(min(length, 1 << 20))
        }
        stage = .body
        return .YES
    }

    /// Past the limit a part of the rest is swallowed, so that a client that reads only when it has sent everything
    /// gets its 413.
    func continueBody(_ bytes: UnsafeBufferPointer<UInt8>) -> MHD_Result {
        receive(bytes)
        guard received - bodyLimit <= 1 << 20 else {
            connection.refuse()
            connection.sendRaw(tooLarge)
            return .NO
        }
        return connection.expectBody(received, since: started) ? .YES : .NO
    }

    func finishBody(_ handle: OpaquePointer) -> MHD_Result {
        guard !isBodyTooLarge else { return refuse(tooLarge, handle) }
        guard connection.expectNothing(), let target else { return .NO }
        self.handle(target: target)
        return .YES
    }

    func refuse(_ refusal: Refusal, _ handle: OpaquePointer) -> MHD_Result {
        connection.refuse()
        return send(connection.server.response(to: refusal), handle)
    }

    func send(_ response: HTTPResponse, _ handle: OpaquePointer) -> MHD_Result {
        stage = .answered
        var response = response
        if let upgrade = response.upgrade {
            self.upgrade = upgrade
            guard let made = makeUpgrade(response, self) else { return .NO }
            defer { MHD_destroy_response(made) }
            return corral_http_queue(handle, 101, made)
        }
        if connection.server.flight.isDraining, !response.headers.contains(where: { $0.0 == "Connection" }) {
            response.headers.append(("Connection", "close"))
        }
        guard let made = makeResponse(response, for: connection) else { return .NO }
        defer { MHD_destroy_response(made) }
        return corral_http_queue(handle, UInt32(clamping: response.status), made)
    }

    private var tooLarge: Refusal { Refusal(413, "the request body has more than \(bodyLimit) bytes") }
}

private func receivedHeaders(_ handle: OpaquePointer) -> HTTPHeaders {
    var headers = HTTPHeaders()
    headers.reserve(fields: 8)
    withUnsafeMutablePointer(to: &headers) {
        _ = MHD_get_connection_values_n(handle, .HEADER_KIND, appendHeader, $0)
    }
    return headers
}

private func appendHeader(
    context: UnsafeMutableRawPointer?, kind: MHD_ValueKind, name: UnsafePointer<CChar>?, nameSize: Int,
    value: UnsafePointer<CChar>?, valueSize: Int
) -> MHD_Result {
    guard let context, let name else { return .NO }
    context.assumingMemoryBound(to: HTTPHeaders.self).pointee.append(
        name: UnsafeRawBufferPointer(start: name, count: nameSize),
        value: UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueSize))
    return .YES
}
