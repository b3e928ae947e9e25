import Bundles
import Catalog
import Digest
import Foundations
import HTTP
import JSON
import Manifests
import Publishing
import Reactor

extension RESTAPI {
    /// - Throws: `unimplemented` on a server without a catalog.
    func registry() throws(Failure) -> CatalogService {
        guard let catalog else { throw Failure(.unimplemented, "this server has no catalog") }
        return catalog
    }

    // MARK: Finding

    func searchEnvironments(_ call: Call) async throws(Failure) -> HTTPResponse {
        var filters: [Facet: [String]] = [:]
        for (name, value) in call.request.query {
            guard let facet = Facet(rawValue: name) else { continue }
            filters[facet, default: []] += value.split(separator: ",").map(String.init)
        }
        let query = try SearchQuery(
            text: call.query("q") ?? "", filters: filters, least: try call.number("reward_min"),
            greatest: try call.number("reward_max"),
            order: try call.choice("sort", SearchQuery.Order.self), limit: try call.count("limit", default: 100),
            after: try call.query("cursor").map { (text) throws(Failure) in try SearchCursor(text) },
            wantsFacets: call.query("facets") == "true")
        let page = try await environments.search(query, caller: call.caller)
        var answer: JSONObject = [
            "environments": .array(page.hits.map { .object($0.summary) }),
            "next": page.next.map { .string($0.text) } ?? .null,
        ]
        if query.wantsFacets { answer["facets"] = .object(Self.facets(page.facets)) }
        return .json(.object(answer))
    }

    private nonisolated static func facets(_ facets: [Facet: [FacetCount]]) -> JSONObject {
        JSONObject(
            Facet.allCases.map { facet in
                let counts = (facets[facet] ?? []).map { count -> JSONValue in
                    ["value": .string(count.value), "count": .integer(Int64(count.count))]
                }
                return (facet.rawValue, .array(counts))
            })
    }

    func history(_ call: Call) async throws(Failure) -> HTTPResponse {
        let registry = try registry()
        let reference = try Reference(call.reference)
        let record = try await registry.record(call.reference, caller: call.caller)
        var before: Int64?
        if let text = call.query("before") {
            guard let number = Int64(text) else {
                throw Failure(.invalidArgument, "before has to be an integer", details: ["field": "before"])
            }
            before = number
        }
        let limit = try call.count("limit", default: 100)
        let entries = try await registry.store.history(
            of: record.name, version: reference.constraint == .any ? nil : record.version, before: before,
            limit: limit)
        return .json([
            "entries": .array(entries.map { .object($0.json) }),
            "next": entries.count == limit ? entries.last.map { .integer($0.sequence) } ?? .null : .null,
        ])
    }

    func downloadBundle(_ call: Call) async throws(Failure) -> HTTPResponse {
        let (record, bytes) = try await registry().bundle(call.reference, caller: call.caller)
        var headers = [
            ("Content-Type", "application/x-tar"), ("ETag", "\"sha256:\(record.bundle.digest)\""),
            ("Accept-Ranges", "bytes"), ("Corral-Version", "sha256:\(record.digest)"),
        ]
        guard let range = call.request.header("range") else {
            return HTTPResponse(status: 200, headers: headers, body: bytes)
        }
        let parts = range.hasPrefix("bytes=") ? range.dropFirst(6).split(separator: "-").compactMap { Int($0) } : []
        guard parts.count == 2, parts[0] <= parts[1], parts[0] >= 0, parts[0] < bytes.count else {
            throw Failure(.invalidArgument, "the range is not bytes=FIRST-LAST within \(bytes.count) bytes")
        }
        let last = min(parts[1], bytes.count - 1)
        headers.append(("Content-Range", "bytes \(parts[0])-\(last)/\(bytes.count)"))
        return HTTPResponse(status: 206, headers: headers, body: Array(bytes[parts[0]...last]))
    }

    // MARK: Uploads

    func beginUpload(_ call: Call) async throws(Failure) -> HTTPResponse {
        let body = try RequestBody(call.request, allowed: ["digest", "size"], isOptional: false)
        guard let size = try body.integer("size") else {
            throw Failure(.invalidArgument, "the field \"size\" is missing", details: ["field": "size"])
        }
        let digest = try body.digest("digest")
        guard let status = try await registry().beginUpload(digest: digest, size: Int64(size), caller: call.caller)
        else { return .json(["digest": .string("sha256:\(digest)"), "complete": true]) }
        return answer(status, status: 201)
    }

    func appendUpload(_ call: Call) async throws(Failure) -> HTTPResponse {
        guard let offset = call.request.header("upload-offset").flatMap({ Int64($0) }), offset >= 0 else {
            throw Failure(
                .invalidArgument, "the header Upload-Offset is missing or no number", next: "say where the part begins",
                details: ["field": "Upload-Offset"])
        }
        var checksum: Digest32?
        if let text = call.request.header("upload-checksum") {
            guard text.hasPrefix("sha256:"), let digest = Digest32(hex: text.dropFirst(7)) else {
                throw Failure(
                    .invalidArgument, "the header Upload-Checksum has to be sha256: and 64 hexadecimal digits",
                    details: ["field": "Upload-Checksum"])
            }
            checksum = digest
        }
        return answer(
            try await registry().append(
                call.request.body, to: call.parameters["upload"] ?? "", at: offset, checksum: checksum,
                caller: call.caller))
    }

