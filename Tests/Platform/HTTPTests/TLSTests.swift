import HTTP
import TestSupport
import Testing

@Suite struct `TLS` {
    /// Talks to the port and prints the status and the length of the body of each answer.
    private static let client = """
        import http.client, ssl, sys
        context = ssl.create_default_context(cafile=sys.argv[2])
        connection = http.client.HTTPSConnection("localhost", int(sys.argv[1]), context=context, timeout=20)
        for size in (0, 5, 10_000_000):
            connection.request("POST", "/echo", body=b"x" * size)
            answer = connection.getresponse()
            body = answer.read()
            assert body == b"x" * size, len(body)
            print(answer.status, len(body))
        """

    @Test func `carries small and large bodies, and plain text gets nowhere`() async throws {
        let folder = try TemporaryDirectory()
        let certificate = folder.path + "/cert.pem"
        let key = folder.path + "/key.pem"
        let made = try await blocking {
            try run([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost",
            ])
        }
        try #require(made.status == 0, "\(made.errors)")
        try await withServer(
            { $0.tls = .init(certificate: certificate, key: key) },
            handler: { request in
                HTTPResponse(status: request.isTLS ? 200 : 500, body: request.body)
            }
        ) { _, port in
            let script = Self.client
            let result = try await blocking { try run(["python3", "-c", script, "\(port)", certificate]) }
            #expect(result.text == "200 0\n200 5\n200 10000000\n", "\(result.errors)")
            let plain = try await blocking {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                return try client.readToEnd()
            }
            #expect(!String(decoding: plain, as: UTF8.self).contains("HTTP/1.1 200"))
        }
    }
}
