import Digest
import Foundations
import HTTP

/// A request to go on as a WebSocket (RFC 6455, 4.2), checked.
public struct Handshake: Sendable {
    /// The subprotocols that the client speaks, most wanted first.
    public let subprotocols: [String]
    private let key: String

    /// Why a request is no handshake.
    public struct Refusal: Error, Sendable, Equatable {
        public let status: Int
        public let reason: String
        /// Fields that the answer has to carry.
        public let headers: [String: String]
    }

    public init(_ request: HTTPRequest) throws(Refusal) {
        guard request.method == "GET" else {
            throw Refusal(status: 405, reason: "a WebSocket begins with GET", headers: ["Allow": "GET"])
        }
        guard Self.tokens(request.header("upgrade")).contains("websocket"),
            Self.tokens(request.header("connection")).contains("upgrade")
        else {
            throw Refusal(
                status: 426, reason: "this is a WebSocket, and the request does not ask for one",
                headers: ["Upgrade": "websocket", "Connection": "Upgrade"])
        }
        guard request.header("sec-websocket-version") == "13" else {
            throw Refusal(
                status: 426, reason: "only version 13 of the WebSocket protocol is spoken",
                headers: ["Sec-WebSocket-Version": "13", "Upgrade": "websocket", "Connection": "Upgrade"])
        }
        guard let key = request.header("sec-websocket-key"), request.headers.count(of: "sec-websocket-key") == 1,
            key.utf8.count == 24, Base64.decode(key)?.count == 16
        else {
            throw Refusal(status: 400, reason: "the Sec-WebSocket-Key is not 16 bytes in Base64", headers: [:])
        }
        self.key = key
        subprotocols = (request.header("sec-websocket-protocol") ?? "").split(separator: ",")
            .map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
    }

    /// The answer that makes the connection a WebSocket.
    ///
    /// - Parameter subprotocol: One of those that the client speaks.
    func answer(subprotocol: String?) -> HTTPResponse {
        let proof = Base64.encode(SHA1.hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
        var headers = [
            ("Upgrade", "websocket"), ("Sec-WebSocket-Accept", proof),
        ]
        if let subprotocol { headers.append(("Sec-WebSocket-Protocol", subprotocol)) }
        return HTTPResponse(status: 101, headers: headers)
    }

    private static func tokens(_ header: String?) -> [String] {
        (header ?? "").lowercased().split(separator: ",").map { $0.filter { $0 != " " } }
    }
}