    func answer(_ upload: UploadStatus, status: Int = 200) -> HTTPResponse {
        var response = HTTPResponse.json(
            [
                "id": .string(upload.id), "digest": .string("sha256:\(upload.digest)"), "size": .integer(upload.size),
                "offset": .integer(upload.offset), "expires_at": .string(upload.expiresAt.rfc3339),
                "complete": false,
            ], status: status)
        response.headers.append(("Upload-Offset", "\(upload.offset)"))
        if status == 201 { response.headers.append(("Location", "/v1/uploads/\(upload.id)")) }
        return response
    }

    // MARK: Changing

    func publish(_ call: Call) async throws(Failure) -> HTTPResponse {
        let body = try RequestBody(call.request, allowed: ["bundle", "reason"], isOptional: false)
        let publication = try await registry().publish(
            bundle: try body.digest("bundle"), reason: try body.string("reason") ?? "", caller: call.caller)
        var answer = publication.record.json
        if var check = await checks?.published(publication.record) {
            check["path"] = .string("/v1/environments/\(publication.record.reference)/checks")
            answer["check"] = .object(check)
        }
        return .json(.object(answer), status: publication.isNew ? 201 : 200)
    }

    func apply(_ name: String, _ call: Call) async throws(Failure) -> HTTPResponse {
        let isDeprecation = name == "deprecate"
        let body = try RequestBody(
            call.request, allowed: isDeprecation ? ["message", "successor", "reason"] : ["reason"])
        let reason = try body.string("reason") ?? ""
        let transition: Transition
        switch name {
        case "deprecate":
            let successor = try body.string("successor")
            if let successor { _ = try Reference(successor) }
            transition = .deprecate(successor: successor, message: try body.string("message") ?? "")
        case "yank": transition = .yank(reason: reason)
        case "retire": transition = .retire(reason: reason)
        default: transition = .restore
        }
        let record = try await registry().apply(transition, to: call.reference, note: reason, caller: call.caller)
        return .json(.object(record.json))
    }

    func setAlias(_ call: Call) async throws(Failure) -> HTTPResponse {
        let body = try RequestBody(call.request, allowed: ["alias", "version", "reason"], isOptional: false)
        let registry = try registry()
        guard let alias = try body.string("alias") else {
            throw Failure(.invalidArgument, "the field \"alias\" is missing", details: ["field": "alias"])
        }
        var version: SemanticVersion?
        if let text = try body.string("version") {
            guard let read = SemanticVersion(text) else {
                throw Failure(.invalidArgument, "`\(text)` is no version", details: ["field": "version"])
            }
            version = read
        }
        let name = try await registry.record(call.reference, caller: call.caller).name
        let record = try await registry.setAlias(
            alias, of: name, to: version, reason: try body.string("reason") ?? "", caller: call.caller)
        return .json(.object(record.json))
    }

    func updateEnvironment(_ call: Call) async throws(Failure) -> HTTPResponse {
        let body = try RequestBody(
            call.request, allowed: ["title", "description", "homepage", "tags", "reason"], isOptional: false)
        let registry = try registry()
        let name = try await registry.record(call.reference, caller: call.caller).name
        var metadata = try await registry.store.environment(name).metadata
        let given = body.members.keys
        if given.contains("title") { metadata.title = try body.string("title") }
        if given.contains("description") { metadata.description = try body.string("description") }
        if given.contains("homepage") { metadata.homepage = try body.string("homepage") }
        if given.contains("tags") { metadata.tags = try body.texts("tags") }
        let record = try await registry.update(
            name, to: metadata, reason: try body.string("reason") ?? "", caller: call.caller)
        return .json(.object(record.json))
    }

    func changeOwners(_ call: Call) async throws(Failure) -> HTTPResponse {
        let body = try RequestBody(call.request, allowed: ["add", "remove"], isOptional: false)
        let name = call.parameters["namespace"] ?? ""
        return namespace(
            name,
            owners: try await registry().changeOwners(
                of: name, adding: try body.texts("add") ?? [], removing: try body.texts("remove") ?? [],
                caller: call.caller))
    }

    func namespace(_ name: String, owners: [String]) -> HTTPResponse {
        .json(["namespace": .string(name), "owners": .array(owners.map(JSONValue.string))])
    }
}

extension Call {
    fileprivate func number(_ name: String) throws(Failure) -> Double? {
        guard let text = query(name) else { return nil }
        guard let number = Double(text), !number.isNaN else {
            throw Failure(.invalidArgument, "\(name) has to be a number", details: ["field": name])
        }
        return number
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(Failure) -> Choice? {
        guard let text = query(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.invalidArgument, "\(name) has to be one of \(all)", details: ["field": name])
        }
        return choice
    }
}

extension RequestBody {
    /// 64 hexadecimal digits of a member `sha256:…` that has to be there.
    fileprivate func digest(_ key: String) throws(Failure) -> String {
        let text = try string(key) ?? ""
        guard text.hasPrefix("sha256:"), let digest = Digest32(hex: text.dropFirst(7))?.hex else {
            throw Failure(
                .invalidArgument, "the field \"\(key)\" has to be sha256: and 64 hexadecimal digits",
                details: ["field": key])
        }
        return digest
    }

    fileprivate func texts(_ key: String) throws(Failure) -> [String]? {
        guard !members.isNull(key), let value = members.value(key) else { return nil }
        let texts = value.array?.compactMap(\.string)
        guard let texts, texts.count == value.array?.count, texts.allSatisfy({ !$0.isEmpty }) else {
            throw Failure(.invalidArgument, "the field \"\(key)\" has to be a list of texts", details: ["field": key])
        }
        return texts
    }
}
